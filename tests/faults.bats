#!/usr/bin/env bats
# A sample of the faults that `make faults` injects, and those that once were not survived.
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

setup_file() {
	make -C "${BATS_TEST_DIRNAME%/*}" --no-print-directory build/faults-program
}

inject() { # OPTION...: all points survived, and there were some
	"$HOUSE/tests/faults/run.py" --init foster --room "$ROOM" "$@" >figures || fail "$(<figures)"
	grep -E '^foster +[1-9][0-9]* survived of' figures
}

@test "a system call that fails once, whichever and however, costs nothing that was promised: a sample of all" {
	needs_root
	alone
	inject --once --every 61
}

@test "a walk over /proc that fails at one call finds all that is left over the same" {
	needs_root
	alone
	ROOM=subreaper # as PID 1 kill(2) needs no walk
	for call in madvise getdents64 readlinkat; do
		inject --life whole --life waiting --call "$call"
	done
}

@test "where a filter refuses kill(2) of all at once, each is told" {
	needs_root
	alone
	ROOM=pid1
	inject --life whole --life waiting --call kill
}

@test "a wait that is interrupted is taken up again" {
	needs_root
	alone
	inject --life whole --call waitid
}

@test "TERM at each system call of a birth, and each of them late, reaches the program" {
	needs_root
	alone
	inject --life early
}

@test "signals and deaths without end fall into every window that a late call opens: none is lost, and they keep their order" {
	needs_root
	alone
	inject --life storm --every 7
}

@test "stopped from outside at any system call, and continued, foster loses nothing" {
	needs_root
	alone
	inject --life whole --how signal=19:delay_exit=5ms --every 3
}

@test "a system call that fails each time ends nothing, hangs nowhere and does not spin" {
	needs_root
	alone
	inject --life whole --always
}
