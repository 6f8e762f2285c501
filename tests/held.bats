#!/usr/bin/env bats
# No signal and no descriptor is lost before the program exists.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "the first system call of main holds all 64 signals, with a mask of eight bytes" {
	traced all
	foster "$WITNESS" exit 7
	# What comes before it is the C library's start.
	first=$(foster_calls | grep -vE '^(execve|arch_prctl|set_tid_address|mprotect|brk|mmap)\(' | head -n 1)
	[[ $first =~ ^rt_sigprocmask\((SIG_SETMASK|SIG_BLOCK),\ ~\[\],.*,\ 8\) ]]
	[[ $status = 7 ]]
}

@test "a signal that was pending before foster was executed reaches the program" {
	BEFORE=("$WITNESS" pend 10 -- "$WITNESS" pend 64 --)
	foster "$WITNESS" signals 2
	[[ $(received "$out") = '10 64' ]]
	[[ $status = 0 ]]
}

@test "a signal sent the instant that signals are held reaches the program, two hundred times out of two hundred" {
	aside early "$WITNESS" early 200 USR1 "$ROOM" -- "$BIN" "$WITNESS" signals 1
	"$WITNESS" await early.code 60
	not grep lost early
	[[ $(<early.code) = 0 ]]
}

@test "with -g a signal sent the instant that signals are held reaches the program's group too" {
	aside early "$WITNESS" early 200 TERM "$ROOM" -- "$BIN" -g "$WITNESS" signals 1
	"$WITNESS" await early.code 60
	not grep lost early
	[[ $(<early.code) = 0 ]]
}

@test "where descriptors 0, 1 and 2 were closed foster has /dev/null there, and the program has them closed" {
	BEFORE=("$WITNESS" close 0,1,2 --)
	start sh -c "\"$WITNESS\" show shown && exec \"$WITNESS\" record recorded"
	"$WITNESS" await recorded "$PATIENCE"
	for fd in 0 1 2; do
		[[ $(readlink "/proc/$FOSTER/fd/$fd") = /dev/null ]]
	done
	[[ -z $(fact fd shown) ]]
	signal KILL "$(await_child && echo "$CHILD")"
	finish
	[[ $status = 137 ]]
}

@test "one closed descriptor stays closed for the program and the others stay as they are" {
	BEFORE=("$WITNESS" close 0 --)
	foster "$WITNESS" show shown
	[[ $(fact fd shown) = "1 $out"$'\n'"2 $err" ]]
}

@test "SIGCHLD inherited as ignored does not hide the program's end" {
	BEFORE=("$WITNESS" ignore CHLD --)
	foster sh -c "\"$WITNESS\" orphans 3; exit 7"
	[[ $status = 7 ]]
}

@test "all signals inherited as blocked and ignored do not hide the program's end" {
	BEFORE=("$WITNESS" block all -- "$WITNESS" ignore all --)
	foster "$WITNESS" exit 7
	[[ $status = 7 ]]
}
