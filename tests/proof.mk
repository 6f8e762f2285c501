# The attempts to kill it: each ends with its figures, and has a quick form among the tests.

SCRIPTS += tests/model/run tests/mutants/run tests/tried

EVERY = 1
faults: all build/faults-program  ## every system call fails in every way, is late and meets a signal, over whole lives; the others side by side; hours, or one point of EVERY
	@tests/faults/run.py --every $(EVERY)

build/faults-program: tests/faults/program.c Makefile
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $< -o $@

model:  ## the life as a model: every order of signals, deaths and stops, explored by spin
	@tests/model/run

witnesses: $(WITNESS) $(ZOMBIES) build/faults-program

mutants: all  ## seeded bugs of the kinds that inits have: each is found by the test that is named for it
	@tests/mutants/run

SECONDS = 600
fuzz: build/fuzz  ## options, environment, signals, ladders, /proc and names as enemies write them, for SECONDS, sanitizers on
	@mkdir -p build/corpus
	@build/fuzz -max_total_time=$(SECONDS) -max_len=512 -timeout=5 -close_fd_mask=3 -artifact_prefix=build/ -print_final_stats=1 build/corpus tests/fuzz/corpus \
		>build/fuzz.log 2>&1 || { tail -40 build/fuzz.log; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: */inputs tried: /p; s/^#.*DONE *\(.*\) lim.*/at the end: \1/p' build/fuzz.log

build/fuzz: $(wildcard tests/fuzz/*.c src/*.[ch]) Makefile tests/proof.mk
	@mkdir -p $(@D)
	$(SAY)clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(DEFINE) -D_exit=fuzz_exit -Dopenat=fuzz_openat $(UNLAID) -Isrc \
		$(wildcard tests/fuzz/*.c) $(filter-out src/main.c src/start.c src/processes.c src/report.c,$(wildcard src/*.c)) -o $@

flood: all $(WITNESS)  ## a million orphans, a million queued signals, tracers, nesting
	@FOSTER_BIN=$(FOSTER) FLOOD=1 tests/run tests/flood.bats

race: all $(WITNESS) build/faults-program  ## TERM at the first moment of 50,000 births in each room, and at each system call of a birth: 0 lost
	@for room in pid1 subreaper; do $(WITNESS) early 50000 TERM $$room -- $(abspath $(FOSTER)) $(abspath $(WITNESS)) signals 1 >build/race.log && echo "$$room: 50000 sent, 0 lost" || { grep lost build/race.log; exit 1; }; done
	@tests/faults/run.py --init foster --life early

coverage: build/coverage/foster build/faults-program $(WITNESS) $(ZOMBIES)  ## the branches of src that all tests together take; the others are listed
	@tests/coverage/run.py

coverage-quick: build/coverage/foster build/faults-program $(WITNESS) $(ZOMBIES)  ## whether any that is listed is gone, or taken by some of the tests
	@tests/coverage/run.py --quick

# Every process counts in the same mapped file, from its first moment on, whatever becomes of it. Static, since some of them find no libc.
build/coverage/foster: $(wildcard src/*.[ch] tests/coverage/*.c) Makefile tests/proof.mk
	@mkdir -p $(@D)
	@rm -f $(@D)/*.profraw
	$(SAY)clang -std=gnu11 -g -O1 -static -fprofile-instr-generate='$(CURDIR)/$(@D)/%c%m.profraw' -fcoverage-mapping -fprofile-update=atomic \
		-mllvm -runtime-counter-relocation -Wl,-z,norelro,--wrap=setenv,--wrap=mkdir $(UNLAID) $(DEFINE) -Isrc $(filter-out src/start.c,$(wildcard src/*.c)) tests/coverage/*.c -o $@

proof:  ## the pure parts, for all inputs at once: Frama-C's EVA finds no run-time error, but for alarms that are listed
	@tests/proof/run.py

TRIED = model mutants fuzz proof coverage flood race faults
tried:  ## all of these in their long forms, one after the other, and what each says in the end into README.md
	@tests/tried $(TRIED)

.PHONY: tried faults model witnesses mutants fuzz flood race coverage coverage-quick proof
