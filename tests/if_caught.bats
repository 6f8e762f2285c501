#!/usr/bin/env bats
# With --if-caught some signals are forwarded only to a program that catches them.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2258,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

# Of several signals the lowest is taken first, by foster as by the program: one that dies of USR2 has not got HUP or USR1 before.
catches_hup='trap "echo got HUP" HUP; trap "exit 5" TERM; "$WITNESS" plain & while :; do wait; done'

@test "a program that catches HUP gets it" {
	start --if-caught HUP,USR1,USR2 bash -c "$catches_hup"
	await_out READY
	signal HUP
	await_out 'got HUP'
	signal TERM
	finish
	[[ $status = 5 ]]
}

@test "a program that does not catch HUP lives on, where it would die of it without --if-caught" {
	start -v --if-caught HUP "$WITNESS" plain
	await_out READY
	signal HUP
	await_err 'HUP .*nowhere'
	signal USR2
	finish
	[[ $status = 140 ]]
	start "$WITNESS" plain
	await_out READY
	signal HUP
	finish
	[[ $status = 129 ]]
}

@test "HUP, USR1 and USR2 in one list, by name or number, are all kept from it, and TERM is not" {
	for list in HUP,USR1,USR2 SIGHUP,10,SIGUSR2 '1 10 12'; do
		start -v --if-caught "$list" "$WITNESS" plain
		await_out READY
		for name in HUP USR1 USR2; do
			signal "$name"
			await_err "$name .*nowhere"
		done
		signal TERM
		finish
		[[ $status = 143 ]]
	done
}

@test "it is asked anew for each signal: what is caught later gets it later" {
	mkfifo go
	exec 6<>go
	start -v --if-caught HUP bash -c 'echo EARLY; read -r _ <go; trap "echo got HUP; exit 6" HUP; "$WITNESS" plain & wait'
	await_out EARLY
	signal HUP
	await_err 'HUP .*nowhere'
	echo >&6
	await_out READY
	signal HUP
	finish
	[[ $status = 6 ]]
	[[ $output = $'EARLY\nREADY\ngot HUP' ]]
}

@test "a signal that the program ignores or merely blocks is not caught" {
	for how in ignore block; do
		start -v --if-caught USR1 "$WITNESS" $how USR1 -- "$WITNESS" plain
		await_out READY
		signal USR1
		await_err 'USR1 .*nowhere'
		signal USR2
		finish
		[[ $status = 140 ]]
	done
}

@test "what counts is the signal that the program would get" {
	start -v --if-caught HUP -r USR1:HUP -r HUP:USR2 "$WITNESS" plain
	await_out READY
	signal USR1
	await_err 'USR1 .*nowhere'
	signal HUP
	finish
	[[ $status = 140 ]]
}

@test "it holds with -g and for the high signals too" {
	start -v -g --if-caught HUP,RTMIN+3,64 "$WITNESS" plain
	await_out READY
	for name in HUP 37 64; do
		signal "$name"
	done
	await_err 'HUP .*nowhere'
	await_err 'RTMIN\+3 .*nowhere'
	await_err 'RTMIN\+30 .*nowhere'
	signal TERM
	finish
	[[ $status = 143 ]]
}

@test "a wrong list is bad input: one line that names it, 125, and nothing is started" {
	for list in '' FOO HUP,FOO HUP,,USR1 ,HUP HUP, 0 65 HUP:USR1; do
		foster --if-caught "$list" "$WITNESS" show shown
		[[ $status = 125 ]] || fail "$list: $status"
		[[ $errors = *--if-caught*"'$list'"* ]]
		[[ $(wc -l <"$err") = 1 ]]
		[[ ! -e shown ]]
	done
}
