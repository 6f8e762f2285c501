#!/usr/bin/env bats
# A worker that needs a moment to flush after the program's exit loses nothing. `make soak` is the same, a thousand times.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "a worker that needs 0.7 s to flush after the program's exit keeps all its data, daemonized or not: forty runs, 0 lost" {
	alone
	ROOM=$ROOM aside soak "$HOUSE/tests/soak" 40 40
	"$WITNESS" await soak.code 120
	cat soak
	[[ $(<soak.code) = 0 ]]
	[[ $(grep -cE "^$ROOM, (plain|daemonized): 40 runs, 0 lost, a wrong exit code: no," soak) = 2 ]]
}

@test "so does one whose program was stopped by TERM" {
	for options in '' -g '--stop main:TERM/60s/all:KILL'; do
		rm -f flushed
		# shellcheck disable=SC2086 # words
		start $options sh -c '"$WITNESS" flush 700 flushed >worker & "$WITNESS" line worker READY 20 >ready; exec "$WITNESS" leave 1 flush 700 flushed -- "$WITNESS" plain'
		await_out READY
		signal TERM
		finish
		[[ $status = 143 ]]
		[[ $(wc -l <flushed) = 2 ]]
	done
}

@test "so does one whose program was killed" {
	foster "$WITNESS" leave 2 flush 700 flushed -- "$WITNESS" die KILL
	[[ $status = 137 ]]
	[[ $(wc -l <flushed) = 2 ]]
}

@test "with --wait so does one that knows nothing of TERM" {
	mkfifo go
	exec 6<>go
	start -v --wait sh -c '(sh -c "read -r line; echo \$line >>flushed" <go &); exit 7'
	await_err 'exited with 7'
	echo flushed >&6
	finish
	[[ $status = 7 ]]
	[[ $(<flushed) = flushed ]]
}

@test "with a ladder that begins with a time so does one that knows nothing of TERM" {
	start -v --leftovers 60s/KILL "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
	await_err 'exited with 7'
	await_child
	signal USR1 "$CHILD"
	finish
	[[ $status = 7 ]]
	[[ $(received "$out") = 10 ]]
	((took_ms < 20000))
}

@test "a first stop request that comes while it flushes cuts nothing short" {
	for options in '' '--stop TERM/60s/KILL'; do
		# shellcheck disable=SC2086 # words
		start -v $options --leftovers TERM/60s/KILL "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
		await_out '^signal=15 '
		await_child # what is left over
		signal TERM
		await_err '^foster: TERM from '
		await_line "/proc/$FOSTER/status" '^ShdPnd:.0+$'
		signal USR1 "$CHILD"
		await_out '^signal=10 '
		finish
		[[ $status = 7 ]]
	done
}
