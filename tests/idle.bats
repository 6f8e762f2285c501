#!/usr/bin/env bats
# An idle foster sleeps.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "an idle foster is not woken once in ten seconds" {
	start "$WITNESS" signals 1
	await_out READY
	await_state "$FOSTER" S
	switches=$(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status")
	"$WITNESS" await never 10 || true
	[[ $(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status") = "$switches" ]]
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "it sleeps in one system call, that of waiting for signals" {
	traced all
	start "$WITNESS" signals 1
	await_out READY
	await_state "$FOSTER" S
	# Where it sleeps now is where it is until something comes.
	read -r before _ <"/proc/$FOSTER/syscall"
	await_line trace "^$FOSTER +(read|ppoll|poll|rt_sigtimedwait)\\([^)]*\$"
	calls=$(foster_calls | wc -l)
	"$WITNESS" await never 2 || true
	[[ $(foster_calls | wc -l) = "$calls" ]]
	read -r after _ <"/proc/$FOSTER/syscall"
	[[ $before = "$after" ]]
	signal USR1
	finish
}

@test "no timer is left running when what was awaited is over" {
	foster sh -c "\"$WITNESS\" orphans 100; exit 0"
	start -w sh -c "\"$WITNESS\" orphans 100; exec \"$WITNESS\" signals 1"
	await_out READY
	await_err '^foster: reaped'
	"$WITNESS" reaped "$FOSTER" "$PATIENCE"
	await_state "$FOSTER" S
	switches=$(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status")
	"$WITNESS" await never 3 || true
	[[ $(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status") = "$switches" ]]
	signal USR1
	finish
}

@test "a stopped program keeps foster awake no more than a running one, with -w neither" {
	start -w "$WITNESS" signals 1
	await_out READY
	await_child
	signal STOP "$CHILD"
	await_state "$CHILD" T
	await_state "$FOSTER" S
	switches=$(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status")
	"$WITNESS" await never 1 || true
	[[ $(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status") = "$switches" ]]
	signal CONT "$CHILD"
	finish
}

@test "nor beside a thousand living orphans" {
	alone
	start sh -c "\"$WITNESS\" leave 1000 plain -- \"$WITNESS\" exit 0; \"$WITNESS\" orphans 300; exec \"$WITNESS\" signals 1"
	await_out READY
	"$WITNESS" reaped "$FOSTER" "$PATIENCE"
	until # what it owes is done soon, and then nothing
		switches=$(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status")
		"$WITNESS" await never 1 || true
		[[ $(awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$FOSTER/status") = "$switches" ]]
	do
		((${tries=0} < 5))
		((tries += 1))
	done
	signal USR1
	finish
}
