#!/usr/bin/env bats
# Foster never outlives its work: who cannot be ended is named, and foster leaves within a second after the last rung.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

FREEZER=/sys/fs/cgroup/freezer
freezer=

eval "sweep_$(declare -f teardown)"
teardown() {
	thaw
	sweep_teardown
	[[ -z $freezer ]] || rmdir "$freezer"
}

# A process of a user who is beyond foster's power: as PID 1 of a container that has lost CAP_KILL meets one.
beyond_power() {
	needs_root
	cp "$WITNESS" other
	chown 1000 other
	chmod 4755 other
	chmod o+rx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" dropcaps KILL,SETUID --)
	LEFT_BEHIND=yes
}

# Frozen by the first version of cgroups, a process is as one that waits for a dead disk: not even KILL ends it.
freeze() { # PID
	[[ -w $FREEZER/cgroup.procs ]] || skip "needs $FREEZER"
	freezer=$FREEZER/foster-$BASHPID
	mkdir "$freezer"
	echo "$1" >"$freezer/cgroup.procs"
	echo FROZEN >"$freezer/freezer.state"
	await_line "$freezer/freezer.state" '^FROZEN'
}

thaw() {
	[[ -z $freezer ]] || echo THAWED >"$freezer/freezer.state"
}

left() { # sets undying, by its pid in the room
	await_out '^left [0-9]+'
	undying=${line#left }
}

@test "a process of another user is named, and foster leaves within a second after the ladder's end" {
	beyond_power
	start --leftovers TERM/300ms/KILL sh -c './other as 1000 -- "$WITNESS" leave 1 stubborn; exec "$WITNESS" signals 1'
	left
	await_out READY
	ask USR1
	finish_stop
	[[ $status = 0 ]]
	[[ $errors = "foster: cannot be ended: pid $undying (witness), state S" ]]
	((stop_ms >= 300))
	((stop_ms < 300 + 1000 + 2000)) # two of them for a busy machine
}

@test "one that waits uninterruptibly is named, and foster leaves within a second after the ladder's end" {
	needs_root
	start --leftovers TERM/300ms/KILL "$WITNESS" leave 1 plain -- "$WITNESS" signals 1
	left
	await_out READY
	freeze "$("$WITNESS" find "$FOSTER" "$WITNESS" 1 >/dev/null && pgrep -f '^[^ ]*witness leave 1 plain' | while read -r pid; do
		[[ $(inside "$pid") != "$undying" ]] || echo "$pid"
	done)"
	LEFT_BEHIND=yes
	ask USR1
	await_err "^foster: cannot be ended: pid $undying \(witness\), state D$"
	(($(now_ms) - asked_ms < 300 + 1000 + 2000))
	[[ $ROOM = subreaper ]] || thaw # the kernel itself waits for it there, and no PID 1 can help that
	finish_stop
	[[ $status = 0 ]]
	((stop_ms < 300 + 1000 + 3000))
}

@test "all of them are named, and only they" {
	beyond_power
	foster --report report --leftovers TERM/200ms/KILL sh -c './other as 1000 -- "$WITNESS" leave 2 stubborn; "$WITNESS" leave 2 stubborn; exit 7'
	[[ $status = 7 ]]
	[[ $(python3 -c 'import json; print(*sorted(l["ended_by"] for l in json.load(open("report"))["leftovers"]))') = 'KILL KILL not ended not ended' ]]
	diff <(sed -n 's/^left //p' "$out" | head -n 2 | sort) <(sed -n 's/.*cannot be ended: pid \([0-9]*\) .*/\1/p' "$err" | sort)
	[[ $(wc -l <"$err") = 2 ]]
}

@test "a program that the ladder of --stop cannot end is named, and foster leaves" {
	beyond_power
	start --stop TERM/200ms/KILL --leftovers TERM/200ms/KILL ./other as 1000 -- "$WITNESS" stubborn
	await_out READY
	await_child
	undying=$(inside "$CHILD")
	ask
	finish_stop
	[[ $status = 137 ]]
	grep -x "foster: cannot be ended: pid $undying (witness), state S" "$err"
	((stop_ms < 400 + 2000 + 2000))
}

@test "so it is where nobody asks what is left over" {
	beyond_power
	start --stop TERM/200ms/KILL --leftovers none ./other as 1000 -- "$WITNESS" stubborn
	await_out READY
	await_child
	undying=$(inside "$CHILD")
	ask
	finish_stop
	[[ $status = 137 ]]
	grep -x "foster: cannot be ended: pid $undying (witness), state S" "$err"
	((stop_ms < 200 + 1000 + 2000))
}

@test "when all were killed in vain they are not asked again: foster leaves within a second" {
	beyond_power
	start --stop TERM/200ms/all:KILL ./other as 1000 -- "$WITNESS" stubborn
	await_out READY
	ask
	finish_stop
	[[ $status = 137 ]]
	grep '^foster: cannot be ended: pid ' "$err"
	((stop_ms < 200 + 1000 + 2000))
}

@test "with --wait the code is still the program's" {
	beyond_power
	start -v --wait --stop TERM/200ms/KILL --leftovers TERM/200ms/KILL sh -c './other as 1000 -- "$WITNESS" leave 1 stubborn; exit 7'
	left
	await_err 'exited with 7'
	ask
	finish_stop
	[[ $status = 7 ]]
	grep -x "foster: cannot be ended: pid $undying (witness), state S" "$err"
}

@test "a time after the KILL says how long foster waits for them, and a stop request cuts it short" {
	beyond_power
	start -v --leftovers KILL/60s sh -c './other as 1000 -- "$WITNESS" leave 1 stubborn; exec "$WITNESS" signals until TERM'
	left
	await_out READY
	ask
	await_err 'to all that is left'
	ask
	finish_stop
	[[ $status = 0 ]]
	((stop_ms < 20000))
	grep -x "foster: cannot be ended: pid $undying (witness), state S" "$err"
}

@test "an orphan that cannot be ended while the program runs disturbs neither of them" {
	beyond_power
	start -w --orphans kill --leftovers KILL sh -c './other as 1000 -- "$WITNESS" leave 1 stubborn
		"$WITNESS" leave 1 stubborn >second; exec "$WITNESS" signals until USR1'
	left
	await_out READY
	await_err "reaped pid $(sed -n 's/^left //p' second) \(witness\), killed by KILL" # so foster has seen both
	signal USR2
	await_out '^signal=12 '
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = '12 10' ]]
	grep -x "foster: cannot be ended: pid $undying (witness), state S" "$err"
}

@test "with --pidns foster sleeps while its namespace cannot end" {
	in_room subreaper
	needs_root
	start --pidns "$WITNESS" signals 1
	await_out READY
	inside=$(pgrep -P "$FOSTER")
	freeze "$("$WITNESS" child "$inside" "$BIN" "$PATIENCE")"
	kill -KILL "$inside"
	while [[ -n $(find "/proc/$FOSTER/fd" -lname 'pipe:*') ]]; do
		"$WITNESS" await never 0.02 || true
	done
	before=$(cut -d ' ' -f 14,15 "/proc/$FOSTER/stat")
	"$WITNESS" await never 1.5 || true
	[[ $(cut -d ' ' -f 14,15 "/proc/$FOSTER/stat") = "$before" ]]
	thaw
	finish
	[[ $status = 137 ]]
}
