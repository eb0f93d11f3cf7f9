# The two commands: `make run` opens a whole demo shop, `make test` runs the tests. Both set themselves up.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: monkey tables overload run test setup check shots bench retention sim sim-long sim-mutants faults fuzz lint types format lock clean dev

run: setup
	$(BIN)/pilotlight demo $(ARGS)

# Real processes, windows and disks share the machine: more than four at a time wait for each other.
test: dev
	QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software $(BIN)/python -m pytest -m "not slow" \
	  -n auto --maxprocesses=4 --dist loadfile --no-loadscope-reorder $(ARGS)

setup:
	@$(PYTHON) installer/set_up.py

dev:
	@$(PYTHON) installer/set_up.py --dev

# Everything a change must pass before it lands, slow tests included.
check: dev
	QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software $(BIN)/python -m pytest $(ARGS)
	$(MAKE) lint types

lint: dev
	$(BIN)/ruff check app server ui tests installer assets
	$(BIN)/ruff format --check app server ui tests installer assets
	$(BIN)/lint-imports
	$(BIN)/python installer/lint_qml.py

types: dev
	$(BIN)/mypy

format: dev
	$(BIN)/ruff check --fix app server ui tests installer assets
	$(BIN)/ruff format app server ui tests installer assets

# The services' tables in SQL, after a change of one of their `table.py`.
tables: dev
	$(BIN)/python -m server.services.compiling

# Every view's picture, written to out/shots/ and compared with the accepted ones in tests/shots/accepted/; what differs
# stands beside them in out/shots/different/. make shots ACCEPT=1 accepts it; ARGS=kiosk is one screen (large, phone, …).
shots: dev
	ACCEPT=$(ACCEPT) $(BIN)/python -m tests.shots $(ARGS)

# The figures beside the machine's own limits and beside NATS JetStream (`apt install nats-server`), written to
# out/bench.json; a whole run, which takes a quarter of an hour, also renews docs/benchmarks.md. ARGS=--quick is a look.
bench: dev
	$(BIN)/python -m tests.bench $(ARGS)

# A long history on one terminal: start, connecting, joining, disk, and sales while it is dropped, with real servers.
# make retention EVENTS=5000000: ten years of a busy shop (an hour or two).
EVENTS ?= 500000
retention: dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.retention --events $(EVENTS) $(ARGS)

# Real nodes on simulated time, links and disks. A seed stands for a short stretch of a day, most with 5 to 20 orders, of
# mixed sizes; SIZE=day makes a whole day of each. A failing seed says how to replay it.
# make sim SEEDS=5000+100 · make sim SEED=4711 TRACE=1 · make sim SEEDS=1+5 SIZE=day
SEEDS ?= 1+200
TRACE ?= 0
JOBS ?= 2
sim: dev
	$(BIN)/python -m tests.sim --seeds $(or $(SEED),$(SEEDS)) --trace $(TRACE) --jobs $(if $(SEED),1,$(JOBS)) \
	  $(if $(SIZE),--size $(SIZE)) $(ARGS)

sim-long: dev
	$(BIN)/python -m tests.sim --seeds 1+10000 --jobs $(JOBS) $(ARGS)

# Every patch in tests/sim/mutants must be caught.
sim-mutants: dev
	$(BIN)/python -m tests.sim.mutants $(ARGS)

# The fault laboratory: real servers killed, frozen, starved and damaged. ARGS="--list", "--only kill --cycles 20".
faults: dev
	QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software $(BIN)/python -m tests.faults $(ARGS)

# Mutated frames, garbage on the sync port and mutated API bodies, SECONDS each; what fails goes into tests/fuzz/corpus/.
# make fuzz SECONDS=600 SEED=4711 · make fuzz ARGS="--frames 10000000"
SECONDS ?= 60
fuzz: dev
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) --jobs $(JOBS) $(ARGS)

# A customer who touches the kiosk at random, with a real server: no dead end, no warning, no wrong sum.
# make monkey SECONDS=600 SEED=4711 · make monkey ARGS="--size 1920x1080 --menu FILE"
monkey: dev
	QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software $(BIN)/python -m tests.monkey --seconds $(SECONDS) \
	  $(if $(SEED),--seed $(SEED)) $(ARGS)

# A rush, slow clients and neighbours, a crawling line: what the shop does with more than it is made for. ARGS="--page",
# or ARGS="--only 4" for one situation and the same rush without it.
overload: dev
	$(BIN)/python -m tests.overload $(ARGS)

# Renews the pinned packages (needs `uv`).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --upgrade -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  -q --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
