# What every test loads: foster in its room, and the witness.
#
# A room is where foster lives: PID 1 of a fresh PID namespace (ROOM=pid1), or a subreaper (ROOM=subreaper). A test says nothing of it
# and is run once in each. A promise that holds in one room alone calls in_room.
#
#   foster ARGUMENT...   runs foster to its end: sets status, output, errors and took_ms
#   start ARGUMENT...    starts it and goes on: sets FOSTER, its pid as seen from here
#   finish               waits for its end: sets what foster sets; fails if anything is left behind
#
# To be set before: BEFORE, a command in the room that ends in foster's place (verbs of the witness); OUTSIDE, one around the room;
# STDIN, STDOUT, STDERR, what foster is to use; LEFT_BEHIND=yes where it is to leave something.
#
# Nothing here waits for a length of time: the witness polls for a condition, and a deadline makes the test fail.
# shellcheck shell=bash disable=SC2034 # what these functions set is read by the tests

HOUSE=${BATS_TEST_DIRNAME%/tests*}
BIN=${FOSTER_BIN:-build/foster}
[[ $BIN = /* ]] || BIN=$HOUSE/$BIN
export WITNESS=$HOUSE/build/witness
ROOM=${ROOM:-pid1}
PATIENCE=30 # seconds after which a condition will not come about any more
unset LISTEN_PID
for twin in "${!FOSTER_@}"; do
	[[ $twin = FOSTER_BIN ]] || unset "$twin" # of an option, where the caller uses foster too
done

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	out=$PWD/out err=$PWD/err code=$PWD/code
	BEFORE=() OUTSIDE=() GUARDS=() GUARD='' FOSTER='' CHILD='' LEFT_BEHIND=''
	STDIN=/dev/null STDOUT=$out STDERR=$err
	status='' output='' errors='' took_ms=''
}

# Kills what is left of the test, shows what foster said if the test has failed, and is not content before all is gone.
teardown() {
	local guard stuck=0 i
	if [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		printf 'room %s, status %s\n' "$ROOM" "$status"
		tail -vn 20 "$out" "$err" 2>/dev/null
	fi
	for ((i = ${#GUARDS[@]}; i--;)); do # the last first: he may trace those before, who cannot end then
		guard=${GUARDS[i]}
		"$WITNESS" sweep "$guard" 20 >/dev/null || stuck=1
		wait "$guard" 2>/dev/null || true
	done
	((!stuck)) || fail 'a process of this test cannot be ended'
}

fail() {
	printf '%s\n' "$*" >&2
	return 1
}

not() { # COMMAND: because bash does not end at a plain "!"
	! "$@"
}

needs_root() {
	((EUID == 0)) || skip 'needs root'
}

in_room() { # ROOM: this test is about that one, whichever room is tested
	ROOM=$1
}

alone() { # no other test that says so runs meanwhile: for what is heavy, or measures time
	exec 8<"$WITNESS"
	flock 8
}

now_ms() {
	printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"
}

# ---- foster ----

# Whoever is started here is below a guard, who inherits all that is left and is swept in the end.
aside() { # FILE COMMAND...: runs the command beside foster, its output in FILE
	local file=$1
	shift
	"$WITNESS" guard "$file.code" -- "$@" </dev/null >"$file" 2>&1 3>&- 8>&- 9>&- &
	GUARDS+=($!)
}

# What docker exec does: from outside into the room where foster is PID 1.
ENTER=(nsenter -p -m)
((EUID == 0)) || ENTER=(nsenter -U --preserve-credentials -p -m)

visit() { # COMMAND...: where foster is
	[[ $ROOM = pid1 ]] || {
		"$@"
		return
	}
	"${ENTER[@]}" -t "$FOSTER" "$@"
}

guest() { # FILE COMMAND...: the same beside the test, its output in FILE
	aside "$1" "${ENTER[@]}" -t "$FOSTER" "${@:2}"
}

launch() {
	local -a room=()
	[[ $ROOM != pid1 ]] || room=(unshare -pf --mount-proc --kill-child --)
	[[ $ROOM != pid1 ]] || ((EUID == 0)) || room=(unshare -Urpf --mount-proc --kill-child --)
	[[ ! -e $code ]] || rm "$code"
	launched_ms=$((${EPOCHREALTIME/[.,]/} / 1000))
	"$WITNESS" guard "$code" -- "${OUTSIDE[@]}" "${room[@]}" "$WITNESS" clean -- "${BEFORE[@]}" "$BIN" "$@" \
		<"$STDIN" >"$STDOUT" 2>"$STDERR" 3>&- 8>&- 9>&- &
	GUARD=$!
	GUARDS+=("$GUARD")
}

start() {
	launch "$@"
	FOSTER=$("$WITNESS" find "$GUARD" "$BIN" "$PATIENCE") || fail 'foster has not started'
}

finish() {
	if [[ -n $LEFT_BEHIND ]]; then
		"$WITNESS" await "$code" "$PATIENCE" || fail 'foster has not ended'
	elif ! "$WITNESS" gone "$GUARD" "$PATIENCE"; then
		[[ -e $code ]] || fail 'foster has not ended'
		fail "left behind: $("$WITNESS" sweep "$GUARD" 20)"
	fi
	took_ms=$((${EPOCHREALTIME/[.,]/} / 1000 - launched_ms))
	read -r status <"$code"
	{
		[[ ! -f $out ]] || output=$(<"$out")
		[[ ! -f $err ]] || errors=$(<"$err")
	} 2>/dev/null # bash's words on zero bytes
	[[ -n $LEFT_BEHIND || ${GUARDS[-1]} != "$GUARD" ]] || unset 'GUARDS[-1]'
}

foster() {
	launch "$@"
	finish
}

# ---- conditions ----

await_line() { # FILE EXPRESSION: sets line
	line=$("$WITNESS" line "$1" "$2" "$PATIENCE") || fail "no line in $1 matches: $2"
}

await_out() { await_line "$out" "$1"; }

await_err() { await_line "$err" "$1"; }

await_child() { # sets CHILD, the program's pid as seen from here
	CHILD=$("$WITNESS" child "$FOSTER" "$BIN" "$PATIENCE") || fail 'the program has not started'
}

await_state() { # PID LETTERS, as in ps: T is stopped
	"$WITNESS" state "$1" "$2" "$PATIENCE" || fail "process $1 does not come to be in state $2: $(ps -o pid,stat,args "$1")"
}

await_end() { # PID
	"$WITNESS" gone "$1" "$PATIENCE" || fail "process $1 does not end: $(ps -o pid,stat,args "$1")"
}

alive() { # PID
	[[ -d /proc/$1 ]] && not grep -q '^State:.*Z' "/proc/$1/status"
}

# ---- facts ----

signal() { # SIGNAL [PID]: from outside the room, foster by default
	"$WITNESS" send "${2:-$FOSTER}" "$1" >/dev/null
}

inside() { # PID: the same process as it is numbered in the room
	awk '/^NSpid:/ { print $NF }' "/proc/$1/status"
}

fact() { # NAME FILE: what the witness's show wrote of it
	awk -v name="$1" '$1 == name { sub(/^[^ ]+ /, ""); print }' "$2"
}

received() { # FILE: the signals that the witness wrote of, by number
	grep -o '^signal=[0-9]*' "$1" | cut -d = -f 2 | xargs
}

foster_calls() { # the system calls of foster itself in the file that traced had strace write
	awk -v start="execve(\"$BIN\"" 'index($0, start) && !pid { pid = $1 } $1 == pid && pid { sub(/^[0-9]+ +/, ""); print }' trace
}

traced() { # [CALLS [OPTION OF STRACE]...]: foster will be under strace
	OUTSIDE=(strace -f -qq -o "$PWD/trace" -e trace="${1:+execve,}${1:-all}" "${@:2}" -- "${OUTSIDE[@]}")
}

line_count() { # TEXT
	if [[ -n $1 ]]; then wc -l <<<"$1"; else echo 0; fi
}

type_keys() { # TEXT, with printf's escapes: on the terminal that on_terminal made
	printf '%b' "$1" >&9
}

on_terminal() { # foster's terminal is a new one; what is typed comes from type_keys, what it shows goes to out
	mkfifo keys
	exec 9<>keys
	STDIN=keys
	OUTSIDE=("$WITNESS" pty --)
	BEFORE=("$WITNESS" control -- "${BEFORE[@]}")
}
