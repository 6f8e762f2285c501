#!/usr/bin/env bats
# --report: what happened, as one line of JSON; whole or not at all, and never a reason to wait or to fail.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

value() { # EXPRESSION: in python, of the report r
	python3 -c 'import json, sys; r = json.loads(open("report", "rb").read().decode("utf-8")); print(json.dumps(eval(sys.argv[1])))' "$1"
}

says() { # EXPRESSION: is true of the report
	[[ $(value "$1") = true ]] || fail "not so: $1: $(<report)"
}

@test "a file gets one line of JSON, whose keys name their units" {
	foster --report report "$WITNESS" exit 3
	[[ $status = 3 && -z $output$errors ]]
	[[ $(wc -l <report) = 1 ]]
	python3 -m json.tool report >/dev/null
	[[ $(value 'list(r)') = '["version", "program", "pid", "start", "wall_ms", "user_ms", "system_ms", "max_rss_kib", "program_exit_code", "program_signal", "program_core_dumped", "exit_code", "timed_out", "signals_received", "signals_forwarded", "orphans_reaped", "most_zombies_at_once", "left_over", "leftovers", "unreaped"]' ]]
	says "r['version'] in '$("$BIN" --version)' and r['program'] == '$WITNESS' and r['pid'] > 1"
	says 'r["program_exit_code"] == r["exit_code"] == 3 and r["program_signal"] is None'
	says 'r["program_core_dumped"] == r["timed_out"] == False'
	says 'r["signals_received"] == r["signals_forwarded"] == r["leftovers"] == [] and r["left_over"] == 0'
	BEFORE=(env FOSTER_REPORT=report)
	foster "$WITNESS" exit 4
	says 'r["exit_code"] == 4'
}

@test "how the program ended, and what the exit code became" {
	foster --report report -e 143:9 "$WITNESS" die TERM
	says 'r["program_exit_code"] is None and r["program_signal"] == "TERM" and r["exit_code"] == 9'
	foster --report report --fail-on-leftovers "$WITNESS" leave 1 plain -- "$WITNESS" exit 0
	says 'r["program_exit_code"] == 0 and r["exit_code"] == 123'
	foster --report report --timeout 200ms "$WITNESS" plain
	says 'r["timed_out"] and r["exit_code"] == 124 and r["program_signal"] == "TERM"'
}

@test "a core that was dumped is told of" {
	[[ $(</proc/sys/kernel/core_pattern) != \|* ]] || skip 'cores go to a program here'
	BEFORE=("$WITNESS" limit core 1000000000 --)
	foster --report report "$WITNESS" die SEGV
	says 'r["program_core_dumped"] and r["program_signal"] == "SEGV"'
}

@test "the start is a date of RFC 3339, and the wall time is foster's own" {
	before=$(date -u +%s)
	foster --report report sh -c '"$WITNESS" await never 1; exit 0'
	says 'r["wall_ms"] >= 1000 and r["wall_ms"] < 20000'
	says "__import__('re').fullmatch('\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z', r['start']) is not None"
	started=$(date -ud "$(value 'r["start"]' | tr -d '"')" +%s)
	((started >= before && started <= before + 20))
}

@test "the times are those of the whole tree, a worker in a session of its own among it" {
	alone
	foster --report report --leftovers 30s/KILL sh -c 'setsid python3 -c "
import time
while time.process_time() < 0.5: pass" & exit 0'
	says 'r["user_ms"] + r["system_ms"] >= 500'
	says 'r["max_rss_kib"] > 4000'
}

@test "the signals that came and went, by name" {
	start --report report -r HUP:RTMIN+3 -r WINCH:0 "$WITNESS" signals 2
	await_out READY
	signal HUP
	await_out '^signal=37 '
	signal WINCH
	signal USR1
	finish
	says 'r["signals_received"] == ["HUP", "USR1", "WINCH"] and r["signals_forwarded"] == ["USR1", "RTMIN+3"]'
}

@test "the orphans that were reaped, and the most zombies of one wake-up" {
	foster --report report sh -c '"$WITNESS" orphans 300 && "$WITNESS" reaped $PPID 20'
	says 'r["orphans_reaped"] == 300 and 1 <= r["most_zombies_at_once"] <= 300'
	start --report report --leftovers 30s/KILL sh -c '"$WITNESS" line go go 20; "$WITNESS" orphans 200; echo >made; "$WITNESS" line end end 20; exit 0'
	await_child
	kill -STOP "$FOSTER"
	echo go >go
	"$WITNESS" await made "$PATIENCE"
	kill -CONT "$FOSTER"
	echo end >end
	finish
	says 'r["most_zombies_at_once"] >= 200'
}

@test "who was left over, with what ended each" {
	foster --report report --leftovers TERM/300ms/KILL sh -c "echo \$PPID; \"$WITNESS\" leave 1 stubborn; \"$WITNESS\" leave 1 flush 0 flushed; \"$WITNESS\" leave 1 plain; exit 3"
	parent=$(head -n 1 "$out")
	[[ $(value '[l["pid"] for l in sorted(r["leftovers"], key=lambda l: l["pid"])]') = "[$(sed -n 's/^left //p' "$out" | sort -n | xargs | sed 's/ /, /g')]" ]]
	says "all(l['parent_pid'] == $parent and l['name'] == 'witness' and 0 <= l['age_ms'] < 20000 for l in r['leftovers'])"
	says '{l["command_line"].split(" ", 3)[3]: l["ended_by"] for l in r["leftovers"]} == {"stubborn": "KILL", "flush 0 flushed": "exited", "plain": "TERM"}'
	says 'r["left_over"] == 3'
	[[ -z $errors ]]
}

@test "whatever bytes a process has in its name the report is valid JSON in UTF-8" {
	for bytes in 'a"b\\c' 'a\nb\tc\033' '\377\300\200' 'ü€😀' '\355\240\200' '\364\220\200\200x' '\342\202' '\001\177' '), "x": (' '\360\217\277\277' '\340\200\200x' '\340\240\200\355\237\277\364\217\277\277'; do
		printf %b "$bytes" >bytes
		IFS= read -r -d '' name <bytes || true
		ln -s -- "$WITNESS" "./$name"
		foster --report report --leftovers KILL bash -c '(exec -a "$1" "./$1" plain) & "$WITNESS" line out READY 20' bash "$name"
		rm -f -- out "./$name"
		[[ $status = 0 ]]
		python3 -m json.tool report >/dev/null
		# What is valid UTF-8 is there as it was, any other byte as U+FFFD: as in tree.bats.
		python3 -c '
import json
was = open("bytes", "rb").read()
told = json.loads(open("report", "rb").read().decode("utf-8"))["leftovers"]
want = was.decode("utf-8", "surrogateescape").encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
want = "".join("\ufffd" if 0xdc80 <= ord(c) <= 0xdcff else c for c in want)
assert [(l["name"], l["command_line"]) for l in told] == [(want, want + " plain")], (want, told)'
	done
}

@test "the first 64 of very many are listed, and all are counted" {
	foster --report report --leftovers KILL "$WITNESS" leave 100 plain -- "$WITNESS" exit 0
	says 'r["left_over"] == 100 and len(r["leftovers"]) == 64 and all(l["ended_by"] == "KILL" for l in r["leftovers"])'
}

@test "fd:N is an open descriptor, which the program does not get, or one of the standard ones, which it does" {
	BEFORE=("$WITNESS" lock 9 "$PWD/report" --)
	foster --report fd:9 "$WITNESS" show shown
	says 'r["exit_code"] == 0'
	not grep '^fd 9 ' shown
	BEFORE=()
	foster --report fd:1 sh -c 'echo mine; exit 3'
	[[ $(head -n 1 "$out") = mine ]]
	tail -n 1 "$out" >report
	says 'r["exit_code"] == 3'
	foster --report fd:2 sh -c 'echo mine >&2; exit 3'
	[[ $(head -n 1 "$err") = mine ]]
	tail -n 1 "$err" >report
	says 'r["exit_code"] == 3'
}

@test "a file that is not there is made, and an old report is gone from the beginning" {
	echo old >report
	foster --report "$PWD/report" sh -c 'wc -c <report'
	[[ $output = 0 ]]
	cd ..
	foster --report "$OLDPWD/new" "$WITNESS" exit 0
	[[ -s $OLDPWD/new ]]
}

many_leftovers() { # ARGUMENT...: of a foster whose report is longer than what a pipe holds
	foster "$@" bash -c 'printf -v long "%0300d" 0; exec "$WITNESS" leave 64 plain "${long//0/$'"'\\001'"'}" -- "$WITNESS" exit 7'
	[[ $status = 7 ]]
}

@test "a pipe gets all of a long report, though nobody reads it yet" {
	mkfifo pipe
	exec 7<>pipe
	BEFORE=(bash -c 'exec 5>pipe && exec "$@"' bash)
	many_leftovers --leftovers KILL --report fd:5
	dd if=pipe of=report bs=1M iflag=nonblock status=none || true
	[[ $(wc -c <report) -gt 70000 ]]
	says 'len(r["leftovers"]) == 64'
	BEFORE=()
	foster --report pipe "$WITNESS" exit 7
	dd if=pipe of=report bs=1M iflag=nonblock status=none || true
	says 'r["exit_code"] == 7'
}

@test "a full pipe, a closed reader and a FIFO without one lose the report, and nothing else" {
	mkfifo pipe
	exec 7<>pipe
	head -c 65536 /dev/zero >&7
	foster --report pipe "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
	exec 7<&-
	foster --report pipe "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
	BEFORE=(bash -c 'exec 5> >(:) && wait $! && exec "$@"' bash)
	foster --report fd:5 "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
}

@test "a full disk loses the report, whole, and nothing else" {
	foster --report /dev/full "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
	mkdir small
	OUTSIDE=(unshare -m sh -c 'mount -t tmpfs -o size=4096 none small && { "$@"; code=$?; wc -c <small/report >size; exit "$code"; }' sh)
	needs_root
	many_leftovers --leftovers KILL --report small/report
	[[ $(<size) = 0 ]]
}

@test "what was in a file before stays in it, also where the disk is full" {
	needs_root
	mkdir small
	OUTSIDE=(unshare -m sh -c 'mount -t tmpfs -o size=4096 none small && { echo old >small/log; "$@"; code=$?; cat small/log >log; exit "$code"; }' sh)
	BEFORE=(sh -c 'exec 5>>small/log "$@"' sh)
	many_leftovers --leftovers KILL --report fd:5
	[[ $(<log) = old ]]
	foster --report fd:5 "$WITNESS" exit 7
	[[ $(head -n 1 log) = old ]]
	tail -n 1 log >report
	says 'r["exit_code"] == 7'
}

@test "a limit of the size of files loses the report, and nothing else" {
	BEFORE=(sh -c 'ulimit -f 0; exec "$@"' sh)
	foster --report report "$WITNESS" exit 7
	[[ $status = 7 && -z $errors && ! -s report ]]
}

@test "what cannot be written to is refused, and nothing is started" {
	: >file
	BEFORE=("$WITNESS" open 5 "$PWD/file" --)
	for wrong in missing/report . '' fd:99 fd:x fd: fd:-1 fd:5; do
		foster --report "$wrong" "$WITNESS" show shown
		[[ $status = 125 ]]
		[[ $errors = "foster: --report: $wrong: "[A-Z]* ]]
		[[ $(line_count "$errors") = 1 ]]
		[[ ! -e shown ]]
	done
}

@test "without a program there is a report too, and none where it was not started" {
	start --report report -P
	await_line "/proc/$FOSTER/status" '^SigBlk:.fffffff'
	signal TERM
	finish
	says 'r["program"] is None and r["pid"] is None and r["exit_code"] == 0 and r["signals_received"] == ["TERM"]'
	foster --report report ./missing
	[[ $status = 127 && ! -s report ]]
}
