#!/usr/bin/env bats
# After the birth foster gives up what it has no use for; the program has all that it would have without foster, and nothing is broken.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2034,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

KILL=0000000000000020 SETUID=0000000000000080 NONE=0000000000000000 BOOT_AND_KILL=0000000000400020

# A program that has got a signal through foster, so that foster's birth is long over; it waits for one more, USR1.
lives() { # ARGUMENT...
	start "$@" "$WITNESS" signals 2
	await_out READY
	signal USR1
	await_out '^signal=10 '
}

end_it() {
	signal USR1
	finish
	[[ $status = 0 ]]
}

of() { # NAME [PID]: what /proc says of foster, or of another one
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/${2:-$FOSTER}/status"
}

is_hardened() { # CAPABILITIES [PID]
	[[ $(of CapPrm "${2-}") = "$1" && $(of CapEff "${2-}") = "$1" ]] || fail "capabilities: $(of CapPrm "${2-}"), $(of CapEff "${2-}"), not $1"
	[[ $(of CapInh "${2-}") = "$NONE" && $(of CapAmb "${2-}") = "$NONE" ]]
	[[ $(of NoNewPrivs "${2-}") = 1 && $(of Seccomp "${2-}") = 2 ]]
}

as_user() { # foster is not root, and everybody may write here
	needs_root
	chmod o+rwx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" as 1234 --)
}

@test "of its capabilities foster keeps KILL; a filter and no_new_privs are in force" {
	needs_root
	lives
	is_hardened $KILL
	end_it
}

@test "where it has no KILL it keeps SETUID, and without either nothing" {
	needs_root
	BEFORE=("$WITNESS" dropcaps KILL --)
	lives
	is_hardened $SETUID
	end_it
	BEFORE=("$WITNESS" dropcaps KILL,SETUID --)
	lives
	is_hardened $NONE
	end_it
	as_user
	lives
	is_hardened $NONE
	end_it
}

@test "a guest keeps SYS_BOOT besides, and a pod's pause process is hardened too" {
	in_room pid1
	needs_root
	lives --guest
	is_hardened $BOOT_AND_KILL
	signal USR1
	finish
	start -P
	"$WITNESS" state "$FOSTER" S "$PATIENCE"
	await_line "/proc/$FOSTER/status" '^Seccomp:.2'
	is_hardened $KILL
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "with --pidns both of foster are hardened, as root and not" {
	in_room subreaper
	needs_root
	lives --pidns
	is_hardened $KILL
	is_hardened $KILL "$(pgrep -P "$FOSTER")"
	end_it
	lives --pidns --no-hardening
	[[ $(of Seccomp) = "$(of Seccomp $$)" && $(of CapEff) = "$(of CapEff $$)" ]]
	end_it
	as_user
	lives --pidns
	is_hardened $NONE
	is_hardened $KILL "$(pgrep -P "$FOSTER")"
	end_it
}

@test "under another name it is hardened as well" {
	needs_root
	cp "$BIN" tini
	BIN=$PWD/tini lives --
	is_hardened $KILL
	end_it
}

@test "--no-hardening and its twin leave out all of that" {
	for way in --no-hardening FOSTER_NO_HARDENING=1; do
		if [[ $way = -* ]]; then lives "$way"; else BEFORE=(env "$way") && lives --; fi
		await_child
		for what in CapInh CapPrm CapEff CapAmb NoNewPrivs Seccomp; do
			[[ $(of $what) = "$(of $what "$CHILD")" ]]
		done
		end_it
	done
}

facts() { # foster ARGUMENT..., or nothing: what the program has, and how many filters
	"$@" sh -c 'grep -E "^(Cap|NoNewPrivs|Seccomp|Sig(Blk|Ign))" /proc/self/status; stat -c %u /proc/self/'
	[[ -n $output && $status = 0 ]]
}

@test "the program has the capabilities, filters, privileges and dumpability that it would have without foster" {
	for before in '' 'deny getppid enosys' 'as 1234' 'dropcaps KILL,SYS_BOOT'; do
		[[ $before != as* || $EUID = 0 ]] || continue
		# shellcheck disable=SC2206 # words
		BEFORE=(${before:+"$WITNESS" $before --})
		BIN=/usr/bin/env facts foster
		expected=$output
		for asked in -- --undumpable --no-hardening '--pidns --undumpable'; do
			[[ $asked != *pidns* || $before != as* ]] || continue # a namespace of users has capabilities of its own
			# shellcheck disable=SC2086 # words
			facts foster $asked
			[[ $output = "$expected" ]] || fail "$before, $asked: $output, not $expected"
		done
	done
}

# What no init does, each of which answers something else than ENOSYS to nothing but zeroes.
NEVER=(execve socket mmap mprotect openat unlinkat unshare memfd_create capset prctl mount)

@test "a system call that the life has no use for is ENOSYS, made by foster itself, by the door of 32 bits too" {
	[[ $(uname -m) = x86_64 ]] || skip 'the witness knows the registers of x86_64 alone'
	needs_root
	lives
	"$WITNESS" calls "$FOSTER" "${NEVER[@]}" i386 getpid >called
	for call in "${NEVER[@]}"; do
		[[ $call = openat ]] || grep -qx "$call -38" called || fail "$(<called)"
	done
	grep -qE '^i386 (-38|1011)$' called # 1011: this kernel has no such door
	not grep -qx 'openat -38' called
	grep -qx "getpid $(inside "$FOSTER")" called
	end_it
	lives --no-hardening
	"$WITNESS" calls "$FOSTER" "${NEVER[@]}" i386 >called
	[[ $(wc -l <called) = 12 ]]
	not grep -e -38 called
	end_it
}

@test "reboot, sync and mount are a guest's alone" {
	[[ $(uname -m) = x86_64 ]] || skip 'the witness knows the registers of x86_64 alone'
	in_room pid1
	needs_root
	lives --
	"$WITNESS" calls "$FOSTER" reboot sync umount2 >called
	[[ $(grep -c ' -38$' called) = 3 ]]
	end_it
	lives --guest
	"$WITNESS" calls "$FOSTER" reboot sync umount2 >called # reboot(2) wants two magic numbers
	not grep -e -38 called
	signal USR1
	finish
}

@test "what the kernel refuses of it costs neither a word nor the program nor its exit code" {
	for how in eperm enosys; do
		for calls in seccomp capset capget prctl seccomp,capset,capget,prctl; do
			BEFORE=("$WITNESS" deny "$calls" "$how" --)
			start "$WITNESS" signals 2
			await_out READY
			signal USR1
			await_out '^signal=10 '
			signal 64
			finish
			[[ $status = 0 && -z $errors && $(received "$out") = '10 64' ]] || fail "$calls $how: $status $errors"
		done
	done
}

none_refused() { # of the traced life's calls, foster's and its helper's among them
	grep -qE 'seccomp(\(SECCOMP_SET_MODE_FILTER, 0, | resumed).* = 0$' trace
	not grep ENOSYS trace
	OUTSIDE=()
}

@test "none of the calls of a life is refused: orphans, queued signals, ladders, a stopped foster, leftovers, report" {
	traced
	start --report report --orphans TERM/10s/KILL --stop TERM/100ms/KILL --timeout 1h -v -w -- sh -c \
		'"$WITNESS" orphans 20; exec "$WITNESS" block TERM -- "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" record came'
	await_out READY
	"$WITNESS" send "$FOSTER" 40 4711
	"$WITNESS" line came '^signal=40 code=-1 .*value=4711$' "$PATIENCE"
	signal TERM
	finish
	[[ $status = 137 && $(<flushed) = flushed ]]
	grep -q '"program_signal":"KILL"' report
	none_refused
}

@test "nor where foster is two, where the kernel reaps, and where there is no descriptor for signals" {
	for before in '' 'deny pidfd_open eperm' 'limit nofile 0'; do
		for asked in --pidns --reap=kernel; do
			traced
			# shellcheck disable=SC2206 # words
			BEFORE=(${before:+"$WITNESS" $before --})
			lives $asked
			end_it
			none_refused
		done
	done
}

@test "nor while a terminal stops the program, and a tracer or STOP foster itself" {
	on_terminal
	OUTSIDE=("${OUTSIDE[@]}" strace -f -qq -o "$PWD/trace" --)
	start --timeout 1h "$WITNESS" stop TSTP -- "$WITNESS" signals 3
	await_out CONTINUED
	await_out READY
	signal USR1
	await_out '^signal=10 '
	signal STOP "$FOSTER"
	await_line trace 'stopped by SIGSTOP'
	signal CONT "$FOSTER"
	await_line trace 'restart_syscall'
	signal USR1
	finish
	[[ $status = 0 ]]
	none_refused
}

@test "nor in the helper that takes another user's uid" {
	needs_root
	chmod o+rx "$BATS_RUN_TMPDIR" .
	traced
	BEFORE=("$WITNESS" dropcaps KILL --)
	start "$WITNESS" as 1000 -- "$WITNESS" signals 1
	await_out READY
	"$WITNESS" send "$FOSTER" USR2 44
	finish
	[[ $status = 0 && -z $errors && $(received "$out") = 12 ]]
	grep -q 'setresuid' trace
	none_refused
}

@test "nor at a guest's end" {
	needs_root
	in_room pid1
	traced
	start --guest "$WITNESS" plain
	await_out READY
	signal PWR
	finish
	grep -q 'reboot(LINUX_REBOOT_MAGIC1' trace
	none_refused
}

@test "where /proc hides who could not be traced, foster keeps what it needs to find the left over" {
	needs_root
	in_room subreaper
	OUTSIDE=(unshare -pf --mount-proc --kill-child --)
	BEFORE=(sh -c 'mount -t proc -o hidepid=2,gid=4321 proc /proc && exec "$@"' sh)
	lives "$WITNESS" leave 1 flush 50 flushed --
	await_child
	[[ $(of CapPrm) = "$(of CapPrm "$CHILD")" && $(of Seccomp) = 2 ]]
	end_it
	[[ $(<flushed) = flushed ]]
}

@test "where its terminal belongs to another user, foster keeps what it needs to speak to it without waiting" {
	needs_root
	on_terminal
	BEFORE=(sh -c 'chown 1000 "$(tty)"; chmod 600 "$(tty)"; exec "$@"' sh "${BEFORE[@]}")
	start "$WITNESS" signals until USR1
	await_out READY
	await_child
	signal USR2
	await_out '^signal=12 '
	[[ $(of CapPrm) = "$(of CapPrm "$CHILD")" && $(of Seccomp) = 2 ]]
	end_it
}

# Who is of foster's own uid, and no more than that, looks at it and attaches to it.
tries_foster() { # ARGUMENT...
	foster "$@" sh -c 'wc -c <"/proc/$PPID/environ"; "$WITNESS" calls "$PPID" && echo attached; echo dumpable as "$(stat -c %u /proc/$$)"' 2>&1
}

@test "with --undumpable a program of the same user cannot trace foster, nor look into it" {
	as_user
	may=$([[ $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0) != 0 ]] || echo attached)
	tries_foster
	[[ $output = *[1-9]*"$may"*'dumpable as 1234' ]]
	for way in --undumpable FOSTER_UNDUMPABLE=yes; do
		if [[ $way = -* ]]; then tries_foster "$way"; else BEFORE+=(env "$way") && tries_foster --; fi
		[[ $output = 'dumpable as 1234' ]]
		[[ $errors = *'ermission denied'*'PTRACE_SEIZE: Operation not permitted' ]]
	done
}

@test "foster's output can be written to by /proc/1/fd/1 for as long as it is not undumpable" {
	in_room pid1
	needs_root
	BEFORE=(setpriv --bounding-set -sys_ptrace --)
	foster sh -c 'echo log >/proc/1/fd/1'
	[[ $status = 0 && $output = log ]]
	foster --undumpable sh -c 'echo log >/proc/1/fd/1'
	[[ $status != 0 && -z $output ]]
}

@test "--undumpable refused is one line and 125, and nothing is started" {
	BEFORE=("$WITNESS" deny prctl eperm --)
	foster --undumpable "$WITNESS" exit 7
	[[ $status = 125 && $errors = 'foster: --undumpable: prctl: Operation not permitted' ]]
}

@test "a hostile program neither ends nor stops the PID 1 above it, forges no death, and takes its descriptors' limit in vain" {
	needs_root
	in_room pid1
	start sh -c 'kill -KILL 1; kill -STOP 1; "$WITNESS" send 1 CHLD 77; prlimit --pid 1 --nofile=0:0; exec "$WITNESS" leave 1 plain -- "$WITNESS" signals until USR1'
	await_out READY
	await_line "/proc/$FOSTER/limits" '^Max open files +0 +0 '
	[[ $(of State) != T ]]
	signal USR1
	finish
	[[ $status = 0 ]]
}
