# foster: one static binary, and all that is done with it. `make help` lists it.

VERSION = 1.0.0
PREFIX  = /usr/local
DESTDIR =
LINKS   =
BUILD   = build
CC      = gcc

# The one switch between static-pie and a plain static binary (-fno-pie -static). The price of addresses that cannot be guessed is a
# relocation for each pointer in a table, 24 bytes and a page written to; `make BUILD=build/plain STATIC='-fno-pie -static'` compares.
# What the linker is told besides, gcc's specs for arm forget (seen with 12.2): there -static-pie alone asks for a loader.
STATIC  = -fPIE -static-pie -Wl,-static,--no-dynamic-linker,-z,text

# On Debian gcc's libc is glibc, and the musl-gcc wrapper makes a dynamic binary of -static-pie and hides the kernel's headers.
# Plain gcc that looks for headers and for crt and libc in musl's folders first has neither fault. Where musl is the libc, this is
# empty. Asked only when first used, since `make deps` may bring gcc within the same run.
MUSL    = $(eval MUSL := $(foreach arch,$(subst -gnu,-musl,$(shell $(CC) -print-multiarch)),-isystem $(SYSROOT)/usr/include/$(arch) -B$(SYSROOT)/usr/lib/$(arch)))$(MUSL)

WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wold-style-definition -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual -Wcast-align -Wformat=2 \
          -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wnull-dereference
# libc's own beginning and end, without gcc's crtbegin and crtend, which are for what C++ and transactions need; and start.c behind Scrt1.o in the
# place of rcrt1.o, which relocates, where that is known to work.
CRT     = $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),$(if $(filter -static-pie,$(STATIC)),Scrt1.o,crt1.o),rcrt1.o)
START   = $(eval START := -nostartfiles $(foreach file,$(CRT) crti.o crtn.o,$(shell $(CC) $(MUSL) -print-file-name=$(file))))$(START)
LINKED  = $(if $(filter %/Scrt1.o %/crt1.o,$(START)),$(OBJECTS),$(filter-out %/start.o,$(OBJECTS)))
# Each of the -fno- of the second line was seen to save bytes; -flto on top of them would save 200 more, and hide the rooms from the linker.
KIND    = $(MUSL) $(STATIC) -Oz -s -fno-jump-tables -fno-asynchronous-unwind-tables -fno-stack-protector \
          -fno-move-loop-invariants -fno-caller-saves -fno-shrink-wrap
DEFINE  = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DHASH='"$(HASH)"'
COMPILE = $(CC) -std=gnu11 $(WARN) $(KIND) -ffunction-sections -fdata-sections $(DEFINE) -MMD -MP $(CPPFLAGS) $(CFLAGS)
# norelro: musl protects nothing in a static-pie after its relocation, and there is nothing to protect: no pointer of ours is relocated.
# Where code may lie at any byte, and there are no tables of a linker's own.
LAYOUT  = $(eval LAYOUT := $(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),-Tsrc/foster.ld))$(LAYOUT)
LINK    = $(CC) $(KIND) $(START) $(if $(filter -static-pie,$(KIND)),$(LAYOUT)) -Wl,--gc-sections,-z,noseparate-code,-z,norelro,-z,noexecstack,--build-id=none $(CFLAGS) $(LDFLAGS)

FOSTER  = $(BUILD)/foster
WITNESS = build/witness
BENCH   = build/bench
FLOOR   = build/floor
ZOMBIES = $(patsubst tests/%.c,build/%,$(wildcard tests/zombies/*.c))
OBJECTS = $(patsubst src/%.c,$(BUILD)/%.o,$(wildcard src/*.c))
HASH   := $(or $(shell git --git-dir=.git rev-parse --short=7 HEAD 2>/dev/null | cut -c1-7),release)
SCRIPTS = tests/run tests/run-demo tests/soak tests/size tests/demo-entrypoint tests/leaving-job docker/services docker/example/service docker/example/worker \
          tests/hosts/compare tests/peers/suites tests/sysroot tests/cross tests/dist-check docker/dist .ci/run \
          $(wildcard tests/*.bash tests/*.bats tests/e2e/*.bash tests/e2e/*.bats tests/hosts/host.bash tests/hosts/*.bats)
# Not tests/proof: stubs, in the C of Frama-C.
TESTS_C = $(filter-out tests/proof/%,$(wildcard tests/*.c tests/*/*.c))
MANUAL  = $(wildcard src/foster.8)

all: $(FOSTER)  ## build build/foster and say its size (the default)
	@! readelf -lW $(FOSTER) | grep -E 'INTERP|GNU_STACK.*E|LOAD.*WE' || { echo '$(FOSTER): not a safe static binary' >&2; exit 1; }
	@! { readelf -dW $(FOSTER) | grep NEEDED || grep -q GLIBC_TUNABLES $(FOSTER); } || { echo '$(FOSTER): not musl alone' >&2; exit 1; }
	@echo "$(FOSTER): $$(wc -c < $(FOSTER)) bytes"

run: all  ## show foster at work as PID 1 over a shell entrypoint
	@tests/run-demo $(FOSTER)

test: all $(WITNESS) $(ZOMBIES)  ## every test, as PID 1 and as subreaper
	@FOSTER_BIN=$(FOSTER) tests/run

e2e: all $(WITNESS)  ## the same as its users meet it: in docker, podman and runc, started for this and ended after it; and hosts
	@FOSTER_BIN=$(FOSTER) ROOMS=engines tests/run tests/e2e/*.bats
	@$(MAKE) --no-print-directory hosts

suites: all $(WITNESS)  ## the other inits' own tests, fetched with their sources: they come out for foster as for those
	@tests/peers/suites $(FOSTER)

soak: all $(WITNESS)  ## a thousand times a worker that flushes its data after the program's exit: 0 lost
	@FOSTER_BIN=$(FOSTER) tests/soak

compare: all $(WITNESS)  ## try foster and the installed tini, dumb-init, catatonit and init.lxc, and print a table (a few minutes)
	@tests/compare $(FOSTER)

hosts: all $(WITNESS)  ## the guests of real hosts: LXC, systemd-nspawn (as root, after deps-e2e)
	@FOSTER_BIN=$(FOSTER) ROOMS=guest tests/run tests/hosts/lxc.bats tests/hosts/nspawn.bats

boot: all $(WITNESS)  ## the same binary as the init of a Debian kernel under qemu (after deps-boot)
	@FOSTER_BIN=$(FOSTER) ROOMS=machine tests/run tests/hosts/boot.bats

sanitize: $(WITNESS) $(ZOMBIES)  ## the same tests with address and undefined behaviour checked
	$(MAKE) BUILD=build/sanitize KIND='-Og -g -fsanitize=address,undefined -fno-sanitize-recover=all' START= build/sanitize/foster
	@FOSTER_BIN=build/sanitize/foster ASAN_OPTIONS=detect_leaks=0 tests/run

lint:  ## all warnings as errors: gcc, its analyzer, cppcheck, clang-tidy, shellcheck, mandoc
	$(MAKE) BUILD=build/lint WITNESS=build/lint/witness BENCH=build/lint/bench FLOOR=build/lint/floor CFLAGS='-Werror -fanalyzer' \
		build/lint/foster build/lint/witness build/lint/bench build/lint/floor
	cppcheck --quiet --error-exitcode=1 --enable=warning,style,performance,portability --inline-suppr --std=c11 \
		--suppress=missingIncludeSystem --suppress=unusedStructMember --suppress=nullPointerRedundantCheck $(DEFINE) '-D__asm__(name)=' src $(TESTS_C)
	printf '%s\n' src/*.c $(TESTS_C) | xargs -P "$$(nproc)" -I % clang-tidy --quiet % -- -std=gnu11 $(DEFINE) -Isrc $(MUSL)
	shellcheck -x -e SC2119,SC2120 $(SCRIPTS)
	$(if $(MANUAL),mandoc -Tlint -W warning $(MANUAL))

# One binary for each, by Debian's names; on amd64, with Debian's cross compilers, and musl unpacked into build/sysroot.
ARCHES   = amd64 arm64 armhf i386 ppc64el s390x
HERE     = $(eval HERE := $(shell dpkg --print-architecture 2>/dev/null))$(HERE)
$(foreach pair,amd64:x86_64 arm64:aarch64 armhf:arm i386:i686 ppc64el:powerpc64le s390x:s390x, \
	$(eval GNU_$(firstword $(subst :, ,$(pair))) = $(lastword $(subst :, ,$(pair)))-linux-gnu$(if $(filter armhf:%,$(pair)),eabihf)))

cross: $(ARCHES:%=build/cross/%/foster) $(WITNESS)  ## static binaries for ARCHES, tried under qemu's user emulation
	@tests/cross $(ARCHES)

build/cross/%/foster: build/sysroot/% always | $(filter deps%,$(MAKECMDGOALS))
	@+$(MAKE) --no-print-directory BUILD=$(@D) CC=$(if $(filter $(HERE),$*),$(CC),$(GNU_$*)-gcc) SYSROOT=build/sysroot/$* $@

dist: $(ARCHES:%=build/cross/%/foster) build/foster.bash build/_foster  ## what is to be downloaded, for ARCHES, into build/dist (after deps-dist)
	@docker/dist $(VERSION) $(ARCHES)

dist-check:  ## dist twice in different folders: the same bytes, sound sums, clean packages
	@tests/dist-check $(ARCHES)

.PRECIOUS: build/sysroot/%
build/sysroot/%: | $(filter deps%,$(MAKECMDGOALS))
	@tests/sysroot $* $@

size: $(FOSTER)  ## bytes per object file, of the binary, and of each page of a foster at rest
	@size -t $(OBJECTS)
	@wc -c $(FOSTER)
	@tests/size $(FOSTER) $(FOSTER).map

bench: $(FOSTER) $(BENCH) $(FLOOR)  ## what foster and its peers cost, side by side, as a table with the goals; as root, on a quiet machine, 10 minutes
	@$(BENCH) $(FOSTER) $(ROWS)

bench-readme: $(FOSTER) $(BENCH) $(FLOOR)  ## its main rows, written into README.md; not if a row was starved
	@$(BENCH) main $(FOSTER) >build/bench.md || { cat build/bench.md; exit 1; }
	@sed -i -e '/^<!-- bench -->/,/^<!-- end/{//!d}' -e '/^<!-- bench -->/r build/bench.md' README.md

bench-quick: $(FOSTER) $(BENCH) $(FLOOR)  ## the same once, in small, to see that it works
	@$(BENCH) quick $(FOSTER)

install: all $(BUILD)/foster.bash $(BUILD)/_foster  ## into DESTDIR PREFIX/bin (LINKS="tini dumb-init" adds those names as links)
	install -D -m 755 $(FOSTER) $(DESTDIR)$(PREFIX)/bin/foster
	$(if $(MANUAL),install -D -m 644 $(MANUAL) $(DESTDIR)$(PREFIX)/share/man/man8/foster.8)
	install -D -m 644 $(BUILD)/foster.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/foster
	install -D -m 644 $(BUILD)/_foster $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_foster
	$(foreach name,$(LINKS),ln -sf foster $(DESTDIR)$(PREFIX)/bin/$(name);)

uninstall:  ## what install laid (with the same PREFIX, DESTDIR and LINKS)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/foster share/man/man8/foster.8 \
		share/bash-completion/completions/foster share/zsh/site-functions/_foster $(addprefix bin/,$(LINKS)))

clean:  ## all that was built
	rm -rf build

help:  ## this list
	@awk -F ':.*##' '/^[a-z0-9-]+:.*##/ { printf "  make %-12s%s\n", $$1, $$2 }' Makefile tests/proof.mk

# What has to be installed, by the names of Debian and of Alpine; nothing is asked of a network when all is there.
deps_debian      = gcc musl-dev linux-libc-dev bats mandoc procps strace util-linux python3 python3-yaml zsh tini dumb-init catatonit lxc bubblewrap \
                   busybox-static spin clang libclang-rt-14-dev
deps_alpine      = gcc musl-dev linux-headers bash bats mandoc procps strace util-linux python3 py3-yaml zsh bubblewrap clang compiler-rt
deps-lint_debian = libc6-dev cppcheck clang-tidy shellcheck llvm frama-c-base
deps-lint_alpine = cppcheck clang-extra-tools shellcheck
deps-e2e_debian  = docker.io containerd runc podman conmon uidmap netavark busybox-static mmdebstrap systemd-container
deps-boot_debian = qemu-system-x86 cpio kmod e2fsprogs
# deps-cross also brings each compiler of ARCHES that is not this machine's own.
deps-cross_debian = gcc musl-dev linux-libc-dev qemu-user-static file $(foreach arch,$(filter-out $(HERE),$(ARCHES)),\
	gcc-$(subst _,-,$(GNU_$(arch))) linux-libc-dev-$(arch)-cross)
deps-dist_debian = git gzip xz-utils lintian mandoc python3
deps-suites_debian = python3-pytest python3-pytest-timeout python3-psutil python3-prctl clitest
AS_ROOT          = $(if $(filter-out 0,$(shell id -u)),sudo)

deps:  ## install what the build and the tests need (Debian, Alpine)
deps-lint: | deps  ## install what lint and sanitize need besides, and on Debian coverage and proof
deps-suites: | deps  ## install what suites needs (Debian)
deps-cross:  ## install what cross needs (Debian)
deps-dist: | deps-cross  ## install what dist and dist-check need besides (Debian)
deps-e2e: | deps  ## install the engines and hosts that e2e needs (Debian)
deps deps-lint deps-suites deps-cross deps-dist deps-e2e:
	@if command -v apt-get >/dev/null; then \
		[ "$$(dpkg-query -Wf '$${db:Status-Status}\n' $($@_debian) 2>&1 | sort -u)" = installed ] || \
		{ $(AS_ROOT) apt-get update && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends $($@_debian); }; \
	elif command -v apk >/dev/null; then \
		[ "$$(apk info -e $($@_alpine) | wc -l)" -eq $(words $($@_alpine)) ] || $(AS_ROOT) apk add --no-cache $($@_alpine); \
	else \
		echo 'neither apt-get nor apk here: please install $($@_debian)' >&2; exit 1; \
	fi

# Only unpacked: a kernel that is to be booted by qemu alone.
deps-boot: | deps  ## install what boot needs besides (Debian)
	@[ "$$(dpkg-query -Wf '$${db:Status-Status}\n' $(deps-boot_debian) 2>&1 | sort -u)" = installed ] || \
		{ $(AS_ROOT) apt-get update && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends $(deps-boot_debian); }
	@[ -d build/kernel/boot ] || { mkdir -p build/kernel && cd build/kernel && \
		{ apt-cache show linux-image-amd64 >/dev/null 2>&1 || $(AS_ROOT) apt-get update; } && \
		package=$$(apt-cache depends --important linux-image-amd64 | sed -n 's/.*Depends: //p' | head -n 1) && \
		apt-get download "$$package" && dpkg -x linux-image-*.deb . && rm linux-image-*.deb; }

# The rules behind, said by the name of what is built (V=1: in full). Whatever is built waits for `deps` if that was asked for in the
# same breath (make -j deps run).
SAY = $(if $(V),,@echo '  $@'; )

$(FOSTER): $(OBJECTS) src/foster.ld
	$(SAY)$(LINK) $(LINKED) -Wl,-Map=$@.map -o $@

$(BUILD)/%.o: src/%.c Makefile | $(filter deps%,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) -c $< -o $@

$(WITNESS): tests/witness.c Makefile | $(filter deps%,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $< -o $@

$(BENCH) $(FLOOR): $(dir $(BENCH))%: tests/bench/%.c Makefile | $(filter deps deps-lint,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $< -o $@

$(ZOMBIES): build/%: tests/%.c Makefile | $(filter deps deps-lint,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $< -o $@

$(BUILD)/foster.bash $(BUILD)/_foster: src/completions.awk src/persona_foster.c
	@mkdir -p $(@D)
	$(SAY)awk -v shell=$(if $(findstring bash,$@),bash,zsh) -f $^ > $@

# Only what names HASH is built anew when HEAD moves.
$(patsubst src/%.c,$(BUILD)/%.o,$(shell grep -lsw HASH src/*.c)): $(BUILD)/hash
$(BUILD)/hash: $(if $(filter $(HASH),$(shell cat $(BUILD)/hash 2>/dev/null)),,always)
	@mkdir -p $(@D)
	@echo $(HASH) > $@

include tests/proof.mk
-include $(wildcard $(BUILD)/*.d)
.PHONY: all run test compare hosts boot e2e suites cross dist dist-check soak sanitize lint size bench bench-readme bench-quick install uninstall clean help always \
        deps deps-lint deps-boot deps-suites deps-cross deps-dist deps-e2e
