# The attempts to kill it: each ends with its figures, and has a quick form among the tests.

deps-proof_debian = spin
deps-proof_alpine = spin

deps-proof: | deps  ## install what the proofs need besides

faults: all build/faults-program  ## every system call fails once in every way, over whole lives; the others side by side
	@tests/faults/run.py

build/faults-program: tests/faults/program.c Makefile
	@mkdir -p $(@D)
	$(SAY)$(COMPILE) $< -o $@

model:  ## the life as a model: every order of signals, deaths and stops, explored by spin
	@tests/model/run

mutants: all $(WITNESS)  ## seeded bugs of the kinds that inits have: each is found by the test that is named for it
	@tests/mutants/run

.PHONY: faults model mutants deps-proof
