#!/usr/bin/env bash
# Resolve pyproject.toml anew into requirements/*.txt, every file with hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

uv="${UV:-.venv/bin/uv}"
lock() {
    "$uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

lock pyproject.toml --extra embedded -o requirements/run.txt
lock pyproject.toml --extra embedded --group test --group lint \
    -c requirements/run.txt -o requirements/dev.txt
lock pyproject.toml --extra embedded --group test --group bench \
    -c requirements/dev.txt -o requirements/bench.txt
echo uv | lock - -o requirements/bootstrap.txt
