# Needs Python 3.11 or 3.12 and make; everything else is fetched into .venv and var/.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3 || echo python3)
PORT ?= 8000
SHELL := /bin/bash
export PYTHONUTF8 := 1
unexport PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: run test check bench help lock messages environment-run environment-dev environment-bench

run: environment-run ## 動かす（止めるには Ctrl-C。別のポート: make run PORT=8001） / run everything
	@exec .venv/bin/python manage.py run --port $(PORT)

test: environment-dev ## すべての検査とテスト（ブラウザーを含む） / everything a change must pass
	@tools/browser.sh
	@$(MAKE) --no-print-directory check
	@.venv/bin/python -m pytest -n 2 $(ARGS)

check: environment-dev ## 静的検査だけ（書式、型、階層、移行、翻訳） / the static half
	@tools/check.sh

bench: environment-bench ## 速さを測る / benchmarks beside their peers
	@.venv/bin/python -m bench $(ARGS)

messages: environment-dev ## 翻訳の見出しを集め、.mo を作る / collect and compile the catalogue
	@.venv/bin/python tools/messages.py

lock: environment-run ## ライブラリーの版を決め直す / resolve requirements/*.txt anew
	@tools/lock.sh

help: ## この一覧 / this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment-run environment-dev environment-bench:
	@$(PYTHON) tools/environment.py $(@:environment-%=%)
