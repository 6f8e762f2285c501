#!/usr/bin/env bats
# With --stop-ok a stop that was asked for is a success.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

stops_with() { # CODE [OPTION]... -- PROGRAM...: it is started, asked to stop, and foster exits with CODE
	local code=$1
	shift
	start "$@"
	await_out READY
	signal TERM
	finish
	[[ $status = "$code" ]] || fail "$*: $status"
}

catches_term='trap "exit $0" TERM; "$WITNESS" plain & wait'

@test "a program that ended by the TERM of a stop request is a success, and without --stop-ok it is not" {
	stops_with 0 --stop-ok "$WITNESS" plain
	stops_with 143 "$WITNESS" plain
}

@test "a program that exited with 128+15 because of it is one too" {
	stops_with 0 --stop-ok bash -c "$catches_term" 143
	stops_with 143 bash -c "$catches_term" 143
}

@test "so is one that ended by any signal that the ladder sent, KILL at last" {
	stops_with 0 --stop-ok --stop QUIT "$WITNESS" plain
	stops_with 131 --stop QUIT "$WITNESS" plain
	stops_with 0 --stop-ok --stop INT/100ms/HUP/100ms/KILL "$WITNESS" ignore INT -- "$WITNESS" plain
	stops_with 0 --stop-ok --stop INT/100ms/KILL "$WITNESS" stubborn
	stops_with 137 --stop INT/100ms/KILL "$WITNESS" stubborn
}

@test "so is one that ended by what a stop request was rewritten to" {
	stops_with 0 --stop-ok -r TERM:HUP "$WITNESS" plain
	stops_with 129 -r TERM:HUP "$WITNESS" plain
}

@test "so is one that another signal asked to stop" {
	start --stop-ok -r INT:stop "$WITNESS" plain
	await_out READY
	signal INT
	finish
	[[ $status = 0 ]]
}

@test "an unasked 143 stays 143" {
	foster --stop-ok "$WITNESS" die TERM
	[[ $status = 143 ]]
	foster --stop-ok "$WITNESS" exit 143
	[[ $status = 143 ]]
	foster --stop-ok --stop TERM/100ms/KILL "$WITNESS" die KILL
	[[ $status = 137 ]]
}

@test "a 143 that came before the stop request stays 143" {
	start -v --stop-ok --leftovers TERM/60s/KILL "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 143
	await_out '^signal=15 '
	await_child # what is left over
	signal TERM
	await_err 'TERM .*goes nowhere'
	signal USR1 "$CHILD"
	finish
	[[ $status = 143 ]]
}

@test "the code of a program that failed while it stopped stays" {
	stops_with 3 --stop-ok bash -c "$catches_term" 3
	stops_with 134 --stop-ok bash -c "$catches_term" 134
}

@test "a signal that no stop request sent is no success: neither another one that was forwarded, nor one from elsewhere" {
	start --stop-ok "$WITNESS" plain
	await_out READY
	signal INT
	finish
	[[ $status = 130 ]]
	start --stop-ok --stop TERM/60s/KILL "$WITNESS" signals 2
	await_out READY
	await_child
	signal TERM
	await_out '^signal=15 '
	signal KILL "$CHILD"
	finish
	[[ $status = 137 ]] # the ladder was not there yet
}

@test "what is left over and had to be killed changes nothing" {
	start --stop-ok --leftovers TERM/100ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" plain
	await_out READY
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "a program that exits with 0 when it is asked to is one in any case" {
	stops_with 0 --stop-ok bash -c "$catches_term" 0
}

@test "with --wait=last the last one's end is what a stop request has to have sent" {
	start --stop-ok --wait=last "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
	await_out '^left'
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "with --wait=last the last one's failure is not hidden by the program that ended as it was asked to" {
	mkfifo go
	exec 6<>go
	start --stop-ok --wait=last bash -c '(setsid bash -c "trap : TERM; echo HELD >&2; read -r _ <go || read -r _ <go; exit 3" &); exec "$WITNESS" plain'
	await_err HELD
	await_out READY
	"$WITNESS" find "$FOSTER" "$WITNESS" "$PATIENCE" >program
	signal TERM
	await_end "$(<program)"
	echo >&6
	finish
	[[ $status = 3 ]]
}
