# Dangol(단골). One command each; `make help` lists them.
# Needs Python 3.11 or newer; uses uv if it is there, else venv and pip.

VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := requirements/constraints.txt
# The first that is new enough; say PYTHON=… to choose another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run setup test e2e lint format bench replay migrate constraints stop clean

help: ## 할 수 있는 일을 보여 줘요 · list what there is
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## 모두 켜요 · database, demo, web server and worker (Ctrl-C stops)
	@exec $(BIN)/python -m app.launcher

setup: $(VENV)/.dev ## 개발 환경을 만들어요 · make the environment of a developer

test: $(VENV)/.dev ## 모든 테스트 · the whole test suite (ARGS="tests/points -k expiry")
	@exec $(BIN)/pytest $(ARGS)

e2e: $(VENV)/.dev ## 브라우저 여정 · people's journeys in a real browser (pictures in build/e2e)
	@DANGOL_E2E=required exec $(BIN)/pytest -n 0 tests/e2e $(ARGS)

lint: $(VENV)/.dev ## 검사 · ruff and mypy --strict
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.dev ## 코드 모양을 맞춰요 · format and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## 성능 측정 · measure checkout, tiers, occasions, warranties (ARGS=…)
	@exec $(BIN)/python -m bench $(ARGS)

replay: $(VENV)/.dev ## 실제 주문 재생 · send the real orders to a running server (ARGS=…)
	@exec $(BIN)/python -m bench.replay $(ARGS)

migrate: $(VENV)/.run ## 스키마를 맞춰요 · bring the schema up to date
	@exec $(BIN)/flask --app wsgi db upgrade

constraints: $(VENV)/.dev ## 버전 고정 · write the exact versions of this environment
	@{ echo "# Exact versions that pass the tests; written by \`make constraints\`."; \
	  { $(BIN)/python -m pip freeze 2>/dev/null || uv pip freeze --python $(BIN)/python; } \
	    | grep -E '^[A-Za-z0-9_.-]+==' | grep -v '^dangol='; } > $(CONSTRAINTS).new
	@mv $(CONSTRAINTS).new $(CONSTRAINTS)
	@touch $(VENV)/.dev $(VENV)/.run

stop: ## 내장 PostgreSQL을 꺼요 · stop an embedded PostgreSQL that a command left running
	@test ! -x $(BIN)/python || exec $(BIN)/python -m app.embedded

clean: stop ## 환경과 캐시를 지워요(데이터는 남아요) · remove environment and caches, keep the data
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is remembered by the age of these files.
$(VENV)/.run: pyproject.toml $(CONSTRAINTS)
	@$(call install,$(if $(wildcard $(VENV)/.dev),dev,embedded))
	@touch $@

$(VENV)/.dev: pyproject.toml $(CONSTRAINTS)
	@$(call install,dev)
	@touch $@ $(VENV)/.run

define install
	{ test -n "$(PYTHON)" || { echo "Python 3.11 이상이 필요해요. Python 3.11 or newer is needed."; exit 1; }; } && \
	echo "  필요한 패키지를 설치해요 · installing packages ($(VENV))" && \
	if command -v uv >/dev/null 2>&1; then \
		{ test -x $(BIN)/python || uv venv --quiet --python "$(PYTHON)" $(VENV); } && \
		uv pip install --quiet --python $(BIN)/python -c $(CONSTRAINTS) -e '.[$(1)]'; \
	else \
		{ test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
			echo "venv를 만들 수 없어요(데비안·우분투: apt install python3-venv)."; \
			echo "The environment cannot be made (Debian, Ubuntu: apt install python3-venv)."; exit 1; }; } && \
		$(BIN)/python -m pip install -qq --disable-pip-version-check -c $(CONSTRAINTS) -e '.[$(1)]'; \
	fi
endef
