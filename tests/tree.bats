#!/usr/bin/env bats
# foster --tree shows who is there, whoever they are; it runs nothing.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

export BIN

tree_below() { # COMMAND...: sets tree, what --tree prints of those below foster while the command, which says READY, is its program
	start "$@"
	await_out READY
	tree=$(visit "$BIN" --tree)
}

row() { # PID as seen from here: its line of the tree, as words
	grep -E "^ *$(inside "$1") " <<<"$tree" | tr -s ' ' | sed 's/^ //'
}

column_of() { # PID: where its command begins
	local line command
	line=$(grep -E "^ *$(inside "$1") " <<<"$tree")
	command=$(tr '\0' ' ' <"/proc/$1/cmdline")
	line=${line%"${command% }"*}
	echo ${#line}
}

stop_it() {
	signal TERM "$FOSTER"
	finish
}

# A program with this name and these words, that sleeps until it is told: prints READY.
named() { # NAME [WORD]...
	printf '%s\0' "$@" >words
	cat >named.py <<'P'
import ctypes, os, signal, sys
words = open("words", "rb").read().split(b"\0")[:-1]
if os.environ.get("NAMED"):
    ctypes.CDLL(None).prctl(15, words[0], 0, 0, 0)
    print("READY", flush=True)
    signal.pause()
os.environ["NAMED"] = "yes"
os.execv(sys.executable, [words[0], "named.py"] + words[1:])
P
}

@test "every process of the container has one line, below its parent's" {
	tree_below sh -c '"$WITNESS" plain >ready & "$WITNESS" line ready READY 30 >/dev/null; exec "$WITNESS" plain'
	[[ $(head -n 1 <<<"$tree" | xargs) = 'PID S AGE USER BLOCKED IGNORED CAUGHT COMMAND' ]]
	facts='^[0-9]+ [RS] [0-9]+s [^ ]+ all - - '
	[[ $(row "$FOSTER") =~ $facts ]]
	await_child
	indent=$(column_of "$FOSTER")
	[[ $(column_of "$CHILD") = "$((indent + 2))" ]]
	[[ $(column_of "$(pgrep -P "$CHILD")") = "$((indent + 4))" ]]
	[[ $(tail -n 1 <<<"$tree") = *"$BIN --tree" || $ROOM = subreaper ]]
	stop_it
}

@test "it says what a process blocks, ignores and catches of the signals that stop programs and of CHLD" {
	cat >signals.py <<'P'
import signal
signal.signal(signal.SIGTERM, print)
signal.signal(signal.SIGCHLD, print)
signal.signal(signal.SIGUSR1, print)
print("READY", flush=True)
signal.pause()
P
	tree_below "$WITNESS" block QUIT,USR2 -- "$WITNESS" ignore HUP,INT,PIPE -- python3 signals.py
	await_child
	[[ $(row "$CHILD") = *' QUIT HUP,INT TERM,CHLD '*'python3 signals.py' ]]
	signal KILL "$CHILD"
	finish
}

@test "states are told: a stopped one, one that is traced, and a zombie" {
	cat >states.py <<'P'
import ctypes, os, signal
stopped = os.fork()
if not stopped:
    signal.pause()
dead = os.fork()
if not dead:
    os._exit(0)
traced = os.fork()
if not traced:
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
os.waitpid(traced, os.WUNTRACED)
os.kill(stopped, signal.SIGSTOP)
os.waitpid(stopped, os.WUNTRACED)
os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
print("READY", flush=True)
signal.pause()
P
	tree_below python3 states.py
	await_child
	for child in $(pgrep -P "$CHILD"); do
		row "$child"
	done >rows
	grep -E '^[0-9]+ T .*python3 states.py$' rows
	grep -E '^[0-9]+ t .*python3 states.py$' rows
	grep -E '^[0-9]+ Z .*\[python3\]$' rows
	visit env -u NO_COLOR TERM=xterm "$WITNESS" pty -- "$BIN" --tree </dev/null >coloured
	while read -r pid state _; do
		[[ $state = Z ]] && colour=31 || colour=33
		grep -E $'^\e\\['"${colour}m *$pid $state " coloured
	done <rows
	signal KILL "$CHILD"
	finish
}

@test "names cannot give orders to a terminal, write another line, or turn the direction of writing" {
	named $'a\nb\e[31m' $'x\r\ty\x7f' $'\xff\xc3' $'\xe2\x80\xaegnp' $'\xc2\x9b' $'\xed\xa0\x80' 'plain "\ '
	tree_below python3 named.py
	printed=$(grep -F 'plain "' <<<"$tree")
	[[ $(line_count "$printed") = 1 ]]
	[[ $printed = *'a\nb\x1b[31m named.py x\r\ty\x7f \xff\xc3 \xe2\x80\xaegnp \xc2\x9b \xed\xa0\x80 plain "\ ' ]]
	not grep -qP '[\x00-\x09\x0b-\x1f\x7f]' <<<"$tree"
	stop_it
}

@test "letters of all scripts stay as they are" {
	named Größe 日本語 Ελληνικά 🙂
	tree_below python3 named.py
	grep -qF 'Größe named.py 日本語 Ελληνικά 🙂' <<<"$tree"
	stop_it
}

@test "on a terminal a line ends where the terminal does, counted in columns" {
	wide=日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語
	named "$wide$wide" ééééééééééééééééééééééééééééééééééééééééééééé
	start bash -c '(exec -a "x$0" "$WITNESS" plain) & (exec -a "$0" "$WITNESS" plain) & python3 named.py; wait' "$wide$wide" # a column further
	until (($(grep -c READY "$out") == 3)); do
		((SECONDS < PATIENCE)) || fail 'not all are there'
	done
	visit "$WITNESS" pty -- "$BIN" --tree </dev/null >seen
	python3 - seen <<'P'
import re, sys, unicodedata
seen = [re.sub("\x1b\\[[0-9]*m", "", line) for line in open(sys.argv[1], newline="\r\n").read().split("\r\n")]
wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in seen]
assert max(wide) <= 200, max(wide)
assert {w for line, w in zip(seen, wide) if "日本語" * 5 in line} == {199, 200}, seen
P
	stop_it
}

@test "colours are for terminals, and NO_COLOR and TERM=dumb are honoured" {
	tree_below "$WITNESS" plain
	not grep -q $'\e' <<<"$tree"
	coloured() { # VARIABLE=VALUE...
		visit env -u NO_COLOR TERM=xterm "$@" "$WITNESS" pty -- "$BIN" "${what[@]}" </dev/null | grep -q $'\e\[1m'
	}
	what=(--tree)
	coloured NO_COLOR=
	coloured NO_COLORS=1
	not coloured NO_COLOR=1
	not coloured TERM=dumb
	coloured env -u TERM
	what=(--tree --json)
	not coloured
	stop_it
}

@test "--json is valid JSON in UTF-8, whatever the names are" {
	named $'a\nb"\\' $'x\x01\xff\xe2\x80\xae日' $'\tc\e' $'\xff\xc0\x80\xe9t\xe9' ü€😀 $'\xed\xa0\x80' $'\xf4\x90\x80\x80x' $'\xe2\x82' $'\xf0\x8f\xbf\xbf\x7f\xc2\x9b' $'\xe0\x80\x80\xe0\xa0\x80\xed\x9f\xbf\xf1\x80\x80\x80\xf4\x8f\xbf\xbf' ''
	start python3 named.py
	await_out READY
	visit "$BIN" --json --tree >tree.json
	python3 - "$(await_child && inside "$CHILD")" <<'P'
import json, sys
[program] = [p for p in json.loads(open("tree.json", "rb").read().decode("utf-8")) if p["pid"] == int(sys.argv[1])]
words = open("words", "rb").read().split(b"\0")[:-2]
# What is valid UTF-8 is there as it was, any other byte as U+FFFD: as in report.bats.
want = ["".join("\ufffd" if 0xdc80 <= ord(c) <= 0xdcff else c for c in word.decode("utf-8", "surrogateescape")) for word in words]
assert program["command"] == want[:1] + ["named.py"] + want[1:], program
assert program["name"] == 'a\nb"\\', program
P
	stop_it
}

@test "a user has his name where /etc/passwd has a plain one, else his number" {
	needs_root
	tree_below "$WITNESS" as 54321 -- "$WITNESS" plain
	[[ $(await_child && row "$CHILD") = *' 54321 '* ]]
	stop_it
	tree_below "$WITNESS" as 1 -- "$WITNESS" plain
	[[ $(await_child && row "$CHILD") = *" $(getent passwd 1 | cut -d : -f 1) "* ]]
	stop_it
}

@test "what is no line of /etc/passwd names nobody, and a name that is not plain is none" {
	in_room pid1
	needs_root
	printf '%s\n' comment short:54327: short:x 54327:x:1: no-end:x:54321 no-number:x:x: 'with blank:x:54322:' $'with\x7f:x:54323:' é:x:54324: \
		"$(printf %40s '' | tr ' ' n):x:54325:" plain:x:54326: >passwd
	printf last >>passwd
	BEFORE=(unshare -m sh -c 'mount --bind passwd /etc/passwd && exec "$@"' sh)
	tree_below sh -c 'for uid in 54321 54322 54323 54324 54325 54326 54327; do "$WITNESS" as $uid -- "$WITNESS" plain >&2 & done; exec "$WITNESS" plain'
	until (($(grep -c READY "$err") == 7)); do
		((SECONDS < PATIENCE)) || fail 'not all are there'
	done
	tree=$(visit "$BIN" --tree)
	[[ $(awk '/witness plain$/ { print $4 }' <<<"$tree" | sort | xargs) = '0 54321 54322 54323 54324 54325 54327 plain' ]] || fail "$tree"
	stop_it
}

@test "an age of days is told in days and hours, and one that cannot be known as none" {
	start "$WITNESS" plain
	await_out READY
	visit strace -qq -o /dev/null -e trace=clock_gettime -e inject=clock_gettime:poke_exit=@arg2=0000004000000000 "$BIN" --tree >tree # 2^30 seconds
	tree=$(<tree)
	[[ $(row "$FOSTER") =~ ^[0-9]+\ [RS]\ 124[0-9]{2}d[0-9]{2}h\  ]]
	tree=$(visit "$WITNESS" deny clock_gettime,sysinfo eperm -- "$BIN" --tree)
	[[ $(row "$FOSTER") =~ ^[0-9]+\ [RS]\ 0s\  ]]
	stop_it
}

@test "5,000 processes that come and go are all there, in less than half of the time that ps takes" {
	alone
	in_room pid1
	start sh -c '"$0" >dying & "$WITNESS" line dying READY 30 >ready; exec "$WITNESS" crowd 5000' "$HOUSE/build/zombies/never"
	await_out READY
	visit python3 "$BATS_TEST_DIRNAME/census.py" "$BIN" 10 >census 2>&1 || fail "$(cat census)"
	grep -E '^[0-9]{4} stayed, [1-9].* 3 zombies$' census
	for view in tree zombies; do
		((2 * $(sed -n "s/^$view //p" census) < $(sed -n 's/^ps //p' census))) || fail "$(cat census)"
	done
	signal KILL "$(await_child && echo "$CHILD")"
	finish
}

@test "a depth of 200 is drawn" {
	tree_below "$WITNESS" chain 200
	[[ $(grep -c 'witness chain' <<<"$tree") -ge 200 ]]
	signal KILL "$(await_child && echo "$CHILD")"
	finish
}

@test "where nobody reads it that is a failure, and not a hang" {
	BEFORE=(sh -c 'exec "$@" >/dev/full' sh)
	foster --tree
	[[ $status = 125 ]]
}

@test "without a /proc of its own PID namespace it says so, with 125" {
	in_room pid1
	needs_root
	BEFORE=(sh -c 'umount -l /proc; exec "$@"' sh)
	foster --tree
	[[ $status = 125 ]]
	[[ -z $output ]]
	[[ $errors = 'foster: there is no /proc of this PID namespace to look at' ]]
	BEFORE=()
	ROOM=subreaper OUTSIDE=(unshare -pf --kill-child --)
	foster --zombies
	[[ $status = 125 ]]
}

@test "it runs no program, and says so of one that it is given" {
	foster --tree -- touch ran
	[[ $status = 125 ]]
	[[ $errors = "foster: --tree: takes no value, got 'touch'" ]]
	[[ ! -e ran ]]
}
