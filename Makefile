# 调解工作平台 · Tiaojie.  make run: all of it.  make test: the tests.  Both do their own set-up.
PYTHON ?= python3
BIN := .venv/bin
VENDOR := web/static/vendor/.done

# uv and Node bring their own root certificates: where the machine has its own, those are trusted as pip trusts them.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS ?= true
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

# Compiled modules are kept even where the environment forbids it: a start without them takes seconds more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check obligations bench bench-proof screenshots clean setup

run: setup
	@exec $(BIN)/tiaojie run

test: setup
	$(BIN)/pytest -n 2 --dist worksteal
	@command -v chromium >/dev/null || echo "没有 chromium，浏览器测试已跳过 / chromium is missing: the browser tests were skipped (apt-get install chromium fonts-noto-cjk)"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python setup/schema.py
	$(BIN)/python setup/translations.py
	$(BIN)/python setup/exits.py
	$(BIN)/python setup/nobody_keyed.py
	$(BIN)/python setup/no_hosts.py

# Which test states which obligation of the sources; fails when one in scope has none.
obligations: setup
	@$(BIN)/python setup/obligations.py

bench: setup
	@$(BIN)/python setup/benches.py

# The proof of the gate over 200,000 random worlds: an hour of two cores.
bench-proof: setup
	TIAOJIE_PROOF_WORLDS=200000 $(BIN)/pytest -n 2 --dist load tests/policies/test_proof.py

# The pictures in docs/screenshots, from the browser tests.
screenshots: setup
	@$(BIN)/python setup/screenshots.py

setup: .venv/.packages $(VENDOR)

.venv/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 run")'
	@echo "正在建立虚拟环境 / making the virtual environment"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.packages: .venv/.uv requirements/dev.txt requirements/uv.txt pyproject.toml setup/packages.sh
	@echo "正在安装 Python 软件包 / installing the Python packages"
	@sh setup/packages.sh
	@touch $@

$(VENDOR): .venv/.packages package.json package-lock.json setup/vendor.py
	@echo "正在安装前端文件 / installing the front-end files"
	@$(BIN)/npm ci --silent
	@$(BIN)/python setup/vendor.py
	@touch $@

clean:
	rm -rf .venv node_modules web/static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
