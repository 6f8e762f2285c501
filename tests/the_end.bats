#!/usr/bin/env bats
# When the program has ended what is left over is asked, given time, and killed; foster leaves the instant that nothing is left.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

insist() { # tells foster twice to stop, where the program has ended by itself; signals of one number merge, so one after the other
	signal TERM
	await_err '^foster: TERM from '
	signal TERM
}

@test "a worker that needs 0.7 s to flush its data loses nothing" {
	foster "$WITNESS" leave 3 flush 700 flushed -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(wc -l <flushed) = 3 ]]
}

@test "foster leaves the instant that nothing is left" {
	alone
	foster "$WITNESS" leave 5 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 2000))
}

@test "foster leaves at once where nothing is left" {
	alone
	foster "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 2000))
}

@test "what ignores TERM is killed after 5 s" {
	foster "$WITNESS" leave 2 stubborn -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms >= 5000))
	((took_ms < 9000))
}

@test "the program's signal is told by the exit code, whatever is left over" {
	foster "$WITNESS" leave 1 plain -- "$WITNESS" die TERM
	[[ $status = 143 ]]
}

@test "a stopped one is continued, so that it can act on TERM" {
	foster "$WITNESS" leave 1 stopped flushed -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(<flushed) = flushed ]]
	((took_ms < 5000))
}

@test "what is left over gets TERM once, and CONT" {
	foster --leftovers TERM/300ms/KILL "$WITNESS" leave 1 record recorded -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(received recorded) = '15 18' || $(received recorded) = '18 15' ]]
}

@test "the whole tree below gets it, not only foster's own children" {
	foster "$WITNESS" leave 2 tree 100 flushed -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(wc -l <flushed) = 4 ]]
}

@test "what forks away from signals is caught up with" {
	alone
	foster --leftovers TERM/200ms/KILL "$WITNESS" leave 1 forker -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 15000))
}

@test "a process of another user is asked too" {
	needs_root
	chmod o+rwx "$BATS_RUN_TMPDIR" .
	foster sh -c "\"$WITNESS\" as 1000 -- \"$WITNESS\" leave 1 flush 100 flushed; exit 7"
	[[ $status = 7 ]]
	[[ $(<flushed) = flushed ]]
}

@test "what may not be signalled does not keep foster for ever" {
	needs_root
	cp "$WITNESS" other
	chown 1000 other
	chmod 4755 other
	BEFORE=("$WITNESS" dropcaps KILL,SETUID --)
	LEFT_BEHIND=yes
	foster --leftovers TERM/200ms/KILL/200ms sh -c "./other as 1000 -- \"$WITNESS\" leave 1 stubborn; exit 7"
	[[ $status = 7 ]]
}

@test "nothing of the host is touched: neither foster's own group, nor its session, nor its parent" {
	in_room subreaper
	# foster's parent, and a neighbour in its own process group
	OUTSIDE=(sh -c '"$WITNESS" record neighbour & "$@"; echo "$?" >foster-status; exec "$WITNESS" signals 1' sh)
	start "$WITNESS" leave 2 plain -- "$WITNESS" signals 1
	await_out READY
	"$WITNESS" await neighbour "$PATIENCE"
	[[ $(ps -o pgid= "$FOSTER") -eq $(ps -o pgid= "$(pgrep -f '^[^ ]*witness record neighbour')") ]]
	aside stranger "$WITNESS" record strange
	"$WITNESS" await strange "$PATIENCE"
	signal USR1
	await_line foster-status '^0$'
	pgrep -f '^[^ ]*witness record neighbour'
	pgrep -f '^[^ ]*witness record strange'
	[[ ! -s neighbour ]]
	[[ ! -s strange ]]
}

@test "a process that docker exec brought into the namespace is counted among the left over" {
	in_room pid1
	start "$WITNESS" signals 1
	await_out READY
	guest guest "$WITNESS" flush 500 "$PWD/flushed"
	await_line guest READY
	signal USR1
	finish
	[[ $status = 0 ]]
	[[ $(<flushed) = flushed ]]
}

@test "a process of docker exec that ignores TERM is killed after the grace" {
	in_room pid1
	start --leftovers TERM/300ms/KILL "$WITNESS" signals 1
	await_out READY
	guest guest "$WITNESS" stubborn
	await_line guest READY
	signal USR1
	finish
	[[ $status = 0 ]]
	"$WITNESS" await guest.code "$PATIENCE"
	((took_ms >= 300))
}

@test "--leftovers none leaves at once" {
	alone
	LEFT_BEHIND=yes
	foster --leftovers none "$WITNESS" leave 1 record recorded -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 2000))
	[[ ! -s recorded ]] # nobody has asked it
	[[ $ROOM != subreaper ]] || pgrep -f '^[^ ]*witness leave 1 record recorded' -P "$GUARD"
}

@test "a ladder is climbed step by step: 200ms/INT/300ms/HUP/200ms/KILL" {
	foster --leftovers 200ms/INT/300ms/HUP/200ms/KILL "$WITNESS" leave 1 record recorded -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(received recorded | sed 's/\b18 \?//g; s/ $//') = '2 1' ]]
	((took_ms >= 700))
	((took_ms < 5000))
}

@test "the times of a ladder are milliseconds, seconds, minutes, and a bare number is seconds" {
	foster --leftovers TERM/1/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	((took_ms >= 1000 && took_ms < 4000))
	foster --leftovers TERM/1s/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	((took_ms >= 1000 && took_ms < 4000))
	start -v --leftovers TERM/1m/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	await_err 'to all that is left'
	insist
	finish
	((took_ms < 20000))
}

@test "a step that ends the last one ends the ladder" {
	foster --leftovers INT/60s/KILL "$WITNESS" leave 1 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	((took_ms < 20000))
}

@test "the time forever has no end, until TERM is sent to foster twice" {
	start -v --leftovers TERM/forever/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	await_err 'to all that is left'
	await_state "$FOSTER" S
	insist
	finish
	[[ $status = 7 ]]
}

@test "a second TERM cuts the grace short, where the program ended at the first" {
	alone
	start -v --leftovers TERM/60s/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" signals 1
	await_out READY
	signal TERM
	await_err 'to all that is left'
	signal TERM
	finish
	[[ $status = 0 ]]
	((took_ms < 20000))
}

@test "leftovers that end by themselves are waited for" {
	foster --leftovers 60s/KILL "$WITNESS" leave 2 flush 0 flushed -- sh -c "pkill -TERM -f '^[^ ]*witness leave 2 flush 0 flushed'; exit 7"
	[[ $status = 7 ]]
	((took_ms < 20000))
}

@test "as PID 1 foster does not leave while there are dead to reap, however long that takes" {
	in_room pid1
	alone
	PATIENCE=120
	traced waitid -e inject=waitid:delay_enter=1000 # 1 ms
	foster -w --leftovers KILL "$WITNESS" leave 1500 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' "$err") = 1500 ]]
	not grep 'cannot be ended' "$err"
	foster -w --leftovers KILL/forever "$WITNESS" leave 300 plain -- "$WITNESS" exit 7
	[[ $status = 7 ]]
	[[ $(grep -c '^foster: reaped pid' "$err") = 300 ]]
}
