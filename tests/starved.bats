#!/usr/bin/env bats
# Started with next to nothing, foster runs its program all the same.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2034,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

group=''

eval "sweep_$(declare -f teardown)"
teardown() {
	sweep_teardown
	[[ -z $group ]] || rmdir "$group"
}

# A real control group, of the first version or of the second: foster is BEFORE's last word in it. Sets group.
confined() { # CONTROLLER FILE VALUE: FILE by the second version's name
	needs_root
	alone
	if [[ -w /sys/fs/cgroup/$1/cgroup.procs ]]; then
		group=/sys/fs/cgroup/$1/foster-$BASHPID
	elif grep -qw "$1" /sys/fs/cgroup/cgroup.subtree_control; then
		group=/sys/fs/cgroup/foster-$BASHPID
	else
		skip "needs the controller $1"
	fi
	mkdir "$group"
	bound "$2" "$3"
	BEFORE=(sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$group")
}

bound() { # FILE VALUE
	local -A first=([memory.max]=memory.limit_in_bytes)
	local file=$group/$1
	[[ -e $file ]] || file=$group/${first[$1]}
	echo "$2" >"$file"
}

# How often the bound was met, or a process killed for it.
met() { # max | oom_kill
	if [[ -e $group/memory.failcnt ]]; then
		case $1 in
		max) cat "$group/memory.failcnt" ;;
		oom_kill) sed -n 's/^oom_kill //p' "$group/memory.oom_control" ;;
		esac
	else
		sed -n "s/^$1 //p" "$group"/*.events
	fi
}

@test "in a memory of 1 MiB foster outlives what the kernel kills there, reaps it, and tells the program's code" {
	confined memory memory.max 1048576
	foster -w "$WITNESS" leave 3 eat 16 -- "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" exit 7
	[[ $status = 7 && $(<flushed) = flushed ]]
	[[ $(grep -c 'reaped pid .*killed by KILL' "$err") = 3 ]]
	(($(met oom_kill) >= 3))
}

@test "a program that is killed for want of memory is told as what it is" {
	confined memory memory.max 1048576
	foster -v "$WITNESS" eat 16
	[[ $status = 137 ]]
	grep 'killed by KILL' "$err"
	(($(met oom_kill) >= 1))
}

@test "where not a page more is to be had for what foster needs to tell another user, it is told once there is, and the code arrives" {
	confined memory memory.max 16777216
	BEFORE+=("$WITNESS" dropcaps KILL --)
	start "$WITNESS" as 65534 -- "$WITNESS" signals until USR2
	await_out READY
	await_child
	bound memory.max "$(cat "$group"/memory.{usage_in_bytes,current} 2>/dev/null)" # all that is free is taken back
	before=$(met max)
	for ((i = 0; i < 200 && $(met max) == before; i++)); do
		signal USR1 || break
		"$WITNESS" await "$code" 0.05 || true
	done
	(($(met max) > before))
	bound memory.max 16777216
	if alive "$CHILD"; then
		signal USR2
		await_out '^signal=12 '
	fi
	finish
	[[ $status = 0 || ($status = 137 && $(met oom_kill) -ge 1) ]]
}

@test "where a group has no process more, no program is one line and 125, at once" {
	confined pids pids.max 1
	foster "$WITNESS" exit 7
	[[ $status = 125 && -z $output ]]
	[[ $errors = "foster: $WITNESS: cannot start: Resource temporarily unavailable" ]]
	[[ $(line_count "$errors") = 1 ]]
	((took_ms < 3000))
}

@test "where there is a process for the program and no other, it runs, and who cannot be told for want of one is told later" {
	confined pids pids.max 2
	BEFORE+=("$WITNESS" dropcaps KILL --)
	start "$WITNESS" as 65534 -- "$WITNESS" signals until USR2
	await_out READY
	signal USR1
	await_err '^foster: cannot send USR1 to pid'
	bound pids.max max
	signal USR2
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = 12 ]]
}

# In the background of a terminal whose stty(1) is tostop, who writes is stopped: even by his own message.
in_the_background() {
	OUTSIDE=("$WITNESS" pty -- "$WITNESS" control -- sh -c 'stty tostop && exec "$@"' sh "$WITNESS" parent --)
}

@test "in the background of a terminal that stops who writes there, foster says what it has to say, and goes on" {
	in_the_background
	start -v -w sh -c '"$WITNESS" orphans 20; exec "$WITNESS" record recorded' 2>&1
	"$WITNESS" await recorded "$PATIENCE"
	signal USR1
	await_line recorded '^signal=10 '
	signal KILL "$(await_child && echo "$CHILD")"
	finish
	[[ $status = 137 ]]
	(($(grep -c 'foster: reaped pid' "$out") >= 20))
	not grep 'stopped by' "$out"
}

@test "so it is where nobody reads what the terminal shows: foster reaps, and ends with its program" {
	in_the_background
	start -v -w sh -c '"$WITNESS" await go 30; "$WITNESS" orphans 3000; "$WITNESS" await end 30; exit 7'
	await_child
	terminal=$("$WITNESS" find "$GUARD" "$WITNESS" "$PATIENCE")
	kill -STOP "$terminal"
	: >go
	"$WITNESS" line "/proc/$FOSTER/stat" '^' 1
	: >end
	await_end "$FOSTER"
	kill -CONT "$terminal"
	finish
	[[ $status = 7 ]]
}

@test "with no descriptor but the first three, a whole life comes to its end" {
	BEFORE=("$WITNESS" limit nofile 3 --)
	LEFT_BEHIND=yes # as in denied.bats
	start -v -w "$WITNESS" limit nofile 100 -- sh -c '"$WITNESS" orphans 20; exec "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" signals 2'
	await_out READY
	signal USR1
	await_out '^signal=10 '
	signal 64
	finish
	[[ $status = 0 && $(received "$out") = '10 64' ]]
	[[ $ROOM != pid1 || $(<flushed) = flushed ]]
}

@test "with an empty environment the program gets an empty one, and its code is told" {
	BEFORE=(env -i "$WITNESS" clean --)
	foster /bin/sh -c 'tr "\\0" "\\n" </proc/$$/environ | wc -l; exit 7'
	[[ $status = 7 ]]
	[[ $output = 0 ]]
}

@test "with two million bytes of arguments all of them arrive" {
	BEFORE=(bash -c 'printf -v long %120000s; args=(); for _ in {1..16}; do args+=("$long"); done; exec "$0" "$@" "${args[@]}"')
	foster bash -c 'n=$(printf %s "$@" | wc -c); [[ $n = 1920000 ]] && exit 7' bash
	[[ $status = 7 ]]
}

@test "without a name of its own it is foster, and says that there is no program" {
	BEFORE=(python3 -c 'import ctypes, sys; libc = ctypes.CDLL(None)
empty = (ctypes.c_char_p * 1)(None)
libc.execve(sys.argv[1].encode(), empty, empty)')
	foster
	[[ $status = 125 ]]
	[[ $errors = 'foster: no program to run; see --help' ]]
}

@test "where no privileges can be gained, a whole life comes to its end" {
	BEFORE=(setpriv --no-new-privs --)
	start "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" signals 2
	await_out READY
	signal USR1
	signal 64
	finish
	[[ $(received "$out") = '10 64' ]]
	[[ $status = 0 && $(<flushed) = flushed ]]
}

@test "where no process more can be had, no program is one line and 125, at once" {
	needs_root
	alone
	BEFORE=("$WITNESS" as 65534 -- "$WITNESS" limit nproc 0 --)
	foster "$WITNESS" exit 7
	[[ $status = 125 ]]
	[[ $(line_count "$errors") = 1 ]]
	((took_ms < 3000))
}

@test "where /proc hides who is another user's, the left over is asked all the same" {
	needs_root
	in_room pid1
	BEFORE=(sh -c 'mount -o remount,hidepid=2 /proc && exec "$@"' sh)
	start "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" exit 7
	finish
	[[ $status = 7 && $(<flushed) = flushed ]]
}
