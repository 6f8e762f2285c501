#!/usr/bin/env bats
# Messages go to stderr alone, one line each; they never block foster and never end it.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

talk() { # ARGUMENT...: of a foster that has much to say
	foster -v -v -w "$@"
}

@test "nothing is said on stdout, and each line on stderr says who speaks" {
	talk sh -c "echo mine; \"$WITNESS\" orphans 3; exit 7"
	[[ $output = mine ]]
	[[ -n $errors ]]
	not grep -v '^foster: .' "$err"
}

@test "without -v and -w foster says nothing" {
	foster sh -c "\"$WITNESS\" orphans 3; \"$WITNESS\" leave 1 plain >/dev/null; exit 7"
	[[ $status = 7 ]]
	[[ -z $output$errors ]]
}

@test "a full pipe as stderr loses lines, not the init" {
	mkfifo pipe
	exec 7<>pipe # read by nobody
	STDERR=$PWD/pipe
	foster -v -v -w sh -c "\"$WITNESS\" orphans 3000 && \"$WITNESS\" reaped \$PPID 20 && exit 7"
	[[ $status = 7 ]]
	# It was full indeed: what is in it is less than what there was to say, and no line is torn.
	dd if=pipe of=kept bs=65536 iflag=nonblock status=none 2>/dev/null || true # until it is empty
	[[ $(wc -l <kept) -lt 3000 ]]
	[[ $(wc -c <kept) -gt 4000 ]]
	not grep -v '^foster: .*[a-z0-9)]$' kept
}

@test "a full pipe as stderr delays no signal" {
	mkfifo pipe
	exec 7<>pipe
	head -c 65536 /dev/zero >&7 # as much as it takes
	STDERR=$PWD/pipe
	start -v -v -w "$WITNESS" signals 3
	await_out READY
	for name in USR1 USR2 HUP; do
		signal "$name"
		await_out "^signal=$(kill -l "$name") "
	done
	finish
	[[ $status = 0 ]]
}

@test "a pipe whose reader is gone ends nothing" {
	BEFORE=(sh -c '{ "$@"; echo "$?" >&5; } 5>code-told 2>&1 >/dev/null | :' sh)
	mkfifo pipe
	aside reader sh -c 'exec <pipe'
	BEFORE=(sh -c 'exec "$@" 2>pipe' sh)
	start -v -v -w sh -c "\"$WITNESS\" signals 1 2>/dev/null; \"$WITNESS\" orphans 3; exit 7"
	await_out READY
	"$WITNESS" await reader.code "$PATIENCE"
	signal WINCH
	await_child
	signal USR1 "$("$WITNESS" find "$CHILD" "$WITNESS" "$PATIENCE")"
	finish
	[[ $status = 7 ]]
}

@test "the SIGPIPE of foster's own words is not the program's" {
	OUTSIDE=(python3 -c 'import os, sys; os.dup2(os.pipe()[1], 2); os.execvp(sys.argv[1], sys.argv[1:])') # which nobody reads
	start -v -v "$WITNESS" signals until USR1
	await_out READY
	for name in WINCH USR2 USR1; do
		signal "$name"
		await_out "^signal=$(kill -l "$name") "
	done
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = '28 12 10' ]]
}

@test "a closed stderr ends nothing, and what is said goes nowhere" {
	BEFORE=("$WITNESS" close 2 --)
	talk sh -c "\"$WITNESS\" orphans 3; exit 7"
	[[ $status = 7 ]]
	[[ -z $output$errors ]]
	BEFORE=("$WITNESS" close 0,1,2 --)
	talk "$WITNESS" exit 7
	[[ $status = 7 ]]
}

@test "a terminal that others write to at the same moment loses no line" {
	OUTSIDE=(chrt -R -f 1 "$WITNESS" pty --) # a reader that always has its turn, so that the terminal is never full
	BEFORE=(sh -c 'exec "$@" 2>&1' sh)
	talk sh -c "while :; do echo mine; done & writer=\$!; \"$WITNESS\" orphans 2000 && kill \$writer; wait; exit 7" </dev/null
	[[ $status = 7 ]]
	[[ $(grep -c 'foster: reaped .*(witness)' "$out") = 2000 ]]
	grep -q mine "$out"
}

@test "a terminal that is stopped loses lines, and delays no signal" {
	on_terminal
	BEFORE+=(sh -c 'exec "$@" 2>&1' sh)
	start -v -v -w sh -c "python3 -c 'import termios; termios.tcflow(1, termios.TCOOFF)'
		\"$WITNESS\" orphans 1000 && \"$WITNESS\" reaped \$PPID 20 && exec \"$WITNESS\" signals 3 >shown"
	await_line shown READY
	for name in USR1 USR2 HUP; do
		signal "$name"
		await_line shown "^signal=$(kill -l "$name") "
	done
	finish
	[[ $status = 0 ]]
	not grep reaped "$out"
}

@test "to a socket, where the sandbox knows no pwritev2, short lines are told and a report that is too long is lost" {
	cat >between.py <<'P'
import socket, subprocess, sys
ours, theirs = socket.socketpair()
foster = subprocess.Popen(sys.argv[2:], stderr=theirs)
theirs.close()
with open(sys.argv[1], "wb") as told:
    while some := ours.recv(65536):
        told.write(some)
sys.exit(foster.wait())
P
	OUTSIDE=(python3 between.py told)
	BEFORE=("$WITNESS" deny pwritev2 enosys --)
	foster -w --report fd:2 sh -c "\"$WITNESS\" orphans 3; \"$WITNESS\" leave 1 plain; exit 7"
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' told) = 4 ]]
	[[ $(python3 -c 'import json, sys; print(json.loads(sys.stdin.readlines()[-1])["exit_code"])' <told) = 7 ]]
	foster -w --report fd:2 sh -c "\"$WITNESS\" leave 40 plain; exit 7"
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' told) = 40 && $(grep -vc '^foster: ' told) = 0 ]]
}

@test "a full disk as stderr ends nothing" {
	STDERR=/dev/full
	talk sh -c "\"$WITNESS\" orphans 3; exit 7"
	[[ $status = 7 ]]
}

@test "the program's stderr is not made non-blocking by foster" {
	mkfifo pipe
	exec 7<>pipe
	STDERR=$PWD/pipe
	talk "$WITNESS" show shown
	[[ $status = 0 ]]
	grep '^fd 2 ' shown
	not grep nonblocking shown
	# Nor is it afterwards, for whoever else has the pipe.
	not grep -E '^flags:.*[4-7][0-7]{3}$' /proc/self/fdinfo/7
}

@test "foreign bytes in a name are made harmless, so that one line stays one line" {
	name=$'a\n\e[31mb\x80'
	cp "$WITNESS" "./$name"
	foster -v -v -w "./$name" leave 1 plain -- "./$name" exit 0
	[[ $status = 0 ]]
	[[ $errors != *$'\e'* && $errors != *$'\x80'* ]]
	not grep -v '^foster: ' "$err"
	grep -F 'a\n\x1b[31mb\x80' "$err"
}
