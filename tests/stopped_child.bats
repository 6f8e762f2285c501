#!/usr/bin/env bats
# A stopped program is somebody's business: a shell's where there is one, foster's where there is none.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

@test "as PID 1 foster continues a program stopped by TSTP, TTIN or TTOU at once, for nobody could fg it" {
	in_room pid1
	for name in TSTP TTIN TTOU; do
		foster "$WITNESS" stop "$name" -- "$WITNESS" exit 7
		[[ $output = $'STOPPING\nCONTINUED' ]]
		[[ $status = 7 ]]
	done
}

@test "who is stopped by its terminal again and again is continued less and less often" {
	in_room pid1
	start sh -c 'trap "exit 7" USR1; for again in 1 2 3 4 5 6; do kill -TTIN $$; echo "$again"; done; exit 7'
	await_out '^1$' # the first time at once
	since_ms=$(now_ms)
	await_out '^6$'
	(($(now_ms) - since_ms >= 1200)) # 100, 200, 400 and 800 ms later than the one before
	finish
	[[ $status = 7 ]]
}

@test "not PID 1 foster stops with the signal that stopped the program, and goes on with it" {
	in_room subreaper
	OUTSIDE=("$WITNESS" parent --)
	for name in TSTP TTIN TTOU 'TTIN without a group'; do
		[[ $name != *group ]] || BEFORE=("$WITNESS" deny setpgid eperm --)
		name=${name%% *}
		start "$WITNESS" stop "$name" -- "$WITNESS" exit 7
		await_out "^stopped by $(kill -l "$name")\$"
		await_child
		await_state "$CHILD" T
		kill -CONT -- "-$(ps -o pgid= "$FOSTER" | xargs)" # as a shell does for fg and bg
		finish
		grep -x CONTINUED "$out"
		[[ $status = 7 ]]
	done
}

@test "foster stops again and again, as often as its program does" {
	in_room subreaper
	OUTSIDE=("$WITNESS" parent --)
	start "$WITNESS" stop TSTP -- "$WITNESS" stop TTIN -- "$WITNESS" stop TTOU -- "$WITNESS" exit 7
	for number in 20 21 22; do
		await_out "^stopped by $number\$"
		kill -CONT -- "-$(ps -o pgid= "$FOSTER" | xargs)"
	done
	finish
	[[ $(grep -c ^CONTINUED "$out") = 3 ]]
	[[ $status = 7 ]]
}

@test "where foster cannot be stopped, because no shell is there to continue it, the program is continued" {
	in_room subreaper
	OUTSIDE=(setsid --fork --wait)
	foster "$WITNESS" stop TSTP -- "$WITNESS" exit 7
	[[ $output = $'STOPPING\nCONTINUED' ]]
	[[ $status = 7 ]]
}

@test "a program stopped by STOP is left alone, and goes on when foster gets CONT" {
	start -v "$WITNESS" stop STOP -- "$WITNESS" exit 7
	await_child
	await_state "$CHILD" T
	signal WINCH
	await_err WINCH
	await_state "$FOSTER" S
	grep '^State:.*T' "/proc/$CHILD/status"
	signal CONT
	finish
	[[ $output = $'STOPPING\nCONTINUED' ]]
	[[ $status = 7 ]]
}

@test "TERM, INT, HUP and QUIT to a stopped program are followed by CONT" {
	for name in TERM INT HUP QUIT; do
		start "$WITNESS" stop STOP
		await_child
		await_state "$CHILD" T
		signal "$name"
		finish
		[[ $status = $((128 + $(kill -l "$name"))) ]]
	done
}

@test "a stopped program that handles TERM gets to do so" {
	start sh -c "trap 'echo bye; exit 7' TERM; \"$WITNESS\" stop 0; kill -STOP \$\$; echo not reached; exit 1"
	await_child
	await_state "$CHILD" T
	signal TERM
	finish
	[[ $output = *bye ]]
	[[ $status = 7 ]]
}

@test "other signals leave a stopped program stopped" {
	start -v "$WITNESS" stop STOP -- "$WITNESS" exit 7
	await_child
	await_state "$CHILD" T
	signal WINCH
	signal URG
	await_err URG
	await_state "$FOSTER" S
	grep '^State:.*T' "/proc/$CHILD/status"
	signal CONT
	finish
	[[ $status = 7 ]]
}

# ---- as PID 1 with a terminal, as after docker run -it ----

@test "Ctrl-Z does not freeze a container" {
	in_room pid1
	on_terminal
	start sh -c "trap 'echo woken' CONT; echo READY; while :; do \"$WITNESS\" await never 0.1; done"
	await_out READY
	type_keys '\032'
	await_out woken
	type_keys '\003'
	finish
	[[ $status = 130 ]]
}

@test "an interactive shell that foster runs has job control" {
	in_room pid1
	on_terminal
	BEFORE=(env "PATH=$PATH" TERM=dumb 'PS1=[\#]$ ' "${BEFORE[@]}")
	start bash --norc --noprofile -i
	await_out '\[1\]\$ '
	type_keys 'cat\r'
	PROGRAM=$("$WITNESS" find "$GUARD" "$(realpath "$(type -P cat)")" "$PATIENCE")
	type_keys '\032'
	await_out '\[2\]\$ '
	await_out 'Stopped'
	type_keys 'fg\r'
	await_state "$PROGRAM" S
	type_keys '\004'
	await_out '\[3\]\$ '
	type_keys 'exit 5\r'
	finish
	[[ $status = 5 ]]
	not grep -i 'job control' "$out"
}

# ---- not PID 1, under an interactive bash ----

bash_starts() { # on a terminal of its own; sets SHELL_PID
	rm -f keys screen
	mkfifo keys
	exec 9<>keys
	prompts=0
	"$WITNESS" guard "$code" -- "$WITNESS" pty -- "$WITNESS" clean -- "$WITNESS" control -- \
		env -i "PATH=$PATH" TERM=dumb 'PS1=[\#]$ ' "WITNESS=$WITNESS" bash --norc --noprofile -i \
		<keys >screen 2>&1 3>&- 8>&- 9>&- &
	GUARDS+=($!)
	SHELL_PID=$("$WITNESS" find $! "$(realpath "$(type -P bash)")" "$PATIENCE")
	await_prompt
}

await_prompt() {
	prompts=$((prompts + 1))
	await_line screen "\\[$prompts\\]\\\$ "
}

enter() { # LINE: and waits for the next prompt
	type_keys "$1\\r"
	await_prompt
}

enter_program() { # LINE: of a program that says READY; sets PROGRAM
	local seen
	seen=$(grep -c READY screen) || true
	type_keys "$1\\r"
	until (($(grep -c READY screen) > seen)); do
		"$WITNESS" await never 0.02 || true
	done
	PROGRAM=$("$WITNESS" find "$SHELL_PID" "$WITNESS" "$PATIENCE")
}

enter_fg() { # and waits until the terminal is no more the shell's, and the program runs
	type_keys 'fg\r'
	until (($(ps -o tpgid= "$SHELL_PID") != SHELL_PID)); do
		"$WITNESS" await never 0.02 || true
	done
	await_state "$PROGRAM" S
}

key() { # KEY: and waits for the prompt that it brings
	type_keys "$1"
	await_prompt
}

tidy() { # what was on the screen, as it is to be the same with and without foster
	tr -d '\r' <"$1" | sed "s|$BIN \\(--pidns \\)\\?||g; s/\\(\\[[0-9]*\\]\\$ \\)/\\n\\1/g; s/^\\(\\[1\\]\\) [0-9]*\$/\\1/" | grep -v '^ *$'
}

same_under_foster() { # FUNCTION: plays a scene without foster, with one and with two of it in front of the program
	in_room subreaper
	bash_starts
	"$1" ''
	mv screen without
	for foster in "$BIN --pidns " "$BIN "; do
		bash_starts
		"$1" "$foster"
		mv screen with
		diff <(tidy without) <(tidy with)
		[[ $(tidy with | wc -l) -gt 3 ]]
	done
}

stop_and_go() {
	enter_program "$1\$WITNESS plain"
	key '\032'
	enter jobs
	enter_fg
	key '\032'
	enter jobs
	enter bg
	await_state "$PROGRAM" S
	enter jobs
	enter_fg
	key '\003'
	enter 'echo "code $?"'
	enter jobs
}

@test "Ctrl-Z, jobs, fg, bg and Ctrl-C under an interactive bash behave as without foster" {
	same_under_foster stop_and_go
	grep -q 'code 130' with
	grep -q Stopped with
}

stop_what_was_in_the_background() {
	enter_program "$1\$WITNESS plain"
	key '\032'
	enter bg
	await_state "$PROGRAM" S
	enter_fg
	key '\032'
	enter jobs
	enter_fg
	key '\003'
	enter 'echo "code $?"'
}

@test "Ctrl-Z reaches a program that was in the background before" {
	same_under_foster stop_what_was_in_the_background
	[[ $(tidy with | grep -c Stopped) -ge 2 ]]
}

quit_by_key() {
	enter_program "$1\$WITNESS signals 1"
	key '\034'
	enter 'echo "code $?"'
}

@test "Ctrl-\\ reaches the program as without foster" {
	same_under_foster quit_by_key
	grep -q 'signal=3 ' <(grep -o 'signal=[0-9]* ' with)
}


typing() {
	type_keys 'SHOUT='"'"'while read -r word; do echo "heard $word"; done; echo over'"'"'\r'
	await_prompt
	type_keys "${1}bash -c \"\$SHOUT\"\\r"
	PROGRAM=$("$WITNESS" find "$SHELL_PID" "$(realpath "$(type -P bash)")" "$PATIENCE")
	type_keys 'one\r'
	await_line screen 'heard one'
	key '\032'
	enter_fg
	type_keys 'two\r'
	await_line screen 'heard two'
	key '\032'
	type_keys 'bg\r' # it reads, and so is stopped by TTIN
	await_prompt
	await_state "$PROGRAM" T
	enter ':'
	enter jobs
	enter_fg
	type_keys 'three\r'
	await_line screen 'heard three'
	type_keys '\004'
	await_line screen over
	await_prompt
	enter 'echo "code $?"'
}

@test "a program that reads from the terminal is stopped in the background and reads on in the foreground, as without foster" {
	same_under_foster typing
	grep -q 'heard three' with
}

reading_late() {
	rm -f go
	type_keys 'LATE='"'"'"$WITNESS" await go 30; read -r word; echo "heard $word"'"'"'\r'
	await_prompt
	enter "${1}bash -c \"\$LATE\" &"
	type_keys 'fg\r'
	until (($(ps -o tpgid= "$SHELL_PID") != SHELL_PID)); do
		"$WITNESS" await never 0.02 || true
	done
	echo >go
	type_keys 'word\r'
	await_line screen 'heard word'
	await_prompt
	enter 'echo "code $?"'
}

@test "a program that is taken from the background to the foreground before it reads from the terminal reads, as without foster" {
	same_under_foster reading_late
	grep -q 'code 0' with
}
