#!/usr/bin/env bats
# foster --zombies says who is dead, and who lives and does not wait: of the four classic programs that make zombies, before and after they are mended.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

ZOMBIES=$HOUSE/build/zombies

look() { # sets held, the JSON of the program's zombies, one a line; seen, what people see of them, and told, the code
	seen=$(visit "$BIN" --zombies) && told=0 || told=$?
	visit "$BIN" --zombies --json >zombies.json || true
	held=$(grep -F "\"ppid\":$(inside "$CHILD")," zombies.json || true)
}

held_by_program() { # COUNT WORD: so many zombies are the program's, which deals with CHLD in that way
	look
	[[ $told = 1 ]]
	python3 -m json.tool zombies.json >/dev/null
	[[ $(line_count "$held") = "$1" ]] || fail "$(cat zombies.json)"
	[[ $(grep -c "\"chld\":\"$2\"" <<<"$held") = "$1" ]] || fail "$held"
	grep -A 1 "^pid $(inside "$CHILD") (.*) has $1 unreaped:$" <<<"$seen" | grep "^  $2: "
	local age='([0-9]+m)?[0-9]+s ago' # minutes, where the machine is busy
	(($(grep -cE "^  pid [0-9]+ \\(.*\\): started $age, last ran (about $age|at an unknown time)\$" <<<"$seen") >= $1))
}

held_by_nobody() {
	look
	[[ -z $held ]]
	[[ $ROOM = subreaper ]] || [[ $told = 0 && $seen = 'no zombies' && $(xargs <zombies.json) = '[ ]' ]]
}

end_program() {
	signal KILL "$CHILD"
	finish
}

children() { pgrep -P "$CHILD" | xargs; }

die_at_once() { # all children of the program, while it has no processor
	local child
	signal STOP "$CHILD"
	await_state "$CHILD" T
	"$@"
	children_die
}

go_on() { # and has dealt with the one signal that it has got
	signal CONT "$CHILD"
	await_state "$CHILD" S
	await_line "/proc/$CHILD/status" '^ShdPnd:.0+$'
	await_state "$CHILD" S
}

kill_workers() {
	local worker
	for worker in $(children); do
		signal KILL "$worker"
	done
}

pool() { # [mended]
	start "$ZOMBIES/pool" "$@"
	await_out READY
	await_child
	die_at_once kill_workers
}

children_die() { # all of the program's, and stay
	for child in $(children); do
		await_state "$child" Z
	done
}

@test "a pool whose handler waits once for each signal, before: seven of eight stay" {
	pool
	held_by_program 8 stopped
	go_on
	held_by_program 7 caught
	end_program
}

@test "a pool whose handler waits in a loop, after: none stay" {
	pool mended
	go_on
	held_by_nobody
	end_program
}

python_aside() { # SCRIPT [ARGUMENT]...: sets helper, its pid, once it has written that to the file "ready"
	aside python python3 "$@"
	await_line ready '^[0-9]+$'
	helper=$line
}

server() { # [mended]: and twenty clients, who leave at once
	start "$ZOMBIES/server" "$PWD/socket" "$@"
	await_out READY
	await_child
	cat >clients.py <<'P'
import os, signal, socket
clients = [socket.socket(socket.AF_UNIX) for _ in range(20)]
for client in clients:
    client.connect("socket")
    client.recv(6)
print(os.getpid(), file=open("ready", "w"), flush=True)
signal.pause()
P
	python_aside clients.py
	die_at_once signal KILL "$helper"
}

@test "a server with a process for each connection, before: all but one that ended at once stay" {
	server
	go_on
	held_by_program 19 caught
	end_program
}

@test "a server with a process for each connection, after: none stay" {
	server mended
	go_on
	held_by_nobody
	end_program
}

@test "a program that never waits, before: all stay" {
	start "$ZOMBIES/never"
	await_out READY
	await_child
	children_die
	held_by_program 3 default
	end_program
}

@test "on a terminal that is narrow its lines are whole" {
	in_room pid1
	start "$ZOMBIES/never"
	await_out READY
	await_child
	children_die
	visit "$WITNESS" pty -- sh -c 'stty cols 20 && exec "$0" --zombies' "$BIN" </dev/null | tr -d '\r' | sed -E 's/[0-9]+m?[0-9]*s ago/ago/g' >seen
	look
	diff seen <(sed -E 's/[0-9]+m?[0-9]*s ago/ago/g' <<<"$seen")
	end_program
}

@test "a program that never waits, after: none stay" {
	start "$ZOMBIES/never" mended
	await_out READY
	await_child
	held_by_nobody
	end_program
}

@test "a program that calls system() with CHLD ignored by its starter, before: it gets no status, and --tree says why" {
	BEFORE=("$WITNESS" ignore CHLD --)
	start "$ZOMBIES/system"
	await_out '^returned -1$'
	await_child
	held_by_nobody
	visit "$BIN" --tree | grep -E "^ *$(inside "$CHILD") S +[0-9]+s [^ ]+ +- +CHLD +- +$ZOMBIES/system$"
	end_program
}

@test "a program that calls system() with CHLD ignored by its starter, after: it gets the status" {
	BEFORE=("$WITNESS" ignore CHLD --)
	start "$ZOMBIES/system" mended
	await_out '^returned 768$'
	await_child
	held_by_nobody
	end_program
}

@test "a parent that blocks CHLD is told as one" {
	start "$WITNESS" block CHLD -- "$ZOMBIES/never"
	await_out READY
	await_child
	children_die
	held_by_program 3 blocked
	end_program
}

@test "a parent that ignores CHLD too late is told as one" {
	start python3 -c 'import os, signal
pid = os.fork() or os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("READY", flush=True)
signal.pause()'
	await_out READY
	await_child
	held_by_program 1 ignored
	end_program
}

@test "a traced parent is told as one" {
	needs_root
	start "$ZOMBIES/never"
	await_out READY
	await_child
	children_die
	cat >trace.py <<'P'
import ctypes, os, signal, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
assert libc.ptrace(16, pid, None, None) == 0, ctypes.get_errno()
os.waitpid(pid, 0)
print(os.getpid(), file=open("ready", "w"), flush=True)
signal.pause()
P
	python_aside trace.py "$CHILD"
	held_by_program 3 traced
	signal KILL "$helper"
	end_program
}

@test "a zombie of a parent outside of the namespace is told as one" {
	in_room pid1
	start "$WITNESS" plain
	await_out READY
	await_child
	cat >outside.py <<'P'
import ctypes, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
assert ctypes.CDLL(None).setns(os.open(f"/proc/{sys.argv[1]}/ns/pid", os.O_RDONLY), 0) == 0
pid = os.fork()
if not pid:
    os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(os.getpid(), file=open("ready", "w"), flush=True)
signal.sigwait([signal.SIGUSR1])
P
	python_aside outside.py "$FOSTER"
	look
	[[ $told = 1 ]]
	grep -A 1 '^a process elsewhere has 1 unreaped:$' <<<"$seen" | grep '^  outside: '
	grep -F '"ppid":0,' zombies.json | grep -F '"chld":"outside"'
	signal USR1 "$helper"
	await_end "$helper"
	end_program
}

@test "it says for how long a zombie has not run, where the kernel tells it, and not more" {
	start sh -c 'sleep 2 & echo READY; exec "$WITNESS" plain'
	await_out READY
	await_child
	[[ -e /proc/$CHILD/sched ]] || skip 'needs a kernel with /proc/PID/sched'
	await_state "$(children)" Z
	look
	python3 - "$held" <<'P'
import json, sys
zombie = json.loads(sys.argv[1].rstrip(","))
assert zombie["age_s"] >= 2 and zombie["last_ran_s"] <= 1, zombie
P
	end_program
}

@test "-v and the report name, once, who has not reaped his children, when a stop is asked for" {
	start -v --report report --stop USR1/60s "$WITNESS" ignore USR1 -- "$ZOMBIES/never"
	await_out READY
	await_child
	children_die
	signal TERM
	await_err "^foster: pid $(inside "$CHILD") \(never\) has not reaped 3 of its children$"
	signal TERM
	signal KILL "$CHILD"
	finish
	[[ $(grep -c 'has not reaped' <<<"$errors") = 1 ]]
	grep -E '"unreaped":\[\{"pid":[0-9]+,"name":"never","zombies":3\}\]' report
}

@test "-v names who is left over and has not reaped his children, when the program has ended by itself" {
	start -v sh -c '"$0" & echo $! >left; exec "$WITNESS" signals until USR1' "$ZOMBIES/never"
	await_line "$out" READY
	"$WITNESS" line out '^READY$' "$PATIENCE"
	await_child
	"$WITNESS" await left "$PATIENCE"
	parent=$(pgrep -P "$CHILD")
	for child in $(pgrep -P "$parent"); do
		await_state "$child" Z
	done
	signal USR1
	finish
	grep -E "^foster: pid $(<left) \(never\) has not reaped 3 of its children$" <<<"$errors"
}

@test "of many parents that have not reaped the first sixteen are named, each with its own" {
	start -v --report report sh -c 'for i in $(seq 20); do "$0" >out.$i & done; exec "$WITNESS" signals until TERM' "$ZOMBIES/never"
	await_out READY
	await_child
	for i in {1..20}; do
		"$WITNESS" line "out.$i" READY "$PATIENCE" >/dev/null
	done
	for parent in $(pgrep -P "$CHILD"); do
		for child in $(pgrep -P "$parent"); do
			await_state "$child" Z
		done
	done
	signal TERM
	finish
	[[ $(grep -cE '^foster: pid [0-9]+ \(never\) has not reaped 3 of its children$' <<<"$errors") = 16 ]]
	python3 - <<'P'
import json
unreaped = json.load(open("report"))["unreaped"]
assert len({u["pid"] for u in unreaped}) == 16 and all(u["name"] == "never" and u["zombies"] == 3 for u in unreaped), unreaped
P
}

@test "-v names nobody where all are reaped" {
	start -v "$ZOMBIES/never" mended
	await_out READY
	signal TERM
	finish
	[[ $errors != *reaped* ]]
}
