# Two commands matter: `make demo` and `make test`. Each makes what it needs in .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test test-slow test-browser test-hostile bench fuzz faults lint clean

setup: .venv/installed

.venv/installed: pyproject.toml .ci/constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hippo needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	# torch first and by its exact version, so that a local CPU build is taken where there is one
	$(BIN)/pip install --quiet torch==2.13.0 -c .ci/constraints.txt
	$(BIN)/pip install --quiet -e '.[course,keras,cluster,postgres,dev]' -c .ci/constraints.txt
	touch $@

# A class of 24 made-up submissions: verified, released, collected, graded, handed back.
demo: setup
	$(BIN)/python -P tests/course/demo.py demo

# Ruff, mypy and the tests that need no browser and no long time, in WORKERS processes.
WORKERS ?= 2
test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

test-slow: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m slow

test-browser: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m browser

# Every hostile submission in every way of grading: as root and as an ordinary user, with namespaces and without.
test-hostile: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m 'slow or not slow' tests/course/hostile

# Coverage-guided fuzzing of everything that reads what came from outside, SECONDS for each reader in turn.
SECONDS ?= 60
fuzz: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz.run all --seconds $(SECONDS) --corpus build/fuzz

# Tables of ours against a peer or a floor; nothing here passes or fails.
BENCH_COUNT ?= 1000
bench: setup
	for table in against_nbgrader against_otter split slots farm attractors fast_weights few_shot retrieval vma predictive_coding; do OMP_NUM_THREADS=1 $(BIN)/python -P tests/bench/$$table.py || exit; done
	OMP_NUM_THREADS=1 $(BIN)/python -P tests/bench/soak.py --count $(BENCH_COUNT)

# Kill graders at random moments and compare what is left with an undisturbed run: TRIALS=200 SUBMISSIONS=60 SEED=1.
faults: setup
	OMP_NUM_THREADS=1 $(BIN)/python -P tests/course/faults/kills.py --trials $(or $(TRIALS),200) --submissions $(or $(SUBMISSIONS),60) --seed $(or $(SEED),1)

clean:
	rm -rf .venv demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
