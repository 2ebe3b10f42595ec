#!/usr/bin/env bash
# Everything that can be known without running the platform. All parts run; any red one fails.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

# The settings of a real server, so that `check --deploy` judges what will really run.
export PLATFORM_MODE=production DEBUG=false MAILBOX_DIR=""
export SITE_URL=https://platform.example ALLOWED_HOSTS=platform.example
export SECRET_KEY=check-only-9f2c7a51d80b4e6395ae1c7d2b8f40e6a3d5c9b1e7f2048
export DATABASE_URL=postgresql://check@127.0.0.1:9/check REDIS_URL=redis://127.0.0.1:9/0
export EMAIL_URL=smtp://127.0.0.1:9

failed=()
part() {
    local title="$1"
    shift
    local output
    if output="$("$@" 2>&1 </dev/null)"; then
        echo "  ✓ $title"
    else
        echo "  ✗ $title"
        printf '%s\n' "$output" | sed 's/^/      /'
        failed+=("$title")
    fi
}

part "ruff check" ruff check .
part "ruff format" ruff format --check .
part "mypy" mypy .
part "lint-imports" lint-imports
part "djlint" djlint --lint --quiet templates
part "deptry" deptry .
part "makemigrations --check" python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
part "check --deploy" python manage.py check --deploy --fail-level WARNING
if [ -e tests/test_catalogue.py ]; then
    part "catalogue" env -u DATABASE_URL -u REDIS_URL -u SITE_URL -u ALLOWED_HOSTS -u PLATFORM_MODE \
        pytest -q tests/test_catalogue.py
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf '✗ 不合格: %s\n' "${failed[*]}" >&2
    exit 1
fi
echo "✓ 静的検査はすべて合格です"
