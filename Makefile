# The one entry. `sudo make demo` and `sudo make test` need nothing but Swift, git and make.
SHELL := /bin/bash
SWIFT := $(shell tools/swift-path)/swift
BUILD := .build
RELEASE := $(SWIFT) build -c release --static-swift-stdlib
PROGRAMS := $(BUILD)/release
PREFIX ?= /usr/local

.PHONY: build test demo bench vm-test rootfs rootfs-web install uninstall format lint packages clean

build: packages
	$(RELEASE) --product swiftlet
# Without the static option: its module directory has no Embedded standard library. It is linked statically anyway.
	$(SWIFT) build -c release --product swiftlet-supervisor

packages:
	@tools/install-packages $(if $(filter test vm-test bench rootfs,$(MAKECMDGOALS)),test,$(if $(filter demo,$(MAKECMDGOALS)),demo,build))

# Eight tests at a time: all at once (the default) starve each other on two cores, and one that waits with a bound fails for the
# others' sake.
# Unit, root and integration tests in one run of the test runner; then the same program in a virtual machine.
test: packages lint rootfs
	$(SWIFT) build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 $(SWIFT) test --skip-build --parallel
	$(MAKE) vm-test

# In a virtual machine (Debian 12, systemd): what needs real cgroup controllers, units and a reboot. docs/testing.md.
vm-test: build rootfs
	rm -rf $(BUILD)/vm-root
	$(MAKE) --no-print-directory install DESTDIR=$(abspath $(BUILD))/vm-root
	Tests/vm/vm-test $(BUILD)/vm-root $(BUILD)/rootfs

demo: build rootfs-web
	demo/demo.sh $(PROGRAMS)/swiftlet $(BUILD)/rootfs

bench: build rootfs
	$(MAKE) -C Benchmarks/floor
	Benchmarks/bench.py $(PROGRAMS)/swiftlet "$$(command -v kubectl)" $(BUILD)/rootfs/web-1.16.tar.zst Benchmarks/floor/floor
	$(CC) -O2 -o $(BUILD)/load-generator Tests/LoadGenerator/*.c
	Benchmarks/services.py $(PROGRAMS)/swiftlet "$$(command -v kubectl)" $(BUILD)/rootfs $(BUILD)/load-generator
	Benchmarks/scale.py $(PROGRAMS)/swiftlet "$$(command -v kubectl)" $(BUILD)/rootfs $(BUILD)/load-generator
	Benchmarks/nodes.py $(PROGRAMS)/swiftlet "$$(command -v kubectl)" $(BUILD)/rootfs
	Benchmarks/podnetwork.py $(PROGRAMS)/swiftlet "$$(command -v kubectl)" $(BUILD)/rootfs

rootfs-web: packages $(BUILD)/rootfs/web-1.16.tar.zst $(BUILD)/rootfs/web-1.17.tar.zst

# The others need mmdebstrap and a mirror, once: what is there is kept until a recipe changes.
rootfs: rootfs-web $(BUILD)/rootfs/nginx.tar.zst $(BUILD)/rootfs/mariadb.tar.zst $(BUILD)/rootfs/abrupt.tar.zst

$(BUILD)/rootfs/nginx.tar.zst $(BUILD)/rootfs/mariadb.tar.zst $(BUILD)/rootfs/abrupt.tar.zst: \
		rootfs/unpack rootfs/take rootfs/pack | packages
	rootfs/build-$(basename $(basename $(notdir $@))) $@
$(BUILD)/rootfs/nginx.tar.zst: rootfs/build-nginx $(shell find rootfs/nginx -type f)
$(BUILD)/rootfs/mariadb.tar.zst: rootfs/build-mariadb $(shell find rootfs/mariadb -type f)
$(BUILD)/rootfs/abrupt.tar.zst: rootfs/build-abrupt $(shell find rootfs/abrupt -type f)

$(BUILD)/rootfs/web-%.tar.zst: rootfs/build-web rootfs/pack $(shell find rootfs/web -type f)
	rootfs/build-web $* $@

# Without debug information: 43 MB instead of 126. By rename: the running ones keep the file that they were started from.
install: build
	install -D -s -m 0755 $(PROGRAMS)/swiftlet $(DESTDIR)$(PREFIX)/bin/swiftlet.new
	install -D -m 0755 $(PROGRAMS)/swiftlet-supervisor $(DESTDIR)$(PREFIX)/lib/swiftlet/swiftlet-supervisor.new
	mv $(DESTDIR)$(PREFIX)/bin/swiftlet.new $(DESTDIR)$(PREFIX)/bin/swiftlet
	mv $(DESTDIR)$(PREFIX)/lib/swiftlet/swiftlet-supervisor.new $(DESTDIR)$(PREFIX)/lib/swiftlet/swiftlet-supervisor
	install -D -m 0644 -t $(DESTDIR)/etc/systemd/system systemd/swiftlet.service systemd/swiftlet-agent.service \
		systemd/swiftlet-pods.service systemd/swiftlet-shutdown.service
	[ -n "$(DESTDIR)" ] || [ ! -d /run/systemd/system ] || { systemctl daemon-reload; systemctl enable swiftlet.service; }

# Data stays: remove /var/lib/swiftlet by hand if it is to go.
uninstall:
	[ ! -d /run/systemd/system ] || systemctl disable --now swiftlet.service swiftlet-agent.service swiftlet-pods.service \
		swiftlet-shutdown.service
	rm -f $(PREFIX)/bin/swiftlet $(addprefix /etc/systemd/system/,swiftlet.service swiftlet-agent.service \
		swiftlet-pods.service swiftlet-shutdown.service)
	rm -rf $(PREFIX)/lib/swiftlet
	[ ! -d /run/systemd/system ] || systemctl daemon-reload

format:
	$(SWIFT) format -i -r -p --configuration .swift-format Package.swift Sources Tests

lint:
	$(SWIFT) format lint -s -r -p --configuration .swift-format Package.swift Sources Tests

clean:
	rm -rf $(BUILD)
