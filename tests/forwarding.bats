#!/usr/bin/env bats
# Every signal that a process sent reaches the program, with all that came with it.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

queued() { # SIGNAL VALUE: to foster, with a value; sets sender to what it was sent by
	sender=$("$WITNESS" send "$FOSTER" "$1" "$2")
	sender=${sender#sent by }
	[[ $ROOM = subreaper ]] || sender="pid=0 ${sender#* }" # as everyone outside is seen in the namespace
}

# The witness may not become someone else where foster may not: a copy of it that is set-user-ID does it for itself.
someone_else() { # FILE: a copy of the witness that can become uid 1000
	cp "$WITNESS" "$1"
	chown 1000 "$1"
	chmod 4755 "$1"
	chmod o+rx . ..
}

@test "every signal from 1 to 64 that can be received reaches the program" {
	start "$WITNESS" signals until 64
	await_out READY
	expected=()
	for ((i = 1; i <= 64; i++)); do
		((i == 9 || i == 19)) && continue
		expected+=("$i")
		signal "$i"
		await_out "^signal=$i "
	done
	finish
	[[ $(received "$out") = "${expected[*]}" ]]
	[[ $status = 0 ]]
	[[ -z $errors ]]
}

@test "with -g every signal from 1 to 64 that can be received reaches the program" {
	start -g "$WITNESS" signals until 64
	await_out READY
	for ((i = 1; i <= 64; i++)); do
		((i == 9 || i == 19)) && continue
		signal "$i"
		await_out "^signal=$i "
	done
	finish
	[[ $(received "$out" | wc -w) = 62 ]]
	[[ $status = 0 ]]
}

@test "a signal that the program sent to foster comes back to it" {
	foster sh -c "trap 'echo got it; exit 7' USR1; kill -USR1 \$PPID; while :; do \"$WITNESS\" await never 0.1; done"
	[[ $output = 'got it' ]]
	[[ $status = 7 ]]
}

@test "signals that ask for a core and faults sent by a process reach the program and do not hurt foster" {
	for name in SEGV BUS FPE ILL TRAP ABRT SYS QUIT; do
		start "$WITNESS" signals 1
		await_out READY
		signal "$name"
		finish
		[[ $status = 0 ]]
		[[ $(received "$out") = "$(kill -l "$name")" ]]
	done
}

@test "a real fault of foster itself is not forwarded" {
	# The kernel forces SIGSYS on a foster that is about to forward.
	BEFORE=("$WITNESS" deny kill,tgkill,rt_sigqueueinfo,rt_tgsigqueueinfo,pidfd_send_signal fault --)
	LEFT_BEHIND=yes
	start "$WITNESS" record recorded
	"$WITNESS" await recorded "$PATIENCE"
	await_child
	signal USR1
	finish
	[[ $status != 0 ]]
	await_end "$CHILD"
	not grep -E '^signal=31 ' recorded
}

@test "a queued signal arrives with its value, its sender and the sender's user" {
	start "$WITNESS" signals 3
	await_out READY
	queued USR1 42
	await_out "^signal=10 code=-1 $sender value=42$"
	queued RTMIN+3 -1
	await_out "^signal=37 code=-1 $sender value=-1$"
	queued 64 1311768467463790320
	await_out "^signal=64 code=-1 $sender value=1311768467463790320$"
	finish
}

@test "the signal of a message queue arrives with its value" {
	start "$WITNESS" signals 1
	await_out READY
	"$WITNESS" send "$FOSTER" USR1 42 -3 7 >sent # SI_MESGQ of sigaction(2)
	finish
	[[ $(<out) =~ signal=10\ code=-3\ .*value=42$ ]]
}

@test "a sender that cannot be is told as it was claimed" {
	in_room subreaper # in a namespace of its own whoever is outside is 0
	start -v -v "$WITNESS" signals 1
	await_out READY
	"$WITNESS" send "$FOSTER" USR1 42 -1 -5 >sent
	finish
	grep 'from pid -5, uid 0' "$err"
}

@test "a signal that was queued from inside arrives with its sender's pid" {
	foster sh -c "{ \"$WITNESS\" line out READY 20 && \"$WITNESS\" send \$PPID USR1 7; } >sent & exec \"$WITNESS\" signals 1"
	[[ $(<sent) =~ sent\ by\ (pid=[0-9]+\ uid=[0-9]+) ]]
	[[ $output = *"signal=10 code=-1 ${BASH_REMATCH[1]} value=7" ]]
}

@test "a queued signal arrives with the user who sent it" {
	needs_root
	chmod 777 .
	BEFORE=("$WITNESS" as 1000 --)
	start "$WITNESS" signals 2
	await_out READY
	"$WITNESS" as 1000 -- "$WITNESS" send "$FOSTER" USR2 5
	await_out '^signal=12 code=-1 pid=[0-9]+ uid=1000 value=5$'
	"$WITNESS" send "$FOSTER" USR2 6
	await_out '^signal=12 code=-1 pid=[0-9]+ uid=0 value=6$'
	finish
}

@test "real-time signals of one number arrive one by one and in their order" {
	start "$WITNESS" signals until 41
	await_out READY
	kill -STOP "$FOSTER" # so that all of them wait
	await_state "$FOSTER" T
	for ((i = 1; i <= 20; i++)); do
		queued 40 "$i"
	done
	queued 41 0
	kill -CONT "$FOSTER"
	finish
	diff <(sed -n 's/^signal=40 .*value=//p' "$out") <(seq 20)
}

@test "without -g a signal reaches the program alone, with -g its whole process group" {
	for flag in '' -g; do
		rm -f one two
		start ${flag:+"$flag"} --leftovers KILL sh -c "\"$WITNESS\" record one & \"$WITNESS\" record two & exec \"$WITNESS\" signals 3"
		"$WITNESS" await one "$PATIENCE"
		"$WITNESS" await two "$PATIENCE"
		await_out READY
		await_child
		signal USR1
		await_out '^signal=10 '
		kill -USR2 -- "-$CHILD" # they get this one in any case, and after the first
		await_line one '^signal=12 '
		await_line two '^signal=12 '
		[[ $(received one) = "${flag:+10 }12" ]]
		[[ $(received two) = "${flag:+10 }12" ]]
		signal KILL "$CHILD"
		finish
	done
}

@test "with -g a signal falls back to the program where it has left its group" {
	start -g "$WITNESS" regroup -- "$WITNESS" signals 1
	await_out READY
	signal USR1
	finish
	[[ $(received "$out") = 10 ]]
}

@test "with -g a queued signal keeps its value for the program" {
	start -g "$WITNESS" signals 1
	await_out READY
	queued USR1 43
	finish
	[[ $output =~ signal=10\  ]]
	[[ $status = 0 ]]
}

@test "a program of another user is signalled with CAP_SETUID alone, value and all" {
	needs_root
	chmod o+rx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" dropcaps KILL --)
	start "$WITNESS" as 1000 -- "$WITNESS" signals 2
	await_out READY
	signal USR1
	await_out '^signal=10 '
	queued USR2 44
	await_out '^signal=12 code=-1 .*value=44$'
	finish
	[[ $status = 0 ]]
	[[ -z $errors ]]
}

@test "a program that may not be signalled costs one warning, and foster lives on" {
	needs_root
	someone_else other
	BEFORE=("$WITNESS" dropcaps KILL,SETUID --)
	start ./other as 1000 -- "$WITNESS" signals 1
	await_out READY
	await_child
	signal USR1
	await_err '^foster: .*USR1'
	signal USR2
	signal HUP
	# Foster has taken HUP when it sleeps with nothing pending.
	await_line "/proc/$FOSTER/status" '^ShdPnd:.0+$'
	signal WINCH "$CHILD"
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = 28 ]]
	[[ $(line_count "$errors") = 1 ]]
}
