#!/usr/bin/env bats
# Started with next to nothing, foster runs its program all the same.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

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
