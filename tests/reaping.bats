#!/usr/bin/env bats
# Every orphan is reaped, however many, and the program's own exit code is never lost.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "the exit code of the program is foster's" {
	for code in 0 1 7 125 126 127 128 200 255; do
		foster "$WITNESS" exit "$code"
		[[ $status = "$code" ]]
		[[ -z $output$errors ]]
	done
}

@test "a program that died of a signal gives 128 and its number, 32 to 34 and 64 too" {
	for signal in 1 2 6 9 10 11 15 32 33 34 35 64; do
		foster "$WITNESS" die "$signal"
		[[ $status = $((128 + signal)) ]]
	done
}

@test "an orphan is reaped while the program runs" {
	foster sh -c "\"$WITNESS\" orphans 10 && \"$WITNESS\" reaped \$PPID 20 && exit 7"
	[[ $status = 7 ]]
}

@test "an orphan that was a zombie before foster got it is reaped" {
	# The parent does not wait for its child, and dies when the child is dead already.
	foster sh -c "sh -c 'sleep 0 & exec \"$WITNESS\" state \$! Z 20' && \"$WITNESS\" reaped \$PPID 20 && exit 7"
	[[ $status = 7 ]]
}

@test "orphans are reaped while signals are forwarded" {
	start sh -c "trap : USR1; echo READY; \"$WITNESS\" orphans 2000; \"$WITNESS\" reaped \$PPID 20 && exit 7"
	await_out READY
	while [[ ! -e $code ]]; do
		signal USR1 2>/dev/null || true
	done
	finish
	[[ $status = 7 ]]
}

@test "a hundred thousand orphans, made as fast as can be, are all reaped" {
	alone
	PATIENCE=120
	foster sh -c "\"$WITNESS\" orphans 100000 && \"$WITNESS\" reaped \$PPID 60 && exit 7"
	[[ $status = 7 ]]
	[[ -z $errors ]]
}

@test "twenty thousand orphans that die at one instant are all reaped, and the program that dies among them gives its code" {
	alone
	PATIENCE=120
	foster -w sh -c "\"$WITNESS\" orphans 20000 once; exit 7"
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' "$err") = 20000 ]]
}

@test "several signals are read at once" {
	traced read
	BEFORE=("$WITNESS" pend HUP -- "$WITNESS" pend INT -- "$WITNESS" pend USR1 --)
	foster "$WITNESS" signals 3
	[[ $(received "$out") = '1 2 10' ]]
	foster_calls | grep -E '= (384|512)$' # three of 128 bytes, and SIGCHLD of those who sent them
}

# With that many alive a look for the dead is dear, so foster goes by the pid that SIGCHLD names, and looks for the others a little later.
crowd() { # COMMAND...: the same with a thousand living orphans of foster beside it
	foster "$@" sh -c "\"$WITNESS\" leave 1000 plain -- \"$WITNESS\" exit 0; $script"
}

@test "beside a thousand living orphans none of those whose signals merge stays a zombie" {
	alone
	PATIENCE=120
	script="for round in 1 2 3 4 5 6 7 8 9 10; do \"$WITNESS\" orphans 200 once && \"$WITNESS\" reaped \$PPID 20 || exit 1; done
		for single in 1 2 3 4 5 6 7 8 9 10; do \"$WITNESS\" orphans 1 && \"$WITNESS\" reaped \$PPID 20 || exit 2; done; exit 7"
	crowd --leftovers KILL/60s
	[[ $status = 7 ]]
}

@test "beside a thousand living orphans the program that dies in a crowd gives its code, and all are reaped" {
	alone
	PATIENCE=120
	script="\"$WITNESS\" orphans 1000; \"$WITNESS\" orphans 500 once; exit 7"
	crowd -w --leftovers KILL/60s
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' "$err") = 2500 ]]
}

@test "beside a thousand living orphans foster goes by the pid that SIGCHLD names" {
	alone
	PATIENCE=120
	traced waitid
	script="for i in \$(seq 50); do \"$WITNESS\" orphans 1 && \"$WITNESS\" reaped \$PPID 20 || exit 1; done; exit 7"
	crowd --leftovers KILL/60s
	[[ $status = 7 ]]
	(($(foster_calls | grep -c '^waitid(P_PID') > 40)) # two each: it, and the program
}

@test "beside a thousand living orphans, and in a storm of signals, those who die are reaped" {
	alone
	PATIENCE=120
	start --leftovers KILL/60s sh -c 'trap "" USR1; "$WITNESS" leave 1000 plain -- "$WITNESS" exit 0 >/dev/null; echo READY
		for i in $(seq 50); do "$WITNESS" orphans 1 && "$WITNESS" reaped $PPID 20 || exit 1; done; exit 7'
	await_out READY
	aside storm "$WITNESS" storm "$FOSTER" USR1
	finish
	[[ $status = 7 ]]
}

@test "of a thousand living orphans that end with the program each is told of, and the code is that of who left them" {
	alone
	PATIENCE=120
	script='exit 0'
	crowd -v --leftovers KILL/60s
	[[ $status = 0 ]]
	grep -x 'foster: left over: 936 more' "$err"
	[[ $(grep -c '^foster: left over: .*, killed by KILL: ' "$err") = 64 ]]
	crowd --leftovers KILL/60s --fail-on-leftovers=3
	[[ $status = 3 ]]
}

@test "a thousand living orphans that end with the program cost no wait for each, and a slow one among them keeps its data" {
	alone
	PATIENCE=120
	traced waitid
	script="\"$WITNESS\" leave 1 flush 700 flushed -- \"$WITNESS\" exit 7"
	crowd --leftovers TERM/60s/KILL
	[[ $status = 7 ]]
	[[ $(wc -l <flushed) = 1 ]]
	(($(foster_calls | grep -c '^waitid') < 500))
}

@test "of a thousand living orphans those that are deaf are killed in the end, and foster waits no longer" {
	alone
	PATIENCE=120
	script="\"$WITNESS\" leave 3 stubborn -- \"$WITNESS\" exit 7"
	crowd --leftovers TERM/1s/KILL/60s
	[[ $status = 7 ]]
	((took_ms < 60000))
}
