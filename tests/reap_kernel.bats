#!/usr/bin/env bats
# With --reap=kernel an orphan costs foster nothing, and all else is as ever.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

CHLD_IGNORED=10000 # in SigIgn of proc(5)

ignores_deaths() { # whether foster does
	[[ $(awk '/^SigIgn:/ { print $2 }' "/proc/$FOSTER/status") = *$CHLD_IGNORED ]]
}

by_kernel() { # ARGUMENT...: foster to its end, in which the kernel has reaped
	foster -v --reap=kernel "$@"
	[[ $errors != *'not reaped by the kernel'* ]]
}

in_loop() { # REASON ARGUMENT...: foster to its end, which had to reap by itself and says why
	foster -v --reap=kernel "${@:2}" sh -c "\"$WITNESS\" orphans 20; while [ \"\$(cat /proc/\$PPID/task/\$PPID/children)\" != \"\$\$ \" ]; do :; done; exit 7"
	[[ $errors = *"not reaped by the kernel: $1"* ]] || fail "not so: foster ${*:2}"
	[[ $status = 7 ]] || fail "exit code $status: foster ${*:2}"
}

@test "the exit code of the program is foster's" {
	for code in 0 1 7 125 126 127 128 200 255; do
		by_kernel "$WITNESS" exit "$code"
		[[ $status = "$code" ]]
		[[ $errors = *"exited with $code, after"* ]]
	done
	foster --reap=kernel "$WITNESS" exit 0
	[[ -z $output$errors ]]
}

@test "a hundred programs that end as soon as can be give their code" {
	for code in {1..100}; do
		foster --reap=kernel "$WITNESS" exit "$code"
		[[ $status = "$code" ]]
	done
}

@test "a program that died of a signal gives 128 and its number" {
	for signal in 1 2 6 9 15 34 64; do
		by_kernel "$WITNESS" die "$signal"
		[[ $status = $((128 + signal)) ]]
	done
}

@test "a core that was dumped is told of" {
	[[ $(</proc/sys/kernel/core_pattern) != \|* ]] || skip 'cores go to a program here'
	BEFORE=("$WITNESS" limit core 1000000000 --)
	by_kernel "$WITNESS" die SEGV
	[[ $status = 139 ]]
	[[ $errors =~ killed\ by\ SEGV,\ core\ dumped,\ after ]]
}

@test "the code is that of the process, where its first thread has ended before, and where another one executes a program" {
	threads='import ctypes, os, sys, threading
exit_thread = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
def other():
	while " Z " not in open(f"/proc/self/task/{os.getpid()}/stat").read():
		pass
	os._exit(7)
def executes():
	os.execv(sys.argv[2], [sys.argv[2], "exit", "9"])
threading.Thread(target=globals()[sys.argv[1]]).start()
if sys.argv[1] == "other":
	ctypes.CDLL(None).syscall(exit_thread, 3)
threading.Event().wait()'
	by_kernel python3 -c "$threads" other
	[[ $status = 7 ]]
	by_kernel python3 -c "$threads" executes "$WITNESS"
	[[ $status = 9 ]]
}

@test "a thousand orphans leave no zombie and do not wake foster once" {
	mkfifo go
	traced all
	start --reap=kernel sh -c "echo BEGIN; read -r _ <go; \"$WITNESS\" orphans 1000; exec \"$WITNESS\" signals 1"
	await_out BEGIN
	await_line trace "^$FOSTER +p?poll\\([^)]*\$" # it sleeps
	ignores_deaths
	"$WITNESS" reaped "$FOSTER" "$PATIENCE"
	calls=$(foster_calls | wc -l)
	echo >go
	await_out READY
	[[ $(foster_calls | wc -l) = "$calls" ]]
	"$WITNESS" reaped "$FOSTER" 0
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "so it is with --pause, on any Linux" {
	BEFORE=("$WITNESS" deny pidfd_open enosys --)
	start -v --pause --reap=kernel
	until ignores_deaths; do :; done
	visit sh -c 'sleep 0 & exit 0'
	signal TERM
	finish
	[[ $status = 0 ]]
	[[ $errors != *'not reaped'* ]]
}

@test "an orphan that was a zombie before foster ignored its death is reaped" {
	foster --reap=kernel sh -c "sh -c 'sleep 0 & exec \"$WITNESS\" state \$! Z 20' && \"$WITNESS\" reaped \$PPID 20 && exit 7"
	[[ $status = 7 ]]
}

@test "the program ignores what foster was given as ignored, and no more" {
	by_kernel "$WITNESS" show shown
	[[ $(fact ignored shown) = 0000000000000000 ]]
	BEFORE=("$WITNESS" ignore HUP,CHLD --)
	by_kernel "$WITNESS" show shown
	[[ $(fact ignored shown) = 0000000000010001 ]]
}

@test "signals are forwarded by the pidfd, with their sender and payload" {
	for group in '' -g; do
		OUTSIDE=()
		traced pidfd_send_signal,kill,rt_sigqueueinfo
		# shellcheck disable=SC2086 # perhaps none
		start --reap=kernel $group "$WITNESS" signals 5
		await_out READY
		until ignores_deaths; do :; done
		"$WITNESS" send "$FOSTER" 40 4711 >sent
		await_out '^signal=40 code=-1 .*value=4711$'
		for number in 10 17 64 15; do
			signal "$number"
			await_out "^signal=$number "
		done
		finish
		[[ $status = 0 ]]
		[[ $(foster_calls | grep -cE '^pidfd_send_signal\(.*SIG.*= 0') -ge 5 ]]
		not grep -E '^(kill\(.*SIG|rt_sigqueueinfo)' <(foster_calls | grep -v '^kill(-1')
	done
}

@test "a signal that comes when the program has just died is no signal that was refused" {
	start -v --reap=kernel "$WITNESS" plain
	await_out READY
	await_child
	until ignores_deaths; do :; done
	signal STOP
	await_state "$FOSTER" T
	signal KILL "$CHILD"
	await_end "$CHILD"
	signal USR1
	signal CONT
	finish
	[[ $status = 137 ]]
	[[ $errors = *'foster: USR1 from '* && $errors != *'cannot send'* ]]
}

@test "a program of another user gets them too, with CAP_SETUID alone" {
	needs_root
	chmod o+rx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" dropcaps KILL --)
	for group in '' -g; do
		# shellcheck disable=SC2086 # perhaps none
		start -v --reap=kernel $group "$WITNESS" as 1000 -- "$WITNESS" signals 2
		await_out READY
		signal USR1
		await_out '^signal=10 '
		"$WITNESS" send "$FOSTER" 40 44 >sent
		await_out '^signal=40 code=-1 .*value=44$'
		finish
		[[ $status = 0 ]]
		[[ $errors != *'not reaped'* ]]
	done
}

@test "a stopped program gets CONT behind TERM" {
	start --reap=kernel "$WITNESS" plain
	await_out READY
	await_child
	signal STOP "$CHILD"
	await_state "$CHILD" T
	signal TERM
	finish
	[[ $status = 143 ]]
}

@test "what is left over is asked, given time, and gone" {
	foster --reap=kernel "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(<flushed) = flushed ]]
	((took_ms < 4000)) # nobody slept through the end of the last one
	foster -v --reap=kernel --leftovers TERM/200ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $errors = *'left over: '*', killed by KILL: '* ]]
}

@test "a stop ladder and a timeout end it at once where the program obeys, and by KILL where not" {
	start --reap=kernel --stop TERM/30s/KILL "$WITNESS" plain
	await_out READY
	signal TERM
	finish
	[[ $status = 143 ]]
	((took_ms < 15000))
	foster --reap=kernel --timeout 200ms "$WITNESS" leave 2 plain -- "$WITNESS" plain
	[[ $status = 124 ]]
	start --reap=kernel --stop TERM/100ms/KILL "$WITNESS" stubborn
	await_out READY
	signal TERM
	finish
	[[ $status = 137 ]]
}

@test "--wait waits for all" {
	start -v --reap=kernel --wait "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
	await_err 'program .* exited with 7'
	not ignores_deaths
	await_child
	signal USR1 "$CHILD"
	finish
	[[ $status = 7 ]]
	[[ $errors != *'not reaped'* ]]
}

@test "an option that needs each death keeps the loop, and -v says so" {
	for option in -w --report=report --orphans=TERM/5s/KILL --wait=worst --wait=last; do
		in_loop 'an option or a terminal needs foster' "$option"
	done
	[[ $(python3 -c 'import json; print(json.load(open("report"))["orphans_reaped"])') = 20 ]]
	in_loop 'an option or a terminal needs foster' -w
	[[ $(grep -c '^foster: reaped pid' "$err") = 20 ]]
	foster -w --reap=kernel "$WITNESS" exit 7
	[[ -z $errors ]]
}

@test "a terminal keeps the loop, since a stop must be seen" {
	on_terminal
	foster -v --reap=kernel "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $output$errors = *'not reaped by the kernel: an option or a terminal'* ]]
	((EUID == 0)) || return 0
	BEFORE+=(unshare -m sh -c 'mount -t tmpfs none /dev && exec "$@"' sh) # it is known by descriptor 0
	foster -v --reap=kernel "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $output$errors = *'not reaped by the kernel: an option or a terminal'* ]]
}

@test "an older Linux, or one that refuses, keeps the loop" {
	BEFORE=(setarch --uname-2.6 --)
	in_loop 'it is not Linux 6.15, or refuses'
	for how in eperm enosys; do
		for call in pidfd_open ioctl poll,ppoll pidfd_send_signal uname signalfd4; do
			BEFORE=("$WITNESS" deny "$call" "$how" --)
			in_loop 'it is not Linux 6.15, or refuses'
		done
	done
}

@test "where signals cannot be read any more, foster reaps again, and loses none" {
	BEFORE=("$WITNESS" deny read eperm --)
	start -v --reap=kernel "$WITNESS" plain
	await_out READY
	until ignores_deaths; do :; done
	signal WINCH
	until not ignores_deaths; do :; done
	signal TERM
	finish
	[[ $status = 143 ]]
	[[ $errors != *'not reaped'* ]]
}

@test "FOSTER_REAP says the same; loop is the default; all else is bad input" {
	BEFORE=(env FOSTER_REAP=kernel)
	start "$WITNESS" signals 1
	await_out READY
	until ignores_deaths; do :; done
	signal USR1
	finish
	BEFORE=()
	for loop in '' --reap=loop; do
		# shellcheck disable=SC2086 # perhaps none
		start $loop "$WITNESS" signals 1
		await_out READY
		await_state "$FOSTER" S
		not ignores_deaths
		signal USR1
		finish
	done
	for bad in '' Kernel kernels 1; do
		foster --reap "$bad" "$WITNESS" exit 7
		[[ $status = 125 ]]
		[[ $errors = "foster: --reap: '$bad' is not kernel or loop" ]]
	done
}
