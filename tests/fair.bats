#!/usr/bin/env bats
# No storm of deaths delays a signal, and no storm of signals delays a death.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "among ten thousand dead that wait to be reaped a signal is served early" {
	alone
	PATIENCE=120
	start -v -w --leftovers KILL/60s sh -c \
		"\"$WITNESS\" signals 1; \"$WITNESS\" orphans 10000 once; exec \"$WITNESS\" record recorded"
	await_out READY
	await_child
	# The dead are there before foster goes on, and so is the signal, whose number is higher than SIGCHLD's.
	kill -STOP "$FOSTER"
	await_state "$FOSTER" T
	signal USR1 "$("$WITNESS" find "$CHILD" "$WITNESS" "$PATIENCE")"
	"$WITNESS" await recorded "$PATIENCE"
	until (($(pgrep -c -r Z -P "$FOSTER") == 10000)); do
		"$WITNESS" await never 0.1 || true
	done
	signal URG
	kill -CONT "$FOSTER"
	await_line recorded '^signal=23 '
	signal KILL "$CHILD"
	finish
	all=$(grep -c "^foster: reaped" "$err")
	[[ $all = 10000 ]] || fail "$all were told of"
	(($(sed '/URG/q' "$err" | grep -c '^foster: reaped') < 5000))
}

@test "an endless storm of deaths delays no signal" {
	alone
	start -w --leftovers KILL sh -c "\"$WITNESS\" deaths >/dev/null & \"$WITNESS\" deaths >/dev/null & exec \"$WITNESS\" signals until TERM"
	await_out READY
	await_err '^foster: reaped'
	for ((i = 1; i <= 20; i++)); do
		sent_ms=$(now_ms)
		"$WITNESS" send "$FOSTER" USR1 "$i"
		await_out "^signal=10 .*value=$i\$"
		(($(now_ms) - sent_ms < 10000))
	done
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "an endless storm of signals delays no reaping, nor the program's end" {
	alone
	# All storming numbers are below SIGCHLD's, so whoever takes the lowest first sees no death.
	start "$WITNESS" ignore HUP,USR1,USR2,ALRM -- sh -c "\"$WITNESS\" signals 1; \"$WITNESS\" orphans 200 && \"$WITNESS\" reaped \$PPID 10 && exit 7"
	await_out READY
	aside storms sh -c "\"$WITNESS\" storm $FOSTER HUP,USR1,USR2,ALRM & exec \"$WITNESS\" storm $FOSTER USR1,ALRM"
	await_line storms READY
	await_child
	signal WINCH "$(pgrep -P "$CHILD" -f 'witness signals 1')"
	finish
	[[ $status = 7 ]]
}
