#!/usr/bin/env bats
# A stop request climbs the ladder of --stop for as long as the program lives.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

WIDENING=main:TERM/2s/group:TERM/3s/all:TERM/5s/all:KILL

@test "bash with a TERM trap and a foreground sleep 60 stops within the widening time" {
	start --stop "$WIDENING" bash -c 'trap "exit 3" TERM; sh -c "echo READY; exec sleep 60"; exit 4'
	await_out READY
	ask
	finish_stop
	[[ $status = 3 ]]
	((stop_ms >= 2000))
	((stop_ms < 4500)) # and not with the next rung
}

@test "a program drains its own workers before anybody but itself is asked" {
	start --stop main:TERM/60s/group:TERM/3s/all:TERM/5s/all:KILL bash -c '
		"$WITNESS" signals until USR1 >worker &
		trap "kill -USR1 $!; wait $!; exit 5" TERM
		"$WITNESS" line worker READY 20
		wait'
	await_out READY
	ask
	finish_stop
	[[ $status = 5 ]]
	[[ $(received worker) = 10 ]]
	((stop_ms < 20000))
}

@test "main: means the program, group: its process group, all: everything below foster" {
	start --stop main:USR1/300ms/group:USR2/300ms/all:HUP/300ms/all:KILL sh -c '
		"$WITNESS" record member &
		"$WITNESS" leave 1 record daemon
		exec "$WITNESS" record main'
	for file in main member daemon; do
		"$WITNESS" await $file "$PATIENCE"
	done
	ask
	finish_stop
	[[ $status = 137 ]]
	sed -i '/^signal=18 /d' main member daemon # a HUP is followed by a CONT
	[[ $(received main) = '10 12 1' ]]
	[[ $(received member) = '12 1' ]]
	[[ $(received daemon) = 1 ]]
	((stop_ms >= 900))
}

@test "a signal without such a word is for the program alone" {
	start --stop USR1/300ms/all:KILL sh -c '"$WITNESS" record member & exec "$WITNESS" record main'
	"$WITNESS" await main "$PATIENCE"
	"$WITNESS" await member "$PATIENCE"
	ask
	finish
	[[ $(received main) = 10 ]]
	[[ -z $(received member) ]]
}

@test "all: reaches whom docker exec brought into the namespace" {
	in_room pid1
	start --stop all:USR1 "$WITNESS" signals until TERM
	await_out READY
	guest guest "$WITNESS" signals 1
	await_line guest READY
	ask
	await_line guest '^signal=10 '
	signal TERM "$(await_child && echo "$CHILD")"
	finish
	[[ $status = 0 ]]
}

@test "10s/TERM/30s/KILL delays the stop: the program works on for that time and is asked then" {
	start --stop 700ms/TERM/60s/KILL "$WITNESS" signals until TERM
	await_out READY
	ask_first
	signal USR1
	await_out '^signal=10 '
	not grep '^signal=15 ' "$out"
	finish_stop
	[[ $status = 0 ]]
	[[ $(received "$out") = '10 15' ]]
	((stop_ms >= 700))
	((stop_ms < 20000))
}

@test "a program that ignores TERM is killed when the time of the ladder is over" {
	start --stop 200ms/TERM/400ms/KILL "$WITNESS" stubborn
	await_out READY
	ask
	finish_stop
	[[ $status = 137 ]]
	((stop_ms >= 600))
	((stop_ms < 10000))
}

serve_a_slow_request() { # OPTION...: a request is on its way, on descriptor 7
	start "$@" "$WITNESS" serve 3
	await_out READY
	await_out '^port '
	exec 7<>"/dev/tcp/127.0.0.1/${line#port }"
	echo 'a slow request' >&7
	read -r -t "$PATIENCE" reply <&7
	[[ $reply = working ]]
}

@test "a prefork server drains a slow request through --stop QUIT" {
	serve_a_slow_request --stop QUIT
	ask
	await_out '^ending by 3$'
	echo 'and its end' >&7
	read -r -t "$PATIENCE" reply <&7
	[[ $reply = answer ]]
	finish
	[[ $status = 0 ]]
}

@test "without --stop QUIT the same server would lose it" {
	serve_a_slow_request
	ask
	finish
	not read -r -t "$PATIENCE" reply <&7
}

@test "a second stop request cuts the current wait short, and a third one the next" {
	start --stop 60s/INT/60s/USR1/60s/KILL "$WITNESS" signals until TERM
	await_out READY
	ask_first
	[[ -z $(received "$out") ]]
	ask_first
	await_out '^signal=2 '
	[[ $(received "$out") = 2 ]]
	ask_first
	await_out '^signal=10 '
	ask
	finish_stop
	[[ $status = 137 ]]
	[[ $(received "$out") = '2 10' ]]
	((took_ms < 40000))
}

@test "without --stop TERM is forwarded, each time, and no timer runs: the engine owns the deadline" {
	traced
	start "$WITNESS" signals 3
	await_out READY
	ask_first
	await_out '^signal=15 '
	ask_first
	await_line "$out" '^signal=15 ' # the file has two such lines now, or will have
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(received "$out" | tr ' ' '\n' | sort | uniq -c | xargs) = '1 10 2 15' ]]
	[[ -z $(timed_waits) ]]
}

@test "no timer runs before a stop is asked for, nor when the ladder is at its end" {
	traced
	start --stop TERM/100ms/INT --stop-ok --if-caught HUP --wait "$WITNESS" signals until USR1
	await_out READY
	[[ -z $(timed_waits) ]]
	ask
	await_out '^signal=2 '
	signal USR2
	await_out '^signal=12 '
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(timed_waits | wc -l) -ge 1 ]] # so it would be seen
	[[ -z $(timed_waits | sed 1,1d) ]] # the one between the ladder's TERM and INT
}

@test "all is timed by one clock, CLOCK_MONOTONIC, and by no timer of the kernel's; others tell ages, dates and what a look costs alone" {
	traced
	foster --stop TERM/30s/KILL --leftovers TERM/100ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	[[ $(foster_calls | grep -oE 'CLOCK_[A-Z_]+' | grep -v THREAD_CPUTIME | sort -u) = CLOCK_MONOTONIC ]]
	not grep -E '^(timer_create|timerfd_create|setitimer|alarm|gettimeofday|time|(clock_)?nanosleep)\(' <(foster_calls)
	foster -v --report /dev/null --leftovers TERM/100ms/KILL "$WITNESS" leave 2 stubborn -- "$WITNESS" exit 7
	[[ $(foster_calls | grep -oE 'CLOCK_[A-Z_]+' | grep -vE 'MONOTONIC|THREAD_CPUTIME' | sort) = $'CLOCK_BOOTTIME\nCLOCK_REALTIME' ]]
	[[ $(cd "$HOUSE/src" && grep -lE 'CLOCK_(REALTIME|BOOTTIME|TAI)' -- *.c | xargs) = 'leftovers.c report.c view.c' ]]
	[[ $(cd "$HOUSE/src" && grep -l ladder_spent_us -- *.c | xargs) = 'ladder.c reap.c' ]]
	not grep -E 'timerfd|timer_create|setitimer|gettimeofday|\b(alarm|time|usleep|sleep)\(' "$HOUSE"/src/*.c
}

@test "TERM is a stop request, and so is any signal rewritten to the word stop" {
	for name in TERM INT USR1 RTMIN+3; do
		start --stop QUIT -r INT:stop -r USR1:stop -r RTMIN+3:stop "$WITNESS" signals until 3
		await_out READY
		ask "$name"
		finish
		[[ $(received "$out") = 3 ]]
	done
}

@test "rewritten to stop without --stop, a signal sends TERM" {
	start -r INT:stop "$WITNESS" signals 1
	await_out READY
	ask INT
	finish
	[[ $(received "$out") = 15 ]]
}

@test "with -g and without --stop, a signal rewritten to stop sends TERM to the group" {
	start -g -r INT:stop sh -c '"$WITNESS" signals until USR1 >member & exec "$WITNESS" signals until USR1'
	await_out READY
	await_line member READY
	ask INT
	await_out '^signal=15 '
	await_line member '^signal=15 '
	signal USR1
	finish
	[[ $(received "$out") = '15 10' ]]
}

@test "requests of two kinds are a first and a second one" {
	start -r INT:stop --stop 60s/QUIT/60s/KILL "$WITNESS" signals until 3
	await_out READY
	ask_first TERM
	ask INT
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = 3 ]]
	((took_ms < 40000))
}

@test "other signals are forwarded as ever during a stop" {
	start --stop 60s/TERM/60s/KILL -r USR2:HUP "$WITNESS" signals until TERM
	await_out READY
	ask_first
	for pair in USR1:10 INT:2 USR2:1 WINCH:28 40:40; do
		signal "${pair%:*}"
		await_out "^signal=${pair#*:} "
	done
	not grep '^signal=15 ' "$out"
	ask
	finish
	[[ $status = 0 ]]
	[[ $(received "$out") = '10 2 1 28 40 15' ]]
}

@test "a stopped program is continued, so that it can act on the ladder's TERM" {
	in_room pid1 # elsewhere foster is stopped with it
	start --stop TERM/60s/KILL "$WITNESS" stop STOP -- "$WITNESS" plain
	await_child
	await_state "$CHILD" T
	ask
	finish_stop
	[[ $status = 143 ]]
	((stop_ms < 20000))
}

@test "the end of the program ends the ladder: what is left over gets its own" {
	start --stop TERM/200ms/all:KILL "$WITNESS" leave 2 flush 700 flushed -- "$WITNESS" plain
	await_out READY
	ask
	finish
	[[ $status = 143 ]]
	[[ $(wc -l <flushed) = 2 ]]
}

@test "stopping an obedient tree costs milliseconds" {
	alone
	best_ms=1000000
	for ((i = 0; i < 10; i++)); do
		start --stop "$WIDENING" sh -c '"$WITNESS" plain >member & "$WITNESS" line member READY 20 >ready && exec "$WITNESS" leave 2 plain -- "$WITNESS" plain'
		await_out READY
		ask
		await_end "$FOSTER"
		stop_ms=$(($(now_ms) - asked_ms))
		finish
		((stop_ms < 2000)) # the first wait
		((stop_ms >= best_ms)) || best_ms=$stop_ms
	done
	((best_ms < 1000)) # some ten of them where the machine has nothing else to do; the next test sees every single sleep
}

@test "every wait ends at the instant the last process is gone: none is slept to its end" {
	traced
	start --stop TERM/30s/KILL --leftovers TERM/30s/KILL "$WITNESS" leave 3 flush 300 flushed -- "$WITNESS" flush 300 flushed
	await_out READY
	ask
	finish_stop
	[[ $status = 0 ]]
	[[ $(wc -l <flushed) = 4 ]]
	[[ $(timed_waits | wc -l) -ge 2 ]]
	[[ -z $(slept) ]]
}

@test "a wrong ladder is bad input: one line that names it, 125, and nothing is started" {
	for ladder in '' / TERM/ /TERM TERM//KILL FOO TERM/5x/KILL -1s 1.5s 5sec everyone:TERM mine:TERM main: main:5s all:FOO group:/5s SIGSIG TERM/none \
		99999999999s 25000000s 1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20; do
		foster --stop "$ladder" "$WITNESS" show shown
		[[ $status = 125 ]] || fail "$ladder: $status"
		[[ $errors = *--stop*"'$ladder'"* ]]
		[[ $(wc -l <"$err") = 1 ]]
		[[ ! -e shown ]]
		[[ -z $output ]]
	done
	foster --stop
	[[ $status = 125 ]]
	[[ $(wc -l <"$err") = 1 ]]
}

@test "ladders of many steps and all spellings are taken" {
	for ladder in none TERM SIGTERM 15 -15 -TERM main:9 all:SIGKILL/forever TERM/5/KILL 1m/RTMIN+3/500ms/64/2h/KILL 5s/5s/TERM/0/KILL \
		INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/INT/1/KILL; do
		foster --stop "$ladder" "$WITNESS" exit 7
		[[ $status = 7 ]] || fail "$ladder: $errors"
		[[ -z $errors ]]
	done
}

@test "each of these options has its twin in the environment, which the program does not see" {
	BEFORE=(env FOSTER_STOP=QUIT FOSTER_STOP_OK=1 FOSTER_IF_CAUGHT=HUP,USR1 FOSTER_WAIT=last FOSTER_ORPHANS=keep FOSTER_REWRITE=INT:stop)
	start sh -c 'env | grep ^FOSTER_ | grep -v ^FOSTER_BIN= >seen; exec "$WITNESS" plain'
	await_out READY
	signal HUP
	signal USR1
	ask INT
	finish
	[[ $status = 0 ]]
	[[ -z $(<seen) ]]
}
