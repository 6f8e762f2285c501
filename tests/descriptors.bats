#!/usr/bin/env bats
# --close-fds, --keep-fds and --no-new-privs: what the program does not get from whoever started foster.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

inherited() { # NUMBER...: foster has these descriptors
	BEFORE=()
	: >file
	for number; do
		BEFORE+=("$WITNESS" open "$number" "$PWD/file" --)
	done
}

got() { # the program's descriptors, in one line; without the file that the witness writes to
	sed -n 's/^fd \([0-9]*\) .*/\1/p' shown | xargs
}

@test "without --close-fds the program gets all descriptors" {
	inherited 3 7 200
	foster "$WITNESS" show shown
	[[ $(got) = '0 1 2 3 7 200' ]]
}

@test "--close-fds and FOSTER_CLOSE_FDS leave it 0, 1 and 2" {
	inherited 3 4 7 200
	foster --close-fds "$WITNESS" show shown
	[[ $(got) = '0 1 2' ]]
	BEFORE=(env FOSTER_CLOSE_FDS=1 "${BEFORE[@]}")
	foster "$WITNESS" show shown
	[[ $(got) = '0 1 2' ]]
}

@test "--keep-fds keeps those of a list, and closes the others" {
	inherited 3 4 5 7 8 200
	foster --keep-fds 3,5 "$WITNESS" show shown
	[[ $(got) = '0 1 2 3 5' ]]
	foster --keep-fds=200,7 --keep-fds 4 "$WITNESS" show shown
	[[ $(got) = '0 1 2 4 7 200' ]]
	foster --close-fds --keep-fds 99,8 "$WITNESS" show shown
	[[ $(got) = '0 1 2 8' ]]
	BEFORE=(env 'FOSTER_KEEP_FDS=5 8' "${BEFORE[@]}")
	foster "$WITNESS" show shown
	[[ $(got) = '0 1 2 5 8' ]]
}

@test "the same where the kernel has no close_range" {
	inherited 3 4 5 200
	BEFORE=("$WITNESS" deny close_range enosys -- "${BEFORE[@]}")
	foster --keep-fds 4 "$WITNESS" show shown
	[[ $(got) = '0 1 2 4' ]]
}

@test "the descriptors of socket activation are kept where they are for foster" {
	inherited 3 4 5 6
	BEFORE+=(env LISTEN_FDS=2 "$WITNESS" listenpid --)
	foster --close-fds "$WITNESS" show shown
	[[ $(got) = '0 1 2 3 4' ]]
	foster --keep-fds 4,6 "$WITNESS" show shown
	[[ $(got) = '0 1 2 3 4 6' ]]
	BEFORE+=(env LISTEN_PID=4194000)
	foster --close-fds "$WITNESS" show shown
	[[ $(got) = '0 1 2' ]]
	inherited 3 4
	BEFORE+=(env LISTEN_FDS=many "$WITNESS" listenpid --)
	foster --close-fds "$WITNESS" show shown
	[[ $(got) = '0 1 2' ]]
}

@test "a lock of whoever started foster is not held by what the program leaves running" {
	LEFT_BEHIND=yes
	BEFORE=("$WITNESS" lock 9 "$PWD/lock" --)
	in_room subreaper
	foster --close-fds --leftovers none "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	pgrep -f '^[^ ]*witness leave 1 plain' -P "$GUARD"
	flock -n lock true
}

@test "a lock of whoever started foster is free while the program still runs" {
	BEFORE=("$WITNESS" lock 9 "$PWD/lock" --)
	start --close-fds "$WITNESS" signals 1
	await_out READY
	await_state "$FOSTER" S
	flock -w "$PATIENCE" lock true
	signal USR1
	finish
}

@test "what is no list of descriptors above 2 is refused" {
	for wrong in 2 x 3,x '' '3,,' -3 3-5 99999999999 "$(seq -s , 3 35)"; do
		foster --keep-fds "$wrong" "$WITNESS" show shown
		[[ $status = 125 ]]
		[[ $errors = *--keep-fds*"'$wrong'"* ]]
		[[ ! -e shown ]]
	done
	foster --keep-fds "$(seq -s , 3 34)" "$WITNESS" exit 7
	[[ $status = 7 ]]
}

@test "--no-new-privs and FOSTER_NO_NEW_PRIVS set that bit, and nothing else does" {
	foster "$WITNESS" show shown
	[[ $(fact no_new_privs shown) = 0 ]]
	foster --no-new-privs "$WITNESS" show shown
	[[ $(fact no_new_privs shown) = 1 ]]
	BEFORE=(env FOSTER_NO_NEW_PRIVS=1)
	foster "$WITNESS" show shown
	[[ $(fact no_new_privs shown) = 1 ]]
}

@test "where --no-new-privs cannot be had nothing is started" {
	BEFORE=("$WITNESS" deny prctl eperm --)
	foster --no-new-privs "$WITNESS" signals 1
	[[ $status = 125 ]]
	[[ $errors = 'foster: --no-new-privs: prctl: Operation not permitted' ]]
	[[ -z $output ]]
}

@test "what CI agents recognise their processes by goes to the program untouched" {
	BEFORE=(env RUNNER_TRACKING_ID=github_1-2 JENKINS_SERVER_COOKIE=durable-3 BUILD_ID=4)
	foster --close-fds --no-new-privs sh -c 'echo "$RUNNER_TRACKING_ID $JENKINS_SERVER_COOKIE $BUILD_ID"'
	[[ $output = 'github_1-2 durable-3 4' ]]
}
