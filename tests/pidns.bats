#!/usr/bin/env bats
# --pidns: a PID namespace of its own, where foster is not PID 1 already; else all is as ever.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

start_two() { # ARGUMENT...: sets INSIDE, foster's other half, and CHILD
	start --pidns "$@"
	await_out READY
	INSIDE=$(pgrep -P "$FOSTER")
	CHILD=$("$WITNESS" child "$INSIDE" "$BIN" "$PATIENCE")
}

as_user() { # foster is not root, and everybody may write here
	needs_root
	chmod o+rwx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" as 1234 --)
}

@test "the program is in a namespace of its own, with a /proc of its own, below a foster that is PID 1" {
	in_room subreaper
	needs_root
	foster --pidns sh -c 'readlink /proc/self/ns/pid; cat /proc/1/comm; echo "$PPID"; ls -d /proc/[0-9]* | wc -l'
	[[ ${output%%$'\n'*} != "$(readlink /proc/self/ns/pid)" ]]
	[[ ${output#*$'\n'} = 'foster'$'\n''1'$'\n'[2-5] ]]
}

@test "the same without root, and the program keeps its uid and gid and has no capability" {
	in_room subreaper
	as_user
	foster --pidns sh -c 'echo "$PPID"; id -u; id -g; grep CapEff /proc/self/status; exit 3'
	[[ $status = 3 ]]
	[[ $output = $'1\n1234\n1234\nCapEff:\t0000000000000000' ]]
	foster --pidns "$WITNESS" leave 1 flush 100 flushed -- "$WITNESS" exit 3
	[[ $status = 3 && $(<flushed) = flushed ]]
}

@test "what is mounted outside is seen inside, and /proc outside is what it was" {
	in_room subreaper
	needs_root
	OUTSIDE=(unshare -m --propagation shared --)
	BEFORE=(sh -c 'grep " /proc" /proc/self/mountinfo >before; "$@"; code=$?; grep " /proc" /proc/self/mountinfo >after; exit $code' sh)
	mkdir point
	start --pidns sh -c 'echo READY; "$WITNESS" line go go 20; cat point/file'
	await_out READY
	nsenter -t "$FOSTER" -m sh -c "mount -t tmpfs none '$PWD/point' && echo seen >'$PWD/point/file'"
	echo go >go
	finish
	grep seen "$out"
	diff before after
}

@test "as PID 1 already there is none to be made" {
	in_room pid1
	traced clone
	foster --pidns sh -c 'echo "$PPID"; exit 3'
	[[ $output = 1 && $status = 3 ]]
	not grep CLONE_NEWPID trace
}

@test "the exit code comes through, that of signals too, and foster's own" {
	foster --pidns "$WITNESS" exit 3
	[[ $status = 3 ]]
	foster --pidns "$WITNESS" die TERM
	[[ $status = 143 ]]
	foster --pidns "$WITNESS" die KILL
	[[ $status = 137 ]]
	foster --pidns -e 3:4 "$WITNESS" exit 3
	[[ $status = 4 ]]
	foster --pidns ./missing
	[[ $status = 127 && $errors = 'foster: ./missing: not found' ]]
	foster --pidns --timeout 300ms "$WITNESS" plain
	[[ $status = 124 ]]
}

@test "signals reach the program, and queued ones keep their value" {
	start --pidns "$WITNESS" signals until TERM
	await_out READY
	for number in 1 10 28 32 33 34 64 17 11 20 18; do
		"$WITNESS" send "$FOSTER" "$number" 77 >sent
		await_out "^signal=$number code=-1 .*value=77\$"
	done
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "a signal that comes before the program is there reaches it" {
	BEFORE=("$WITNESS" pend USR1 -- "$WITNESS" pend TERM --)
	foster --pidns "$WITNESS" signals 2
	[[ $(received "$out") = '10 15' ]]
}

@test "what is left over gets its grace, and what cannot be ended otherwise goes with the namespace" {
	foster --pidns --leftovers TERM/300ms/KILL "$WITNESS" leave 1 flush 100 flushed -- "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 3
	[[ $status = 3 && $(<flushed) = flushed ]]
	in_room subreaper
	foster --pidns --leftovers none "$WITNESS" leave 3 stubborn -- "$WITNESS" exit 3
	[[ $status = 3 ]]
}

@test "a job that respawns itself faster than one can list it is ended" {
	alone
	in_room subreaper
	for ladder in none KILL TERM/200ms/KILL; do
		foster --pidns --timeout 300ms --leftovers "$ladder" "$WITNESS" leave 2 forker -- "$WITNESS" plain
		[[ $status = 124 ]]
		((took_ms < 15000))
	done
}

@test "a killed foster takes the whole namespace along" {
	in_room subreaper
	start_two "$WITNESS" leave 1 stubborn -- "$WITNESS" stubborn
	left=$("$WITNESS" find "$INSIDE" "$WITNESS" "$PATIENCE")
	kill -KILL "$FOSTER"
	await_end "$CHILD"
	await_end "$left"
	await_end "$INSIDE"
	finish
	[[ $status = 137 ]]
}

@test "so does one that is not root" {
	in_room subreaper
	as_user
	start_two "$WITNESS" stubborn
	kill -KILL "$FOSTER"
	await_end "$CHILD"
	finish
}

@test "where the inner one is killed the exit code is 137" {
	in_room subreaper
	start_two "$WITNESS" stubborn
	kill -KILL "$INSIDE"
	finish
	[[ $status = 137 ]]
}

@test "the reader of the program's output sees its end as soon as the program has closed it" {
	in_room subreaper
	mkfifo pipe
	BEFORE=(sh -c 'exec "$@" >pipe' sh)
	aside heard cat pipe
	start --pidns sh -c 'echo last words; exec >&-; "$WITNESS" line go go 60; exit 5'
	"$WITNESS" await heard.code "$PATIENCE"
	[[ $(<heard) = 'last words' ]]
	echo go >go
	finish
	[[ $status = 5 ]]
}

@test "the program gets no descriptor of foster's, and the other foster holds nothing" {
	in_room subreaper
	BEFORE=("$WITNESS" lock 9 "$PWD/lock" --)
	start_two --close-fds --report report sh -c '"$WITNESS" show shown; exec "$WITNESS" signals 1'
	[[ $(grep -c '^fd ' shown) = 3 ]]
	flock -w "$PATIENCE" lock true
	[[ -z $(find "/proc/$FOSTER/fd" -lname "$PWD/lock" -o -lname "$PWD/report") ]]
	[[ $(find "/proc/$FOSTER/fd" -lname 'pipe:*' | wc -l) = 1 ]]
	signal USR1
	finish
	python3 -m json.tool report >/dev/null
}

@test "closed standard descriptors do no harm" {
	for closed in 0 1 0,1 0,1,2; do
		BEFORE=("$WITNESS" close "$closed" --)
		foster --pidns "$WITNESS" show shown
		[[ $status = 0 ]]
		[[ $(grep -c '^fd ' shown) = $((3 - (${#closed} + 1) / 2)) ]]
	done
}

@test "socket activation works through it" {
	BEFORE=("$WITNESS" open 3 /dev/null -- env LISTEN_FDS=1 "$WITNESS" listenpid --)
	foster --pidns --close-fds sh -c '[ "$LISTEN_PID" = "$$" ] && [ -e /proc/self/fd/3 ]'
	[[ $status = 0 ]]
}

@test "--parent-death is about foster's own parent" {
	in_room subreaper
	OUTSIDE=(sh -c '"$@" & wait' sh)
	start --pidns -p USR1 "$WITNESS" signals 1
	await_out READY
	kill -KILL "$(ps -o ppid= "$FOSTER" | xargs)"
	await_out '^signal=10 '
	LEFT_BEHIND=yes
	finish
}

@test "the terminal is given back to who shares foster's group" {
	in_room subreaper
	on_terminal
	BEFORE+=(sh -c '"$@"; echo "code $?"; read -r word; echo "heard $word"' sh)
	launch --pidns "$WITNESS" exit 3
	await_out 'code 3'
	type_keys 'one\r'
	await_out 'heard one'
	finish
}

@test "under another init's name the program's session, or the shell's group that it stays in, is as it says" {
	in_room subreaper
	ln -s "$BIN" dumb-init
	BIN=$PWD/dumb-init
	on_terminal
	BEFORE+=(env FOSTER_PIDNS=1 sh -c '"$@"; echo "code $?"; read -r word; echo "heard $word"' sh)
	for option in -c -v; do
		launch "$option" sh -c 'echo "below $PPID"; exit 3'
		await_out 'below 1'
		await_out 'code 3'
		type_keys 'one\r'
		await_out 'heard one'
		finish
		: >"$out"
	done
}

@test "at rest both sleep in one system call" {
	in_room subreaper
	start_two "$WITNESS" signals 1
	for half in "$FOSTER" "$INSIDE"; do
		await_state "$half" S
		before=$(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$half/status")
		"$WITNESS" await never 1.5 || true
		[[ $(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$half/status") = "$before" ]]
	done
	signal USR1
	finish
}

refused() { # REASON: the program runs below a subreaper, and -v says why
	foster -v --pidns sh -c "\"$WITNESS\" leave 1 flush 100 flushed; cat /proc/\$PPID/comm; readlink /proc/self/ns/pid; exit 3"
	[[ $status = 3 ]]
	[[ $(<flushed) = flushed ]]
	[[ $output = *"foster"$'\n'"$(readlink /proc/self/ns/pid)" ]]
	[[ $errors = *"foster: no PID namespace, a subreaper instead: $1"* ]]
	foster --pidns "$WITNESS" exit 3
	[[ $status = 3 && -z $errors ]]
}

@test "where the platform refuses foster is a subreaper, and says so with -v" {
	in_room subreaper
	needs_root
	BEFORE=("$WITNESS" dropcaps SYS_ADMIN --)
	refused 'Operation not permitted'
}

@test "so it is where the limit of namespaces is reached" {
	in_room subreaper
	needs_root
	OUTSIDE=(unshare -U --map-root-user sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces; exec "$@"' sh)
	refused 'No space left on device'
}

@test "so it is where /proc cannot be mounted, and the terminal is given back" {
	in_room subreaper
	as_user
	OUTSIDE=(unshare -m sh -c 'mount -t tmpfs none /proc/sys && exec "$@"' sh) # a container's way: then no user may see a fresh one
	refused 'Operation not permitted'
}

@test "so it is where its other half dies before it has begun" {
	in_room subreaper
	needs_root
	BEFORE=("$WITNESS" deny mount fault --)
	refused 'Input/output error'
}

@test "FOSTER_PIDNS does the same" {
	in_room subreaper
	BEFORE=(env FOSTER_PIDNS=1)
	foster sh -c 'echo "$PPID $FOSTER_PIDNS"'
	[[ $output = '1 ' ]]
}
