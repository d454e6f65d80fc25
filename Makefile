# The course's commands: `make` alone lists them. GNU make 3.81 is new enough, and
# without make `python tools/bootstrap.py` does setup, lab and test.

.DEFAULT_GOAL := help
.PHONY: help setup lab test test-matrix test-colab build site lint readme bench parity \
        data clean constraints tools

FOLDER ?= my-lessons
PORT ?= 8888
EXTRA_INDEX ?=
CONSTRAINTS ?= constraints.txt
ARGS ?=

# The first Python that is new enough; failing that, one that can say that it is not.
ifndef PYTHON
PYTHON := $(shell \
    for p in .venv/bin/python python3.13 python3.12 python3.11 python3 python; do \
        "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
        && echo "$$p" && exit; \
    done; \
    python3 -c '' 2>/dev/null && echo python3)
endif

bootstrap = "$(PYTHON)" tools/bootstrap.py
options = --constraints "$(CONSTRAINTS)" --extra-index "$(EXTRA_INDEX)"
python := .venv/bin/python

ifeq ($(PYTHON),)
bootstrap = @echo "There is no Python here. The course needs Python 3.11 or newer:" \
    "README, 'Start', says where to get it." >&2; exit 1; \#
endif

help:
	@echo "make lab           set everything up, bring the lessons up to date in a folder"
	@echo "                   of your own, and open JupyterLab there"
	@echo "make setup         only set everything up, in .venv"
	@echo "make test          run every test and every notebook"
	@echo ""
	@echo "Who changes the course also wants"
	@echo "make build         dlcourse/lessons to notebooks, executed (what changed)"
	@echo "make site          the site from the executed notebooks, in build/site"
	@echo "make lint          the lint of lessons, code and the direction of imports"
	@echo "make readme        write the README's tables and CLAIMS.md anew"
	@echo "make test-matrix   the notebooks on other threads and processors' kernels"
	@echo "make test-colab    the lessons with the versions that Colab has"
	@echo "make bench         the benchmarks, side by side with NumPy and PyTorch"
	@echo "make parity        PyTorch's own samples, and the report of what runs"
	@echo "make data          make the files in data/ again and compare"
	@echo "make constraints   resolve constraints.txt anew from pyproject.toml"
	@echo "make clean         remove .venv and everything that commands leave behind"
	@echo ""
	@echo "PYTHON=python3.12  the Python that .venv is made with    [$(PYTHON)]"
	@echo "FOLDER=~/deep      your folder, for the lessons          [$(FOLDER)]"
	@echo "PORT=8889          JupyterLab's port                     [$(PORT)]"
	@echo "EXTRA_INDEX=...    one more package index for PyTorch: its CPU builds'"
	@echo "                   address saves Linux several GB (README, 'Start')"
	@echo "CONSTRAINTS=       (empty) the newest versions, not the tested ones"
	@echo "ARGS='-k tensor'   arguments for pytest"

setup:
	@$(bootstrap) setup $(options)

lab:
	@$(bootstrap) lab $(options) --port "$(PORT)" "$(FOLDER)"

test:
	@$(bootstrap) test $(options) $(ARGS)

tools:
	@$(bootstrap) setup $(options) --extra test

test-matrix: tools
	@$(python) tools/matrix.py $(ARGS)

test-colab:
	@"$(PYTHON)" tools/colab.py --extra-index "$(EXTRA_INDEX)" $(ARGS)

build: tools
	@$(python) -m dlcourse.authoring build $(ARGS)

site:
	@$(bootstrap) setup $(options) --extra test --extra site
	@$(python) -m dlcourse.authoring site

lint: tools
	@$(python) -m dlcourse.authoring lint
	@$(python) -m ruff check .
	@.venv/bin/lint-imports

readme: tools
	@$(python) -m dlcourse.authoring readme

bench: tools
	@$(python) benchmarks/import_time.py
	@$(python) benchmarks/training_steps.py $(ARGS)

parity: tools
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(python) tests/parity/parity_report.py

data:
	@$(bootstrap) setup $(options) --extra data
	@$(python) data/make_data.py $(ARGS)

# Needs uv, which unlike pip resolves for every system at once. uv keeps what is pinned
# already unless ARGS=--upgrade. CUDA's packages stay free: PyTorch names their versions.
constraints:
	@grep '^#' constraints.txt > constraints.new
	@uv pip compile --quiet --universal --python-version 3.11 --no-header \
	    --fork-strategy fewest --all-extras --no-annotate $(ARGS) \
	    --output-file constraints.txt pyproject.toml
	@grep -vE '^(cuda-|nvidia-|triton)' constraints.txt >> constraints.new
	@mv constraints.new constraints.txt

clean:
	rm -rf .venv .pytest_cache .hypothesis .ruff_cache .import_linter_cache \
	    .grimp_cache test-artifacts build dist
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -not -path './.git/*' \
	    -not -path './$(FOLDER)/*' -prune -exec rm -rf {} +
