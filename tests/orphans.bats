#!/usr/bin/env bats
# --orphans says what happens to a live process that is re-parented to foster while the program still runs.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2143,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

left() { # sets orphan, by its pid in the room
	await_out '^left [0-9]+'
	orphan=${line#left }
}

@test "by default, and with keep, a live orphan is left in peace" {
	for option in '' '--orphans keep'; do
		# shellcheck disable=SC2086 # words
		start $option --leftovers KILL "$WITNESS" leave 1 record recorded -- "$WITNESS" signals until USR1
		await_out READY
		for name in WINCH USR2; do # foster wakes up, and has a look if it ever has one
			signal "$name"
			await_out "^signal=$(kill -l "$name") "
		done
		await_line "/proc/$FOSTER/status" '^ShdPnd:.0+$'
		signal USR1
		finish
		[[ $status = 0 ]]
		[[ ! -s recorded ]]
		rm recorded
	done
}

@test "with kill it is killed while the program runs, and nobody else is" {
	start -w --orphans kill sh -c '"$WITNESS" plain >own & "$WITNESS" line own READY 20 >ready && exec "$WITNESS" leave 1 stubborn -- "$WITNESS" signals until USR1'
	left
	await_err "reaped pid $orphan \(witness\), killed by KILL"
	await_out READY
	await_child
	[[ -n $(pgrep -P "$CHILD") ]] # the program's own child
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = 10 ]]
}

@test "with kill an orphan in the program's own group is killed too" {
	start -w --orphans kill sh -c '("$WITNESS" stubborn >own & echo "left $!"); exec "$WITNESS" signals until USR1'
	left
	await_err "reaped pid $orphan \(.*\), killed by KILL"
	await_out READY
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "with a ladder it is asked, given time and killed while the program runs" {
	start -w --orphans 2s/TERM/400ms/KILL "$WITNESS" leave 1 record recorded -- "$WITNESS" signals until USR1
	left
	await_line recorded '^signal=15 '
	asked_ms=$(now_ms)
	await_err "reaped pid $orphan \(witness\), killed by KILL"
	(($(now_ms) - asked_ms >= 300))
	[[ $(received recorded | sed 's/ \?\b18\b//g; s/^ //') = 15 ]]
	await_out READY
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "with a ladder an obedient orphan keeps its data" {
	start -w --orphans 2s/TERM/60s/KILL "$WITNESS" leave 1 flush 100 flushed -- "$WITNESS" signals until USR1
	left
	await_err "reaped pid $orphan \(witness\), exited with 0"
	[[ $(<flushed) = flushed ]]
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "with a ladder a stopped orphan is continued, so that it can act on it" {
	start -w --orphans 2s/TERM/60s/KILL "$WITNESS" leave 1 stopped flushed -- "$WITNESS" signals until USR1
	left
	await_err "reaped pid $orphan \(witness\), exited with 0"
	[[ $(<flushed) = flushed ]]
	signal USR1
	finish
}

@test "an orphan's own children are orphans in their turn" {
	start -w --orphans kill sh -c '("$WITNESS" tree 0 flushed >ready & "$WITNESS" line ready READY 30 >/dev/null; echo "left $!")
		exec "$WITNESS" signals until USR1'
	left
	await_err "reaped pid $orphan \(witness\), killed by KILL"
	until (($(grep -c 'killed by KILL' "$err") == 2)); do
		((SECONDS < PATIENCE)) || fail 'the other one is not ended'
	done
	signal USR1
	finish
	[[ ! -e flushed ]]
}

@test "an orphan that outlives its ladder has climbed it once" {
	start --orphans USR1 --leftovers KILL sh -c '("$WITNESS" record recorded & "$WITNESS" await recorded 30); exec "$WITNESS" signals until TERM'
	await_line recorded '^signal=10 '
	await_out READY
	for name in USR2 WINCH HUP; do # foster wakes up, and has a look
		signal "$name"
		await_out "^signal=$(kill -l "$name") "
	done
	signal TERM
	finish
	[[ $status = 0 ]]
	[[ $(received recorded | sed 's/ \?\b18\b//g') = 10 ]]
}

@test "a hundred stubborn orphans are all led up the ladder, whatever their number" {
	alone
	start -w --orphans 3s/TERM/100ms/KILL "$WITNESS" leave 100 stubborn -- "$WITNESS" signals until USR1
	await_out READY
	while read -r _ orphan; do
		await_err "reaped pid $orphan \(witness\), killed by KILL"
	done < <(grep '^left' "$out")
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(grep -c '^left' "$out") = 100 ]]
}

@test "it costs one look a second, and nothing without --orphans" {
	traced
	start -w --orphans kill "$WITNESS" leave 1 plain -- "$WITNESS" signals until USR1
	left
	await_err "reaped pid $orphan"
	signal USR1
	finish
	[[ $(timed_waits | wc -l) -ge 1 ]]
	[[ -z $(timed_waits | grep -vE ', (9[0-9][0-9]|1000)( |\))|tv_sec=0, tv_nsec=9|tv_sec=1, tv_nsec=0') ]]
	start --orphans keep "$WITNESS" signals 1
	await_out READY
	signal USR1
	finish
	[[ -z $(timed_waits) ]]
}

@test "a process of docker exec is no orphan" {
	in_room pid1
	start -w --orphans kill sh -c 'read -r _ <go; "$WITNESS" leave 1 plain; exec "$WITNESS" signals until USR1'
	mkfifo go
	exec 6<>go
	guest guest "$WITNESS" signals until USR2
	await_line guest READY
	echo >&6
	left
	await_err "reaped pid $orphan \(witness\), killed by KILL"
	not test -e guest.code
	signal USR2 "$(pgrep -f '^[^ ]*witness signals until USR2')"
	"$WITNESS" await guest.code "$PATIENCE"
	[[ $(<guest.code) = 0 ]]
	[[ $(received guest) = 12 ]]
	signal USR1
	finish
}

@test "when the program ends its orphans are left over, on the ladder of those" {
	start --orphans 60s/KILL --leftovers TERM/60s/KILL "$WITNESS" leave 2 flush 100 flushed -- "$WITNESS" signals until USR1
	await_out READY
	signal USR1
	finish
	[[ $(wc -l <flushed) = 2 ]]
	((took_ms < 20000))
}

@test "keep, kill or a ladder it must be: anything else is bad input" {
	for value in '' foo KEEP keep/kill kill/5s TERM/5x TERM//KILL; do
		foster --orphans "$value" "$WITNESS" show shown
		[[ $status = 125 ]] || fail "$value: $status"
		[[ $errors = *--orphans*"'$value'"* ]]
		[[ $(wc -l <"$err") = 1 ]]
		[[ ! -e shown ]]
	done
}
