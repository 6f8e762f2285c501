#!/usr/bin/env bats
# All but clone, exec and wait is a courtesy: what is refused, with EPERM as with ENOSYS, is done another way or left out.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

# What foster calls, beside clone, execve and wait; where more than one name stands, one may be used for the other.
COURTESIES=(
	chdir close_range fcntl dup2,dup3 ioctl setpgid prctl getppid getpid kill,tgkill clock_gettime,uname
	open,openat signalfd4,signalfd poll,ppoll read,pread64 readlink,readlinkat getdents64 fstat
	pidfd_open pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo prlimit64 write
)

join() { # WORD...: with commas
	local IFS=,
	printf %s "$*"
}

exits_with_7_where() { # CALLS HOW
	BEFORE=("$WITNESS" deny "$1" "$2" --)
	foster -v -w "$WITNESS" exit 7
	[[ $status = 7 ]] || fail "refused $1 with $2: exit code $status"
}

@test "any one courtesy that is refused costs neither the program nor its exit code" {
	for how in eperm enosys; do
		for calls in "${COURTESIES[@]}"; do
			exits_with_7_where "$calls" "$how"
		done
	done
}

# What nothing can be done without: no program is born, executed or waited for, no signal held; and what the C library begins and ends with.
ESSENTIAL='clone|execve|waitid|wait4|rt_sigprocmask|exit|exit_group|arch_prctl|set_tid_address'

seen_calls() { # OPTION...: adds to calls, by name and number, what foster is seen to do in such a life
	traced all -n
	start "$@" sh -c '"$WITNESS" orphans 5; "$WITNESS" leave 1 flush 20 flushed; exec "$WITNESS" signals until TERM'
	await_out READY
	"$WITNESS" send "$FOSTER" 40 4711
	signal USR1
	await_out '^signal=10 '
	signal TERM
	finish
	calls+=$'\n'$(foster_calls | sed -nE 's/^\[ *([0-9]+)\] ([a-z_0-9]+)\(.*/\2 \1/p')
	OUTSIDE=()
}

@test "whichever system call foster is seen to make is refused, but for the few that nothing can be done without: the program's code arrives" {
	calls=''
	options=(-v -w --timeout 60s --stop TERM/50ms/KILL --leftovers TERM/50ms/KILL)
	seen_calls "${options[@]}" --report report
	seen_calls -g --orphans TERM/50ms/KILL --close-fds --if-caught HUP
	seen_calls --wait --stop all:TERM/30s/all:KILL -p TERM
	count=0
	while read -r name call; do
		for how in eperm enosys; do
			BEFORE=("$WITNESS" deny "$call" "$how" --)
			foster "${options[@]}" "$WITNESS" exit 7
			[[ $status = 7 ]] || fail "refused $name with $how: exit code $status"
			((took_ms < 20000)) || fail "refused $name with $how: $took_ms ms"
			foster --report report "$WITNESS" exit 7
			[[ $status = 7 || $errors = 'foster: --report: report: '* ]] || fail "refused $name with $how: with a report exit code $status"
			((++count))
		done
	done < <(grep . <<<"$calls" | sort -u | grep -vE "^($ESSENTIAL) ")
	((count >= 40))
}

@test "all courtesies refused at once cost neither the program nor its exit code" {
	for how in eperm enosys; do
		exits_with_7_where "$(join "${COURTESIES[@]}")" "$how"
	done
}

@test "clone refused is one line and 125, at once" {
	alone
	for how in eperm enosys eagain; do
		BEFORE=("$WITNESS" deny clone,clone3,fork,vfork "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 125 ]]
		[[ -z $output ]]
		[[ $(line_count "$errors") = 1 ]]
		[[ $errors = foster:\ * ]]
		((took_ms < 3000))
	done
}

whole_life_where() { # BEFORE...: signals with their values, orphans, leftovers; the program raises its own limit again
	BEFORE=("$@")
	start -w "$WITNESS" limit nofile 100 -- sh -c \
		"\"$WITNESS\" orphans 20; exec \"$WITNESS\" leave 1 flush 50 flushed -- \"$WITNESS\" signals 3"
	await_out READY
	"$WITNESS" send "$FOSTER" 40 4711
	await_out '^signal=40 code=-1 .*value=4711$'
	signal USR1
	await_out '^signal=10 '
	signal 64
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = '40 10 64' ]]
}

@test "a refused rt_sigprocmask is one line and 125, at once, since no signal and no death would be heard of" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny rt_sigprocmask "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 125 ]]
		[[ $errors = 'foster: rt_sigprocmask: cannot start: '* ]]
		[[ $(line_count "$errors") = 1 ]]
	done
}

@test "where SIGCHLD is ignored and has to stay so, nobody tells of the program's end, and foster sees it all the same" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" ignore CHLD -- "$WITNESS" deny rt_sigaction "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 125 ]] # the kernel has thrown its code away
	done
}

@test "a wait that says wrongly that there is nobody costs nothing" {
	for refused in '' -einject=kill:error=EPERM:when=1; do
		OUTSIDE=()
		# shellcheck disable=SC2086 # perhaps none
		traced waitid,kill -e inject=waitid:error=ECHILD:when=1 $refused
		start sh -c "\"$WITNESS\" orphans 1; exec \"$WITNESS\" signals until USR1"
		await_out READY
		await_line trace '^[0-9]+ +kill\([0-9]+.*, 0( <|\))'
		signal USR1
		finish
		[[ $status = 0 ]]
		grep -E '^[0-9]+ +waitid\(.*ECHILD' trace
	done
}

@test "a refused signalfd costs nothing: signals, orphans and leftovers are served as ever" {
	for how in eperm enosys emfile; do
		rm -f flushed
		whole_life_where "$WITNESS" deny signalfd4,signalfd "$how" --
		[[ $(<flushed) = flushed ]]
		[[ $(grep -c '^foster: reaped pid' "$err") = 21 ]]
	done
}

@test "a refused poll costs no processor time, and no signal, where there is a time to wait for" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny poll,ppoll "$how" --)
		start --timeout 600s "$WITNESS" signals 1
		await_out READY
		before=$(cut -d ' ' -f 14,15 "/proc/$FOSTER/stat")
		"$WITNESS" await never 1.5 || true
		spent=$(cut -d ' ' -f 14,15 "/proc/$FOSTER/stat")
		signal USR1
		finish
		[[ $status = 0 ]]
		[[ $spent = "$before" ]] || fail "processor time went from $before to $spent"
		foster --leftovers TERM/50ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
		[[ $status = 7 ]]
	done
}

@test "a refused poll costs no signal and no death where a pidfd is to tell of it" {
	in_room pid1 # where docker exec brings somebody who is waited for, and is no child
	for how in eperm enosys; do
		rm -f other
		BEFORE=("$WITNESS" deny poll,ppoll "$how" --)
		start -v --wait "$WITNESS" signals 1
		await_out READY
		guest other "$WITNESS" signals 2
		"$WITNESS" line other READY "$PATIENCE"
		signal USR1
		await_err 'program .* exited with 0'
		signal USR1
		"$WITNESS" line other '^signal=10 ' "$PATIENCE"
		signal USR2
		finish
		[[ $status = 0 ]]
	done
}

@test "a refused clock keeps nobody alive: the ladders come to their end" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny clock_gettime "$how" --)
		foster --leftovers TERM/100ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
		[[ $status = 7 ]]
	done
}

@test "no descriptor to be had costs nothing: signals and orphans are served as ever" {
	LEFT_BEHIND=yes # the left over cannot be looked for without a descriptor, if there is no namespace to kill
	whole_life_where "$WITNESS" limit nofile 0 --
	[[ $(grep -c '^foster: reaped pid' "$err") -ge 20 ]]
	[[ $ROOM != pid1 || $(<flushed) = flushed ]]
}

@test "every way to queue a signal refused: it arrives without its value" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny rt_sigqueueinfo,rt_tgsigqueueinfo,pidfd_send_signal "$how" --)
		start "$WITNESS" signals 1
		await_out READY
		"$WITNESS" send "$FOSTER" USR1 5 >/dev/null
		finish
		[[ $(received "$out") = 10 ]]
		[[ $status = 0 ]]
	done
}

@test "a refused close_range leaves no inherited descriptor behind" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" open 7 "$WITNESS" -- "$WITNESS" open 200 "$WITNESS" -- "$WITNESS" deny close_range "$how" --)
		start "$WITNESS" signals 1
		await_out READY
		await_state "$FOSTER" S
		not grep -F "$WITNESS" <(readlink "/proc/$FOSTER/fd"/*)
		signal USR1
		finish
	done
}

@test "a refused setpgid leaves the program in foster's group, where signals find it" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny setpgid "$how" --)
		start -g "$WITNESS" signals 1
		await_out READY
		signal USR1
		finish
		[[ $(received "$out" | tr ' ' '\n' | grep -c 10) = 1 ]]
		[[ $status = 0 ]]
	done
}

@test "a refused prctl is no reason to be silent about the program's end, and no reason to complain" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny prctl "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 7 ]]
		[[ -z $errors ]]
	done
}

@test "where a filter refuses to list /proc whoever is left over is told to end, and whoever is below him" {
	for how in eperm enosys; do
		rm -f flushed
		BEFORE=("$WITNESS" deny getdents64 "$how" --)
		foster --leftovers TERM/600s/KILL "$WITNESS" leave 2 tree 20 flushed -- "$WITNESS" exit 7
		[[ $status = 7 ]]
		[[ $(grep -c flushed flushed) = 4 ]]
		foster --wait --stop all:TERM/600s/all:KILL "$WITNESS" leave 2 tree 20 flushed -- sh -c 'trap "" TERM; kill $PPID; exit 7'
		[[ $status = 7 ]]
		[[ $(grep -c flushed flushed) = 8 ]]
	done
}

@test "where a filter refuses to list /proc more are found than one read of a list of children gives" {
	BEFORE=("$WITNESS" deny getdents64 eperm --)
	foster --leftovers TERM/600s/KILL "$WITNESS" leave 1100 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
}

@test "where a filter refuses kill(2) alone whoever is left over is told to end through his pidfd" {
	for how in eperm enosys; do
		rm -f flushed
		BEFORE=("$WITNESS" deny kill "$how" --)
		foster --leftovers TERM/600s/KILL "$WITNESS" leave 2 flush 20 flushed -- "$WITNESS" exit 7
		[[ $status = 7 ]]
		[[ $(grep -c flushed flushed) = 2 ]]
	done
}

@test "where nobody in /proc can be looked at the program is told to end, and its group" {
	for how in eperm enosys; do
		BEFORE=("$WITNESS" deny read "$how" --)
		start --wait --stop all:TERM/600s/all:KILL "$WITNESS" plain
		await_out READY
		signal TERM
		finish
		[[ $status = 143 ]]
	done
}

@test "a /proc that lies about who is who leads nobody astray" {
	in_room pid1 # a mount of its own
	needs_root
	for lie in '7 2000000000' '7 4294967295' '7 4194304' '7 0'; do
		BEFORE=(sh -c 'umount -l /proc; mount -t tmpfs none /proc && ln -s 1 /proc/self && mkdir "/proc/$1" &&
			echo "$2 (liar) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 0" >"/proc/$1/stat" && shift 2 && exec "$@"' sh "${lie% *}" "${lie#* }")
		foster -v sh -c 'sleep 1000 & exit 7'
		[[ $status = 7 ]] || fail "$lie: $errors"
	done
}

without_proc=(unshare -m sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)

@test "without /proc and without CAP_KILL a signal for the program's group is sent to it as a whole" {
	needs_root
	BEFORE=("$WITNESS" dropcaps KILL -- "${without_proc[@]}")
	start -g --leftovers KILL sh -c '"$WITNESS" record other >ready & "$WITNESS" line ready READY 20 >seen; exec "$WITNESS" signals 2'
	await_out READY
	signal USR1
	await_line other '^signal=10 '
	signal USR2
	finish
	[[ $(received "$out") = '10 12' ]]
	[[ $status = 0 ]]
}

@test "without /proc, and without a group for the program, whoever is left over is not known, and foster's own group is spared" {
	in_room subreaper
	needs_root
	LEFT_BEHIND=yes
	BEFORE=("$WITNESS" deny setpgid eperm -- "${without_proc[@]}")
	foster --leftovers KILL sh -c '"$WITNESS" plain >/dev/null & exit 7' # in foster's group too
	[[ $status = 7 ]]
}

@test "without /proc the program runs and its code is told" {
	needs_root
	BEFORE=("${without_proc[@]}")
	[[ $ROOM = pid1 ]] || LEFT_BEHIND=yes # nobody but /proc knows them there
	foster -v -w --leftovers TERM/500ms/KILL "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
}
