#!/usr/bin/env bats
# --timeout: a program that runs for too long is stopped with all that is below foster; the exit code is that of timeout(1).
# shellcheck source-path=SCRIPTDIR source=helper.bash source=waits.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

@test "a program that ends in time keeps its exit code" {
	foster --timeout 60s "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 20000))
	[[ -z $errors ]]
}

@test "a program that runs for too long gets TERM, and the exit code is 124" {
	alone
	foster --timeout 300ms "$WITNESS" plain
	[[ $status = 124 ]]
	((took_ms >= 300 && took_ms < 4000))
	foster --timeout 300ms sh -c 'trap "exit 0" TERM; "$WITNESS" plain & wait'
	[[ $status = 124 ]]
}

@test "where TERM is not enough KILL follows after 5 s, and the exit code is 137" {
	alone
	foster --timeout 200ms "$WITNESS" stubborn
	[[ $status = 137 ]]
	((took_ms >= 5200 && took_ms < 9000))
}

@test "what the program has started gets it at the same time" {
	alone
	foster --timeout 500ms --leftovers 30s/KILL "$WITNESS" leave 1 flush 100 flushed -- "$WITNESS" plain
	[[ $status = 124 ]]
	[[ $(<flushed) = flushed ]]
	((took_ms < 20000))
}

@test "the user's own --stop is the ladder, and whom it names" {
	alone
	foster --timeout 300ms --stop INT/300ms/KILL --leftovers KILL "$WITNESS" leave 1 record recorded -- "$WITNESS" stubborn
	[[ $status = 137 ]]
	((took_ms >= 600 && took_ms < 4000))
	[[ ! -s recorded ]]
	foster --stop=USR1 --timeout=300ms "$WITNESS" signals 1
	[[ $status = 124 ]]
	[[ $(received "$out") = 10 ]]
}

@test "without --timeout, with 0 and with forever no time is too long" {
	for timeout in 0 forever; do
		traced
		foster --timeout "$timeout" "$WITNESS" await never 1
		[[ $status != 124 && $status != 137 ]]
		[[ -z $(timed_waits) ]]
		OUTSIDE=()
	done
}

@test "it is a stop request: another one cuts its wait short, and it cuts that of another one short" {
	alone
	start -v --timeout 300ms --stop TERM/60s/KILL "$WITNESS" stubborn
	await_err '^foster: TERM to the program$'
	signal TERM
	finish
	[[ $status = 137 ]]
	((took_ms < 20000))
	start -v --timeout 3s --stop TERM/60s/KILL "$WITNESS" stubborn
	await_out READY
	signal TERM
	finish
	[[ $status = 137 ]]
	((took_ms >= 3000 && took_ms < 20000))
}

@test "with --wait the time holds for all that is waited for" {
	alone
	foster --wait --timeout 500ms "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
	[[ $status = 124 ]]
	((took_ms >= 500 && took_ms < 4000))
}

@test "a stopped program is no exception" {
	alone
	start --timeout 1s "$WITNESS" plain
	await_out READY
	await_child
	kill -STOP "$CHILD"
	finish
	[[ $status = 124 ]]
	((took_ms < 5000))
}

@test "-e may change 124 and 137, and --stop-ok is not about them" {
	foster -e 124:9 --timeout 200ms "$WITNESS" plain
	[[ $status = 9 ]]
	foster --stop-ok --timeout 200ms "$WITNESS" plain
	[[ $status = 124 ]]
}

@test "FOSTER_TIMEOUT does the same, and -v says that the time is over" {
	BEFORE=(env FOSTER_TIMEOUT=200ms)
	foster -v "$WITNESS" plain
	[[ $status = 124 ]]
	[[ $errors = *'timed out after 0.2 s: stopping'* ]]
}

@test "what is no time is refused, and nothing is started" {
	for wrong in x -1 5x '' 1.5s 5000000000; do
		foster --timeout "$wrong" "$WITNESS" show shown
		[[ $status = 125 ]]
		[[ $errors = *--timeout*"'$wrong'"* ]]
		[[ ! -e shown ]]
	done
}
