#!/usr/bin/env bats
# Each option does what its help says, by its short name, its long name and its environment twin.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

exits() { # EXPECTED ARGUMENT...
	foster "${@:2}"
	[[ $status = "$1" ]] || fail "exit code $status instead of $1: foster ${*:2}"
}

with() { # VARIABLE=VALUE...: in foster's environment
	BEFORE=(env "$@")
}

@test "-e CODE gives 0 for that code alone" {
	exits 0 -e 143 "$WITNESS" die TERM
	exits 0 -e 7 "$WITNESS" exit 7
	exits 8 -e 7 "$WITNESS" exit 8
	exits 0 -e7 "$WITNESS" exit 7
	exits 0 --exit 7 "$WITNESS" exit 7
	exits 0 --exit=7 "$WITNESS" exit 7
	exits 0 -e 255 "$WITNESS" exit 255
}

@test "-e CODE:TO gives another code, and can be repeated" {
	exits 3 -e 7:3 "$WITNESS" exit 7
	exits 9 -e 7:3 -e 8:9 "$WITNESS" exit 8
	exits 3 -e 7:3 -e 8:9 "$WITNESS" exit 7
	exits 1 -e 0:1 "$WITNESS" exit 0
	exits 8 -e 7:8 -e 8:9 "$WITNESS" exit 7 # once, not in a chain
}

@test "-e takes a range of codes" {
	for code in 100 105 110; do
		exits 0 -e 100-110 "$WITNESS" exit "$code"
		exits 4 -e 100-110:4 "$WITNESS" exit "$code"
	done
	exits 99 -e 100-110 "$WITNESS" exit 99
	exits 111 -e 100-110 "$WITNESS" exit 111
}

@test "FOSTER_EXIT is a list of codes, separated by commas or blanks" {
	with 'FOSTER_EXIT=143,100-110:3 5'
	exits 0 "$WITNESS" exit 143
	exits 3 "$WITNESS" exit 104
	exits 0 "$WITNESS" exit 5
	exits 6 "$WITNESS" exit 6
}

@test "-g, --group and FOSTER_GROUP send signals to the process group" {
	group_gets_it() {
		rm -f other
		start "$@" --leftovers KILL sh -c "\"$WITNESS\" record other & exec \"$WITNESS\" signals 2"
		await_out READY
		await_line "$out" READY
		"$WITNESS" await other "$PATIENCE"
		until [[ $(grep -c READY "$out") = 2 ]]; do
			"$WITNESS" await never 0.02 || true
		done
		signal USR1
		await_line other '^signal=10 '
		signal USR2
		finish
	}
	group_gets_it -g
	group_gets_it --group
	with FOSTER_GROUP=1
	group_gets_it
	with FOSTER_GROUP=yes
	group_gets_it
}

@test "-p SIGNAL, --parent-death and FOSTER_PARENT_DEATH: foster gets SIGNAL when its own parent dies" {
	parent_dies() {
		: >"$out"
		start "$@" "$WITNESS" signals until TERM
		await_out READY
		kill -KILL "$(ps -o ppid= "$FOSTER" | xargs)"
		await_out '^signal=12 '
		signal TERM
		await_end "$FOSTER"
		finish
	}
	[[ $ROOM = pid1 ]] || OUTSIDE=("$WITNESS" parent --)
	parent_dies -p USR2
	parent_dies -p 12
	parent_dies --parent-death=SIGUSR2
	with FOSTER_PARENT_DEATH=USR2
	parent_dies
}

@test "-r SIGNAL:SIGNAL forwards the second instead of the first" {
	arrives_as() { # NUMBER SIGNAL ARGUMENT...
		start "${@:3}" "$WITNESS" signals 1
		await_out READY
		signal "$2"
		finish
		[[ $(received "$out") = "$1" ]] || fail "$(received "$out") instead of $1: foster ${*:3}"
	}
	arrives_as 3 TERM -r TERM:QUIT
	arrives_as 3 TERM -r SIGTERM:SIGQUIT
	arrives_as 3 TERM -r 15:3
	arrives_as 3 TERM -rTERM:QUIT
	arrives_as 3 TERM --rewrite TERM:QUIT
	arrives_as 3 TERM --rewrite=TERM:3
	arrives_as 37 USR1 -r USR1:RTMIN+3
	arrives_as 34 USR1 -r USR1:RTMIN
	arrives_as 64 USR1 -r USR1:RTMAX
	arrives_as 62 USR1 -r USR1:SIGRTMAX-2
	arrives_as 10 37 -r RTMIN+3:USR1
	arrives_as 10 32 -r 32:USR1
	arrives_as 10 TERM -r HUP:INT -r TERM:USR1
	with 'FOSTER_REWRITE=TERM:QUIT,USR1:RTMIN+3'
	arrives_as 3 TERM
	arrives_as 37 USR1
}

@test "-r SIGNAL:0 and SIGNAL:- drop a signal" {
	dropped() {
		start "$@" "$WITNESS" signals 1
		await_out READY
		signal HUP
		signal USR1 # which HUP, the lower number, would have come before
		finish
		[[ $(received "$out") = 10 ]]
	}
	dropped -r HUP:0
	dropped -r HUP:-
	dropped --rewrite=SIGHUP:-
	with FOSTER_REWRITE=HUP:0
	dropped
}

@test "a rewritten signal keeps its value and its sender" {
	start -r USR1:USR2 "$WITNESS" signals 1
	await_out READY
	"$WITNESS" send "$FOSTER" USR1 77
	finish
	[[ $output =~ signal=12\ code=-1\ .*value=77$ ]]
}

@test "-s, --subreaper and FOSTER_SUBREAPER are accepted and change nothing" {
	for flag in -s --subreaper; do
		foster "$flag" sh -c "\"$WITNESS\" orphans 3 && \"$WITNESS\" reaped \$PPID 20 && exit 7"
		[[ $status = 7 ]]
		[[ -z $errors ]]
	done
	for value in 1 '' no; do
		with "FOSTER_SUBREAPER=$value"
		exits 7 "$WITNESS" exit 7
	done
}

@test "-v says how the program ended" {
	foster -v "$WITNESS" exit 3
	[[ $status = 3 ]]
	[[ $errors =~ ^foster:\ program\ \(pid\ [0-9]+\)\ exited\ with\ 3,\ after\ [0-9]+\.[0-9]\ s$ ]]
	foster --verbose "$WITNESS" die TERM
	[[ $errors =~ ^foster:\ program\ \(pid\ [0-9]+\)\ killed\ by\ TERM,\ after\ [0-9]+\.[0-9]\ s$ ]]
	with FOSTER_VERBOSE=1
	foster "$WITNESS" die KILL
	[[ $errors =~ killed\ by\ KILL,\ after ]]
}

@test "-v says that a core was dumped, where one was" {
	[[ $(</proc/sys/kernel/core_pattern) != \|* ]] || skip 'cores go to a program here'
	BEFORE=("$WITNESS" limit core 1000000000 --)
	foster -v "$WITNESS" die SEGV
	[[ $status = 139 ]]
	[[ $errors =~ killed\ by\ SEGV,\ core\ dumped,\ after ]]
	BEFORE=("$WITNESS" limit core 0 --)
	foster -v "$WITNESS" die SEGV
	[[ $errors =~ killed\ by\ SEGV,\ after ]]
}

@test "-v tells the time that the program took" {
	foster -v "$WITNESS" limit nofile 100 -- sh -c "\"$WITNESS\" await never 1.2; exit 0"
	[[ $errors =~ after\ ([0-9]+)\.([0-9])\ s$ ]]
	((BASH_REMATCH[1] * 10 + BASH_REMATCH[2] >= 11))
	((BASH_REMATCH[1] < 5))
}

@test "-v says who sent a signal" {
	start -v "$WITNESS" signals 1
	await_out READY
	"$WITNESS" send "$FOSTER" TERM >sent
	finish
	case $ROOM in
	pid1) [[ $errors =~ foster:\ TERM\ from\ outside\ the\ container ]] ;;
	subreaper) [[ $errors =~ foster:\ TERM\ from\ $(grep -o 'pid=[0-9]*' sent | tr '=' ' '),\ uid\ 0 ]] ;;
	esac
	foster -v sh -c "{ \"$WITNESS\" line out READY 20 && \"$WITNESS\" send \$PPID RTMIN+3; } >sent & exec \"$WITNESS\" signals 1"
	[[ $errors =~ foster:\ RTMIN\+3\ from\ $(grep -o 'pid=[0-9]*' sent | tr '=' ' '),\ uid\ $UID ]]
}

@test "-v names what is left over" {
	foster -v sh -c "\"$WITNESS\" leave 1 plain; exit 3"
	left=$(sed -n 's/^left //p' "$out")
	[[ $errors =~ left\ over:.*pid\ $left\ \(witness\) ]]
}

@test "-v repeated says more, and FOSTER_VERBOSE=N is so many of them" {
	foster -v "$WITNESS" exit 0
	once=$errors
	foster -vv "$WITNESS" exit 0
	twice=$errors
	(($(line_count "$twice") > $(line_count "$once")))
	foster -v -v "$WITNESS" exit 0
	[[ $(line_count "$errors") = "$(line_count "$twice")" ]]
	with FOSTER_VERBOSE=2
	foster "$WITNESS" exit 0
	[[ $(line_count "$errors") = "$(line_count "$twice")" ]]
	with FOSTER_VERBOSE=0
	foster "$WITNESS" exit 0
	[[ -z $errors ]]
}

@test "-w tells of each reaped orphan its pid, its name and its status" {
	reaped_is_told() {
		foster "$@" sh -c "\"$WITNESS\" leave 1 plain; kill -KILL \$(sed -n 's/^left //p' out); \"$WITNESS\" orphans 2
			until [ \$(grep -c 'reaped pid' err) = 3 ]; do :; done; exit 7"
		[[ $status = 7 ]]
		left=$(sed -n 's/^left //p' "$out")
		grep -x "foster: reaped pid $left (witness), killed by KILL" "$err"
		[[ $(grep -cE '^foster: reaped pid [0-9]+ \(witness\), exited with 0$' "$err") = 2 ]]
		[[ $(line_count "$errors") = 3 ]]
	}
	reaped_is_told -w
	reaped_is_told --reaped
	with FOSTER_REAPED=1
	reaped_is_told
}

@test "-l and --license print the license on stdout" {
	for flag in -l --license; do
		exits 0 "$flag"
		[[ $output = *MIT* && $output = *'WITHOUT WARRANTY OF ANY KIND'* ]]
		[[ -z $errors ]]
	done
	diff <(tr -s '[:space:]' '\n' <"$HOUSE/LICENSE" | sed -n '/^Copyright/,$p') <(tr -s '[:space:]' '\n' <"$out" | sed -n '/^Copyright/,$p')
}

@test "-h and --help print on stdout, and name every option" {
	for flag in -h --help; do
		exits 0 "$flag"
		[[ -z $errors ]]
		for option in -e -g -p -r -s -v -w -l -h -V --leftovers; do
			grep -qE -- "(^|[ ,])$option\\b" "$out"
		done
		[[ $(awk 'length > 120' "$out") = '' ]]
	done
}

@test "-V and --version print one line that docker info can parse, at once" {
	for flag in -V --version; do
		traced clone,clone3,fork,vfork
		exits 0 "$flag"
		[[ $output =~ ^foster\ [0-9]+\.[0-9]+\.[0-9]+\ -\ git\.[0-9a-z]+$ ]]
		[[ -z $errors ]]
		not grep -E 'clone|fork' <(foster_calls)
		OUTSIDE=()
	done
}

@test "--leftovers and FOSTER_LEFTOVERS set the ladder, and the command line is stronger" {
	alone
	for ladder in none KILL TERM/100ms/KILL; do
		LEFT_BEHIND=$([[ $ladder != none ]] || echo yes)
		foster --leftovers="$ladder" "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
		[[ $status = 7 ]]
		((took_ms < 3000))
		with "FOSTER_LEFTOVERS=$ladder"
		foster "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
		((took_ms < 3000))
		BEFORE=()
	done
	LEFT_BEHIND=''
	with FOSTER_LEFTOVERS=none
	foster --leftovers TERM/1s/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 7
	((took_ms >= 1000))
}

@test "the command line is stronger than the environment, for lists as for switches" {
	with FOSTER_VERBOSE=0 FOSTER_EXIT=7:3
	foster -v "$WITNESS" exit 7
	[[ $status = 3 ]]
	[[ $errors =~ exited\ with\ 7 ]]
	exits 4 -e 7:4 "$WITNESS" exit 7
}

@test "switches in the environment are on with 1, yes, on and true, and off with 0, no, off, false and nothing" {
	for value in 1 yes on true; do
		with "FOSTER_REAPED=$value"
		foster sh -c "\"$WITNESS\" orphans 1 && \"$WITNESS\" reaped \$PPID 20"
		[[ $errors = *reaped* ]]
	done
	for value in 0 no off false ''; do
		with "FOSTER_REAPED=$value"
		foster sh -c "\"$WITNESS\" orphans 1 && \"$WITNESS\" reaped \$PPID 20"
		[[ -z $errors ]]
	done
}

@test "twins are removed from the program's environment, and nothing else is" {
	with -i PATH="$PATH" FOSTER_EXIT=7 FOSTER_GROUP=1 FOSTER_PARENT_DEATH=TERM FOSTER_REWRITE=HUP:0 FOSTER_SUBREAPER=1 \
		FOSTER_VERBOSE=0 FOSTER_REAPED=0 FOSTER_LEFTOVERS=none FOSTER_PORT=80 FOSTER=1 FOSTER_EXITS=1 MY_FOSTER_EXIT=1 FOSTER_HELP=1
	foster env
	[[ $output = $'PATH='"$PATH"$'\nFOSTER_PORT=80\nFOSTER=1\nFOSTER_EXITS=1\nMY_FOSTER_EXIT=1\nFOSTER_HELP=1' ]]
}

@test "short options can be written together, the last one with its value" {
	foster -vwe7:3 sh -c "\"$WITNESS\" orphans 1 && \"$WITNESS\" reaped \$PPID 20; exit 7"
	[[ $status = 3 ]]
	[[ $errors = *reaped* && $errors = *'exited with 7'* ]]
	exits 3 -ge 7:3 "$WITNESS" exit 7
}

@test "help that cannot be written is a failure" {
	STDOUT=/dev/full
	foster --help
	[[ $status = 125 ]]
}

@test "a variable whose name begins like another's is not that one" {
	BEFORE=(env PATHS=/nowhere "PATH=$PATH")
	foster sh -c 'exit 7'
	[[ $status = 7 ]]
}

@test "an entry of the environment that has no value is the program's as it is" {
	BEFORE=(python3 -c 'import ctypes, sys
words = lambda *of: (ctypes.c_char_p * (len(of) + 1))(*map(str.encode, of), None)
ctypes.CDLL(None).execve(sys.argv[1].encode(), words(*sys.argv[1:]), words("FOSTER_EXIT", "FOSTER_"))')
	foster "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
}

@test "-v says of a signal of the kernel's own that it is" {
	BEFORE=(python3 -c 'import os, signal, sys
signal.setitimer(signal.ITIMER_REAL, 0.05)
os.execv(sys.argv[1], sys.argv[1:])')
	foster -v "$WITNESS" signals 1
	grep -E '^foster: ALRM from the kernel, to pid ' "$err"
}

@test "a TERM that is rewritten is forwarded so, although there is a ladder to stop by" {
	start -r TERM:USR1 --stop KILL "$WITNESS" signals 1
	await_out '^READY'
	signal TERM
	finish
	[[ $(received "$out") = 10 ]]
}

@test "tabs and ends of lines in a value that is wrong are shown, not obeyed" {
	foster -e $'a\tb\nc\rd' true
	[[ $status = 125 ]]
	[[ $errors = *"'a\\tb\\nc\\rd'"* ]]
}

@test "--json with a program is told that it takes none" {
	foster --json true
	[[ $status = 125 ]]
	[[ $errors = "foster: --json: takes no value, got 'true'" ]]
}

@test "--guest with --pause runs nothing, until it is told to end" {
	start -vv --guest --pause
	await_line "/proc/$FOSTER/status" '^SigBlk:.f+'
	signal TERM
	finish
	[[ $status = 0 ]]
}

@test "with --pause a second request ends the waiting for who is left" {
	in_room pid1
	start --pause --leftovers TERM/60s/KILL
	guest guest "$WITNESS" record "$PWD/recorded"
	"$WITNESS" await recorded "$PATIENCE"
	signal TERM
	await_line recorded '^signal=15 '
	signal INT
	finish
	[[ $status = 0 ]]
	((took_ms < 30000))
	"$WITNESS" await guest.code "$PATIENCE"
}

@test "a guest with more variables than can be added to has them all" {
	readarray -t many < <(printf 'V%s=1\n' {1..300})
	BEFORE=(env -i "${many[@]}")
	foster --guest /usr/bin/env
	[[ $status = 0 && $(grep -c '^V[0-9]*=1$' <<<"$output") = 300 && $(line_count "$output") = 300 ]]
}

@test "tini-static is tini, and dumb-init stops itself by what a rewrite says" {
	ln -s "$BIN" tini-static
	ln -s "$BIN" dumb-init
	[[ $(./tini-static --version) = 'tini version '* ]]
	BEFORE=(./dumb-init -r 20:15 -c)
	foster "$WITNESS" exit 7
	[[ $status = 7 ]]
}
