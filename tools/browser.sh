#!/usr/bin/env bash
# The browser tests need Chromium and a Japanese font. Install them where that is allowed.
set -euo pipefail

have() {
    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser \
        || command -v google-chrome
}

install() {
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

if [ -n "${CHROMIUM:-}" ] || have >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "  … Chromium と日本語フォントを入れる"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null || true
    install fonts-noto-cjk chromium-headless-shell || install fonts-noto-cjk chromium || true
fi
if have >/dev/null; then
    exit 0
fi
echo "✗ Chromium がないので、ブラウザーのテストができません。" >&2
echo "  Debian / Ubuntu: sudo apt-get install chromium fonts-noto-cjk" >&2
echo "  別の場所にあるときは CHROMIUM=/path/to/chromium make test" >&2
exit 1
