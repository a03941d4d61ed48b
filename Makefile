# Two commands for newcomers, each doing all its own set-up: `make demo` and `make test`.
# For those who change something: quick and fix; lock and licences where it is a dependency (CONTRIBUTING.md).
# For those who look closer: test-cluster kills nodes, collectors and a database; bench, bench-scanners, bench-noise, wear, growth, day, idle, start, kills and losses measure
# and try the whole, disorder and storm a table and a point in any order of events, fuzz the decoders; absences tries each
# device ten thousand times in vain; matrix writes docs/fault-matrix.md, readback reads a thousand residents' slips back,
# pictures draws the slips and screens of docs/, bench-screens measures what pages cost, bench-board what a board's reader waits for, bench-tables what other tables do, bench-air the bytes of a day, bench-comeback all kiosks after their broker fell, sounds speaks their sentences.

PYTHON ?= python3
VENV := .venv
# Without bytecode each of the hundreds of processes that the tests start would compile the kiosk and its libraries anew.
export PYTHONDONTWRITEBYTECODE :=
BIN := $(VENV)/bin
ARGS ?=

# What each command needs of Debian, as "package:file or command that proves it".
ZBAR := $(or $(firstword $(wildcard /usr/lib/*-linux-gnu*/libzbar.so.0)),/usr/lib/libzbar.so.0)
POSTGRES := $(or $(lastword $(wildcard /usr/lib/postgresql/*/bin/initdb)),/usr/lib/postgresql/initdb)
BASE := ca-certificates:/etc/ssl/certs/ca-certificates.crt fonts-wqy-microhei:/usr/share/fonts/truetype/wqy/wqy-microhei.ttc libzbar0:$(ZBAR)
TOOLS := chromium:/usr/bin/chromium fonts-noto-cjk:/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-hanazono:/usr/share/fonts/truetype/hanazono/HanaMinA.ttf mosquitto:/usr/sbin/mosquitto iproute2:/bin/ip systemd:/usr/bin/systemd-analyze udev:/usr/bin/udevadm postgresql:$(POSTGRES)
# evdev has wheels for x86-64 only; elsewhere it is built.
BUILD := $(if $(filter x86_64,$(shell uname -m)),,gcc:/usr/bin/gcc python3-dev:/usr/bin/python3-config)

.PHONY: demo test quick fix lock licences test-camera test-cluster test-vm deb test-deb bench bench-camera bench-scanners bench-screens bench-board bench-tables bench-air bench-comeback bench-noise wear growth disorder storm day idle start fuzz kills losses absences matrix readback pictures sounds clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.demo
	@$(BIN)/kiosk demo $(ARGS)

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	@$(call beside,$(BIN)/mypy,$(BIN)/pytest --numprocesses=8 --dist=worksteal $(ARGS))

quick: $(VENV)/.dev
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@contracts=$$($(BIN)/lint-imports --no-logo) || { echo "$$contracts"; exit 1; }
	@$(call beside,$(BIN)/mypy,$(BIN)/pytest tests/unit -q -m 'not slow' --timeout=10 --numprocesses=2 --dist=worksteal $(ARGS))

fix: $(VENV)/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev
	@$(BIN)/python tests/bench/scan_to_paper.py $(ARGS)

fuzz: $(VENV)/.dev
	@$(BIN)/python tests/bench/fuzz_decoders.py $(ARGS)

idle: $(VENV)/.dev
	@$(BIN)/python tests/bench/idle.py $(ARGS)

start: $(VENV)/.dev
	@$(call need,valgrind:/usr/bin/valgrind)
	@$(BIN)/python tests/bench/start.py $(ARGS)

bench-scanners: $(VENV)/.dev
	@$(BIN)/python tests/bench/scanners.py $(ARGS)

bench-screens: $(VENV)/.dev
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/page_latency.py $(ARGS)
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/page_day.py

bench-board: $(VENV)/.dev
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/board_seen.py $(ARGS)

bench-tables: $(VENV)/.dev
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/ten_tables.py $(ARGS)

bench-air: $(VENV)/.dev
	@$(BIN)/python tests/bench/air.py $(ARGS)

bench-comeback: $(VENV)/.dev
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/comeback.py $(ARGS)

bench-noise: $(VENV)/.dev
	@$(BIN)/python tests/bench/noise.py $(ARGS)

wear: $(VENV)/.dev
	@$(call need,strace:/usr/bin/strace)
	@PYTHONPATH=tests $(BIN)/python tests/bench/wear.py $(ARGS)

disorder: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/disorder.py $(ARGS)

day: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/long_day.py $(ARGS)

storm: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/point_storm.py $(ARGS)

growth: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/growth.py $(ARGS)

pictures: $(VENV)/.dev
	@$(BIN)/python tests/bench/draw_slips.py $(ARGS)
	@PYTHONPATH=tests:tests/hil $(BIN)/python tests/bench/draw_screens.py $(ARGS)

sounds: $(VENV)/.dev
	@$(call need,espeak-ng:/usr/bin/espeak-ng)
	@PYTHONPATH=tests $(BIN)/python tests/bench/speak_sentences.py $(ARGS)

matrix: $(VENV)/.dev
	$(BIN)/pytest tests/hil/test_fault_matrix.py --numprocesses=4 --dist=worksteal --matrix=docs/fault-matrix.md $(ARGS)

kills: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/kill_storm.py $(ARGS)

absences: $(VENV)/.dev
	@$(BIN)/pytest tests/hil/test_absences.py --numprocesses=auto --tries=10000 $(ARGS)

losses: $(VENV)/.dev
	@PYTHONPATH=tests $(BIN)/python tests/bench/loss_storm.py $(ARGS)

readback: $(VENV)/.dev
	@$(BIN)/pytest --numprocesses=auto --residents=1000 tests/hil/test_read_back.py $(ARGS)

bench-camera: $(VENV)/.dev
	@$(BIN)/python tests/bench/camera_frames.py $(ARGS)

# The camera's driver on a real picamera2 and libcamera, in a Debian root under build/ that is made once; part of test.
test-camera: $(VENV)/.dev
	@$(BIN)/pytest tests/hil/camera $(ARGS)

# Three nodes of Debian 13's RabbitMQ in a root under build/, two collectors and PostgreSQL, each killed: minutes.
test-cluster: $(VENV)/.dev
	@$(call need,mmdebstrap:/usr/bin/mmdebstrap)
	@$(BIN)/pytest -s tests/hil/cluster/proof.py $(ARGS)

# In a guest with Debian's own kernel, as many machines' have neither uinput nor GPIO nor control groups: the keyboard
# scanners' contract, the panel's, and the service short of memory; x86-64.
test-vm: $(VENV)/.dev
	@$(call need,qemu-system-x86:/usr/bin/qemu-system-x86_64 busybox-static:/bin/busybox cpio:/usr/bin/cpio kmod:/sbin/modprobe gcc:/usr/bin/gcc make:/usr/bin/make)
	@tests/hil/vm/make_guest.sh build/guest
	@tests/hil/vm/make_gpio_sim.sh build/guest
	@tests/hil/vm/run_in_guest.sh build/guest tests/hil/vm/contract.sh
	@tests/hil/vm/run_in_guest.sh build/guest tests/hil/vm/gpio.sh
	@tests/hil/vm/run_in_guest.sh build/guest tests/hil/vm/pressure.sh

# The Debian packages of this commit, for both machines and both releases of Debian, in build/deb.
deb: $(VENV)/.dev
	@PYTHONPATH=. $(BIN)/python packaging/build_deb.py $(ARGS)

# Builds twice, and installs, upgrades, downgrades, removes and purges in Debian roots under build/: as root, minutes.
test-deb: $(VENV)/.dev
	@$(call need,mmdebstrap:/usr/bin/mmdebstrap lintian:/usr/bin/lintian qemu-user-static:/usr/bin/qemu-aarch64-static)
	@tests/hil/deb/try_package.sh build/deb-trial $(ARGS)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.demo: $(VENV)/.installer requirements/demo.txt requirements/build.txt pyproject.toml
	@$(call install,demo)

$(VENV)/.dev: $(VENV)/.installer requirements/dev.txt requirements/build.txt pyproject.toml
	@$(call need,$(TOOLS))
	@$(call install,dev)
	@$(BIN)/pytest --collect-only -q >/dev/null 2>&1 || true  # compiles once what each of the tests' workers reads
	@touch $(VENV)/.demo

$(VENV)/.installer: requirements/installer.txt
	@$(call need,$(BASE) $(BUILD) $(if $(filter demo,$(or $(MAKECMDGOALS),demo)),,$(TOOLS)))
	@echo "Setting up Python packages in $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/installer.txt
	@touch $@

# Each set of packages anew at its newest releases, with the hashes of all their files; what dev has, the others have too.
lock: $(VENV)/.installer
	@$(call lock,installer,3.11,--group installer)
	@$(call lock,build,3.11,--group build)
	@$(call lock,dev,3.11,pyproject.toml --extra demo --group dev)
	@$(call lock,demo,3.11,pyproject.toml --extra demo --constraints requirements/dev.txt)
	@$(call lock,device,3.11,pyproject.toml --constraints requirements/dev.txt $(OF_DEBIAN))
	@$(call lock,camera,3.13,--group camera --no-deps --constraints requirements/dev.txt)

licences: $(VENV)/.dev
	@$(BIN)/python requirements/licences.py >docs/licences.md

# Installs the missing Debian packages, saying which; as root, or with sudo where there is one.
define need
missing=; \
for pair in $(1); do [ -e "$${pair#*:}" ] || missing="$$missing $${pair%%:*}"; done; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"; \
if [ -n "$$missing" ]; then \
  echo "Installing Debian packages:$$missing"; \
  if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; \
  else echo "These packages are missing, and neither root nor sudo is at hand:$$missing" >&2; exit 1; fi; \
  $$as apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$as apt-get -qq install -y --no-install-recommends $$missing >/dev/null; \
fi
endef

# Whoever told pip of a mirror has told uv too. What a package is built with is in the lock as well.
define install
[ -n "$$UV_DEFAULT_INDEX" ] || mirror=$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}; \
[ -z "$$mirror" ] || export UV_DEFAULT_INDEX="$$mirror"; \
export UV_BUILD_CONSTRAINT=requirements/build.txt; \
$(BIN)/uv pip install --quiet --no-config --python $(BIN)/python --require-hashes --requirement requirements/$(1).txt && \
$(BIN)/uv pip install --quiet --no-config --python $(BIN)/python --no-deps --editable . && \
touch $(VENV)/.$(1)
endef

# What a device has of Debian: numpy is the one that picamera2 was built for, and evdev has no wheels for aarch64.
OF_DEBIAN := --no-emit-package numpy --no-emit-package evdev

# The first command in what time the second leaves; its words come last.
define beside
nice $(1) >$(VENV)/beside 2>&1 & beside=$$!; $(2); status=$$?; \
wait $$beside || status=$$?; echo "$(1)"; cat $(VENV)/beside; exit $$status
endef

define lock
$(BIN)/uv pip compile --quiet --no-config --universal --upgrade --generate-hashes --no-emit-package colorama \
  --annotation-style line --custom-compile-command 'make lock' --output-file requirements/$(1).txt --python-version $(2) $(3)
endef
