#!/usr/bin/env bats
# A CI job that fails with 3 and leaves a worker, one in a session of its own and a daemon that ignores TERM: it ends, its output ends, nothing is left.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

JOB=$BATS_TEST_DIRNAME/leaving-job

ends_well() { # ARGUMENT...: of the foster that runs the job; its output is a pipe
	mkfifo pipe
	STDOUT=pipe
	cat pipe >all &
	reader=$!
	foster "$@" "$JOB"
	wait "$reader" # the pipe is closed: nobody has it any more
	rm pipe
	[[ $status = 3 ]]
	((took_ms >= 5000 && took_ms < 8000))
}

needs() { # PROGRAM
	type -P "$1" >/dev/null || skip "needs $1"
}

@test "as PID 1 or as a subreaper: exit code 3, the pipe closed, nobody left, in the time of the ladder" {
	alone
	ends_well
}

@test "the same in a PID namespace of its own, as root" {
	in_room subreaper
	alone
	ends_well --pidns
}

@test "the same in a PID namespace of its own, as nobody" {
	in_room subreaper
	needs_root
	alone
	chmod o+rwx "$BATS_RUN_TMPDIR" .
	BEFORE=("$WITNESS" as 65534 --)
	ends_well --pidns
}

@test "the same as PID 1 of bubblewrap" {
	in_room subreaper
	needs bwrap
	alone
	BEFORE=(bwrap --as-pid-1 --unshare-pid --dev-bind / / --proc /proc --)
	ends_well
}

@test "who is left over is told of, and the timeout of a job that hangs ends it as well" {
	alone
	foster --fail-on-leftovers -e 3 --leftovers TERM/300ms/KILL "$JOB"
	[[ $status = 123 ]]
	[[ $(line_count "$errors") = 4 ]]
	[[ $(grep -c '^foster: left over: .*, killed by TERM: .*sleep 1000$' "$err") = 2 ]]
	[[ $(grep -c '^foster: left over: .*, killed by KILL: ' "$err") = 2 ]]
	foster --timeout 300ms --stop all:TERM/300ms/all:KILL sh -c "\"$JOB\"; exec \"$WITNESS\" stubborn"
	[[ $status = 137 ]]
	((took_ms < 4000))
}

recipe() { # LANGUAGE: the block of README.md's section on CI in that language
	sed -n '/^## CI jobs/,/^## /p' "$HOUSE/README.md" | sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" | sed '1d;$d'
}

@test "the step and the make rule that README.md shows run as they stand, and tell of who was left over" {
	in_room subreaper
	mkdir path
	ln -s "$BIN" path/foster
	PATH=$PWD/path:$PATH
	recipe make >Makefile
	printf '#!/bin/sh\nexec "$WITNESS" leave 1 plain -- true\n' >run-tests
	chmod +x run-tests
	step=$(recipe yaml | python3 -c 'import sys, yaml; print(yaml.safe_load(sys.stdin)[0]["run"])')
	run env -u MAKEFLAGS sh -c "exec 3>&-; $step"
	[[ $status = 2 ]] # make's, for a rule that failed
	[[ $output = *'left over: '*'killed by TERM: '*'witness leave 1 plain'* ]]
	[[ $output = *'Error 123'* ]]
	python3 -c 'import json; report = json.load(open("step.json")); assert report["exit_code"] == 2 and not report["left_over"]'
}
