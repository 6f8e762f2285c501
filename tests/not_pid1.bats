#!/usr/bin/env bats
# Not PID 1, foster is the one who gets the orphans, and the program does not outlive it.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "foster gets the program's orphans, silently" {
	start sh -c "\"$WITNESS\" leave 1 record recorded; exec \"$WITNESS\" signals 1"
	await_out READY
	await_child
	await_line "$out" '^left [0-9]+'
	orphan=$(pgrep -f '^[^ ]*witness leave 1 record' -P "$FOSTER")
	[[ -n $orphan ]]
	signal KILL "$orphan"
	await_end "$orphan"
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ -z $errors ]]
}

@test "the program dies with a foster that is killed" {
	start "$WITNESS" stubborn
	await_out READY
	await_child
	signal KILL
	await_end "$CHILD"
	finish
	[[ $status != 0 ]]
}

@test "the program has KILL as its parent death signal where foster is not PID 1, and none where the kernel sees to it" {
	foster "$WITNESS" show shown
	case $ROOM in
	pid1) [[ $(fact pdeathsig shown) = 0 ]] ;;
	subreaper) [[ $(fact pdeathsig shown) = 9 ]] ;;
	esac
}

@test "the program is not started by a foster that was killed just before its parent death signal was set" {
	in_room subreaper
	traced execve,prctl,getppid -e inject=prctl:delay_enter=700ms
	start "$WITNESS" show shown
	await_line trace '^[0-9]+ +prctl\(PR_SET_PDEATHSIG, SIGKILL'
	newborn=$(awk '/ prctl\(PR_SET_PDEATHSIG, SIGKILL/ { print $1; exit }' trace)
	kill -KILL "$FOSTER"
	await_end "$newborn"
	finish
	[[ ! -e shown ]]
	grep -E "^$newborn +getppid\(\)" trace
}

@test "the program is not a subreaper itself" {
	foster "$WITNESS" show shown
	[[ $(fact subreaper shown) = 0 ]]
}
