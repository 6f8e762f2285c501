#!/usr/bin/env bats
# After the birth foster holds nothing that others may want to have.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "foster sits in / and holds no inherited descriptor above 2, and the program has them all" {
	BEFORE=("$WITNESS" open 3 / -- "$WITNESS" open 10 /dev/zero -- "$WITNESS" open 500 "$WITNESS" --)
	start sh -c "\"$WITNESS\" show shown; exec \"$WITNESS\" signals 1"
	await_out READY
	await_state "$FOSTER" S
	[[ $(readlink "/proc/$FOSTER/cwd") = / ]]
	for fd in "/proc/$FOSTER/fd"/*; do
		((${fd##*/} <= 2)) || [[ $(readlink "$fd") = anon_inode:* ]]
	done
	[[ $(fact cwd shown) = "$PWD" ]]
	[[ $(fact fd shown | cut -d ' ' -f 1 | xargs) = '0 1 2 3 10' ]] # show looks no further than 255
	signal USR1
	finish
}

@test "a lock that was taken through an inherited descriptor is free when the program lets go of it" {
	BEFORE=("$WITNESS" lock 9 locked --)
	start sh -c "flock -n locked true; echo \"before \$?\"; exec 9>&-; flock -n locked true; echo \"after \$?\"; exec \"$WITNESS\" signals 1"
	await_out READY
	[[ $(head -n 2 "$out") = $'before 1\nafter 0' ]]
	signal USR1
	finish
}

@test "a file system that foster was started in can be unmounted by the program" {
	needs_root
	mkdir mounted
	BEFORE=(unshare -m sh -c 'mount -t tmpfs none mounted && cd mounted && exec 8>file && exec "$@"' sh)
	foster sh -c 'exec 8>&-; directory=$PWD; cd / && umount "$directory" && echo unmounted'
	[[ $output = unmounted ]]
	[[ $status = 0 ]]
}

@test "as PID 1 foster keeps 0, 1 and 2, so that > /proc/1/fd/1 writes to the container's output" {
	in_room pid1
	start "$WITNESS" signals 1
	await_out READY
	[[ $(readlink "/proc/$FOSTER/fd/0") = /dev/null ]]
	[[ $(readlink "/proc/$FOSTER/fd/1") = "$out" ]]
	[[ $(readlink "/proc/$FOSTER/fd/2") = "$err" ]]
	signal USR1
	finish
	foster sh -c 'echo logged >>/proc/1/fd/1; echo wrong >>/proc/1/fd/2'
	[[ $output = logged ]]
	[[ $errors = wrong ]]
}

@test "not PID 1 foster lets go of 0 and 1, and keeps 2" {
	in_room subreaper
	STDIN=$WITNESS
	start "$WITNESS" signals 1
	await_out READY
	[[ $(readlink "/proc/$FOSTER/fd/0") = /dev/null ]]
	[[ $(readlink "/proc/$FOSTER/fd/1") = /dev/null ]]
	[[ $(readlink "/proc/$FOSTER/fd/2") = "$err" ]]
	signal USR1
	finish
}

@test "not PID 1 a reader of the program's output sees its end while foster lives" {
	in_room subreaper
	mkfifo pipe
	BEFORE=(sh -c 'exec "$@" >pipe' sh)
	aside heard cat pipe
	start sh -c "echo last words; exec >&-; exec \"$WITNESS\" record recorded"
	"$WITNESS" await heard.code "$PATIENCE"
	[[ $(<heard) = 'last words' ]]
	alive "$FOSTER"
	await_child
	signal KILL "$CHILD"
	finish
}

@test "not PID 1 a writer to the program's input sees its end while foster lives" {
	in_room subreaper
	mkfifo pipe
	BEFORE=(sh -c 'exec "$@" <pipe' sh)
	aside written sh -c 'trap "" PIPE; exec >pipe; while echo line; do :; done 2>/dev/null'
	start sh -c "read -r first; exec <&-; exec \"$WITNESS\" record recorded"
	"$WITNESS" await written.code "$PATIENCE"
	alive "$FOSTER"
	await_child
	signal KILL "$CHILD"
	finish
}
