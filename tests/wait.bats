#!/usr/bin/env bats
# With --wait foster goes on until nothing is left, not only the program: for programs that daemonize.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

await_program_end() { # foster is started with -v
	await_err "program .* exited with $1"
}

# Two daemons that end when they are told to, the first one with 9, the second one with 3.
two_daemons() { # PROGRAM'S CODE OPTION...
	local code=$1
	shift
	mkfifo first second
	exec 5<>first 6<>second
	start -vw "$@" bash -c '(setsid bash -c "read -r _ <first; exit 9" &); (setsid bash -c "read -r _ <second; exit 3" &); exit $0' "$code"
	await_program_end "$code"
	echo >&5
	await_err 'reaped .* exited with 9'
	echo >&6
	finish
	rm first second
}

@test "a program that daemonizes is waited for, and nobody is asked to stop" {
	start -v --wait "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
	await_program_end 7
	await_child # the daemon
	signal USR2 "$CHILD"
	await_out '^signal=12 '
	alive "$FOSTER"
	signal USR1 "$CHILD"
	finish
	[[ $status = 7 ]]
	[[ $(received "$out") = '12 10' ]]
	not grep -E 'left over|TERM|KILL' "$err"
}

@test "the exit code is the program's with --wait, the last one's with --wait=last, the worst one's with --wait=worst" {
	two_daemons 7 --wait
	[[ $status = 7 ]]
	two_daemons 7 --wait=last
	[[ $status = 3 ]]
	two_daemons 7 --wait=worst
	[[ $status = 9 ]]
}

@test "the program's code is the last one or the worst one too, where it is" {
	two_daemons 200 --wait=worst
	[[ $status = 200 ]]
	foster --wait=last sh -c '("$WITNESS" exit 9); (exit 11) & wait; exit 4'
	[[ $status = 4 ]]
	foster --wait=worst "$WITNESS" exit 0
	[[ $status = 0 ]]
}

@test "a death by a signal counts as 128 and its number" {
	for how in last:138 worst:138; do
		start -v --wait="${how%:*}" "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
		await_program_end 7
		await_child
		signal USR1 "$CHILD"
		finish
		[[ $status = "${how#*:}" ]]
	done
}

@test "who ended while the program still ran counts among the worst" {
	start -vw --wait=worst sh -c '("$WITNESS" exit 9 &); exec "$WITNESS" signals until USR1'
	await_out READY
	await_err 'reaped .* exited with 9'
	signal USR1
	finish
	[[ $status = 9 ]]
}

@test "a stop request that comes when the program is gone goes to all that is left" {
	for options in -v '-v --stop TERM/60s/KILL' '-v -r INT:stop'; do
		# shellcheck disable=SC2086 # words
		start $options --wait "$WITNESS" leave 2 signals until TERM -- "$WITNESS" exit 7
		await_program_end 7
		if [[ $options = *INT* ]]; then ask INT; else ask; fi
		finish_stop
		[[ $status = 7 ]]
		[[ $(received "$out") = '15 15' ]]
		((stop_ms < 20000))
	done
}

@test "so it does with -g, though they have left the program's group" {
	start -v -g --wait "$WITNESS" leave 2 signals until TERM -- "$WITNESS" exit 7
	await_program_end 7
	ask
	finish
	[[ $status = 7 ]]
	[[ $(received "$out") = '15 15' ]]
}

@test "with -g those who have stayed in the program's group get it alone, as long as there are any" {
	start -vw -g --wait sh -c '"$WITNESS" leave 1 signals until TERM >daemon; "$WITNESS" signals until TERM & exit 7'
	await_program_end 7
	await_out READY
	signal USR1
	await_out '^signal=10 '
	signal TERM
	await_err 'reaped .* exited with 0'
	signal USR2
	await_line daemon '^signal=12 '
	signal TERM
	finish
	[[ $status = 7 ]]
	[[ $(received "$out" | sed 's/ 18//') = '10 15' ]]
	[[ $(received daemon | sed 's/ 18//') = '12 15' ]]
}

@test "the ladder of --stop is climbed for what is left" {
	start -v --wait --stop TERM/300ms/KILL "$WITNESS" leave 2 stubborn -- "$WITNESS" exit 7
	await_program_end 7
	ask
	finish_stop
	[[ $status = 7 ]]
	((stop_ms >= 300))
	((stop_ms < 10000))
}

@test "other signals are forwarded as ever: to all that is left" {
	start -v --wait "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
	await_program_end 7
	signal HUP
	await_out '^signal=1 '
	signal USR1
	finish
	[[ $status = 7 ]]
	[[ $(received "$out" | sed 's/ 18//') = '1 10' ]] # CONT comes with HUP
}

@test "a process of docker exec is waited for too, and its end is seen at once" {
	in_room pid1
	traced
	start -v --wait "$WITNESS" signals until USR1
	await_out READY
	guest guest "$WITNESS" signals until USR2
	await_line guest READY
	signal USR1
	await_program_end 0
	signal USR2 "$(pgrep -f '^[^ ]*witness signals until USR2')"
	finish
	[[ $status = 0 ]]
	[[ $(received guest) = 12 ]]
	[[ -z $(timed_waits) ]]
}

@test "so it is without pidfds, if not at once" {
	in_room pid1
	BEFORE=("$WITNESS" deny pidfd_open enosys --)
	start -v --wait "$WITNESS" signals until USR1
	await_out READY
	guest guest "$WITNESS" signals until USR2
	await_line guest READY
	signal USR1
	await_program_end 0
	await_state "$FOSTER" S
	signal USR2 "$(pgrep -f '^[^ ]*witness signals until USR2')"
	finish
	[[ $status = 0 ]]
	[[ $(received guest) = 12 ]]
}

@test "foster leaves at the instant the last one is gone, and no timer runs until then" {
	traced
	start -v --wait "$WITNESS" leave 3 signals 1 -- "$WITNESS" exit 7
	await_program_end 7
	ask
	finish_stop
	[[ $status = 7 ]]
	[[ -z $(timed_waits) ]]
}

@test "without anything left --wait changes nothing" {
	foster --wait "$WITNESS" exit 7
	[[ $status = 7 ]]
	foster --wait=last "$WITNESS" die USR1
	[[ $status = 138 ]]
}

@test "the value is last or worst, and its word is joined by a sign: anything else is bad input" {
	for value in '' first Last 1 last,worst; do
		foster "--wait=$value" "$WITNESS" show shown
		[[ $status = 125 ]] || fail "$value: $status"
		[[ $errors = *--wait*"'$value'"* ]]
		[[ $(wc -l <"$err") = 1 ]]
		[[ ! -e shown ]]
	done
	foster --wait worst
	[[ $status = 127 ]] # a program
}
