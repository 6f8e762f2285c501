#!/usr/bin/env bats
# The program starts exactly as it would have without foster.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

# What a program sees of its start, without the numbers that are another process's by nature.
without_numbers() {
	grep -vE '^(pid|ppid|group|session|foreground|pdeathsig) ' "$1"
}

starts_the_same() { # [BEFORE]...
	BEFORE=("$@")
	"$WITNESS" clean -- "${BEFORE[@]}" "$WITNESS" show "$PWD/plain" <"$STDIN" >"$out" 2>"$err"
	foster "$WITNESS" show "$PWD/fostered"
	diff <(without_numbers plain) <(without_numbers fostered)
	[[ $status = 0 ]]
}

@test "a program starts with the mask, dispositions, descriptors, directory and limits it would have without foster" {
	starts_the_same
	[[ $(fact mask fostered) = 0000000000000000 ]]
	[[ $(fact ignored fostered) = 0000000000000000 ]]
}

@test "an inherited mask is handed on unchanged, 32 to 34 and 64 included" {
	starts_the_same "$WITNESS" block INT,CHLD,32-34,64 --
	[[ $(fact mask fostered) = 8000000380010002 ]]
}

@test "a mask of all signals is handed on unchanged" {
	starts_the_same "$WITNESS" block all --
	[[ $(fact mask fostered) = fffffffffffbfeff ]]
}

@test "inherited ignored signals are handed on unchanged, 32 to 34 and 64 included" {
	starts_the_same "$WITNESS" ignore HUP,PIPE,CHLD,TSTP,TTIN,TTOU,32-34,64 --
	[[ $(fact ignored fostered) = 8000000380391001 ]]
}

@test "all signals ignored are handed on unchanged" {
	starts_the_same "$WITNESS" ignore all --
	[[ $(fact ignored fostered) = fffffffffffbfeff ]]
}

@test "inherited descriptors are handed on, with their numbers and flags" {
	starts_the_same "$WITNESS" open 5 / -- "$WITNESS" open 77 /dev/zero -- "$WITNESS" open 200 "$WITNESS" --
	grep -x 'fd 5 /' fostered
	grep -x 'fd 77 /dev/zero' fostered
	grep -x "fd 200 $WITNESS" fostered
}

@test "the directory, the umask and the priority are handed on" {
	mkdir elsewhere
	starts_the_same sh -c 'cd elsewhere && umask 027 && exec nice -n 3 "$@"' sh
	[[ $(fact cwd fostered) = "$PWD/elsewhere" ]]
	[[ $(fact umask fostered) = 027 ]]
	[[ $(fact priority fostered) = 3 ]]
}

@test "arguments arrive as they were given, empty ones and blanks too" {
	foster sh -c 'printf "<%s>" "$0" "$@"' x '' 'a  b' $'new\nline' -- -v --help
	[[ $output = $'<x><><a  b><new\nline><--><-v><--help>' ]]
}

@test "the environment arrives as it was" {
	BEFORE=(env -i 'PATH=/usr/bin:/bin' 'A=1' 'EMPTY=' $'LINES=a\nb' 'FOSTER_PORT=tcp://10.0.0.1:80' FOSTERED=1)
	foster env
	[[ $output = $'PATH=/usr/bin:/bin\nA=1\nEMPTY=\nLINES=a\nb\nFOSTER_PORT=tcp://10.0.0.1:80\nFOSTERED=1' ]]
}

@test "the program is in a process group of its own, in foster's session" {
	start sh -c "\"$WITNESS\" show shown; exec \"$WITNESS\" signals 1"
	await_out READY
	await_child
	[[ $(ps -o pgid= "$CHILD") -eq $CHILD ]]
	[[ $(ps -o sid= "$CHILD") -eq $(ps -o sid= "$FOSTER") ]]
	[[ $(ps -o pgid= "$FOSTER") -ne $CHILD ]]
	signal USR1
	finish
}

@test "the process group is set from both sides, so that a signal to it in the first microsecond finds it" {
	traced execve,setpgid
	foster "$WITNESS" exit 0
	awk -v start="execve(\"$BIN\"" 'index($0, start) { on = 1 } on && / setpgid\(/ { print $1 }' trace >callers
	[[ $(sort -u callers | wc -l) = 2 ]]
}

@test "the program is born in shared memory, without a copy of foster" {
	traced process
	foster "$WITNESS" exit 0
	foster_calls | grep -E '^clone3?\(.*CLONE_VM\|CLONE_VFORK'
}

@test "a name is looked for in the directories of PATH, in their order" {
	mkdir one two
	printf '#!/bin/sh\necho one\n' >one/tool
	printf '#!/bin/sh\necho two\n' >two/tool
	chmod +x two/tool
	BEFORE=(env "PATH=$PWD/none:$PWD/out:$PWD/one:$PWD/two")
	foster tool # one/tool may not be executed, so execvp goes on
	[[ $output = two ]]
	chmod +x one/tool
	foster tool
	[[ $output = one ]]
}

@test "an empty part of PATH is the current directory, and a name with a slash is not looked for" {
	mkdir one
	printf '#!/bin/sh\necho here\n' >tool
	printf '#!/bin/sh\necho one\n' >one/tool
	chmod +x tool one/tool
	BEFORE=(env "PATH=:$PWD/one")
	foster tool
	[[ $output = here ]]
	BEFORE=(env "PATH=$PWD/one")
	foster ./tool
	[[ $output = here ]]
}

@test "without PATH the usual directories are searched" {
	BEFORE=(env -u PATH)
	foster sh -c 'echo found'
	[[ $output = found ]]
}

@test "a script without an interpreter line runs with /bin/sh, its arguments as given" {
	echo 'printf "<%s>" "${0##*/}" "$@"; exit 7' >plain-script
	chmod +x plain-script
	foster ./plain-script a '' 'b c' -v
	[[ $output = '<plain-script><a><><b c><-v>' ]]
	[[ $status = 7 ]]
	BEFORE=(env "PATH=$PATH:$PWD")
	foster plain-script 1
	[[ $output = '<plain-script><1>' ]]
}

@test "the first word that is not an option is the program, and all after it is the program's" {
	foster sh -c 'echo "$*"' -- -v --exit 7 -h -- --version
	[[ $output = '-v --exit 7 -h -- --version' ]]
	[[ -z $errors ]]
	ln -s "$(type -P echo)" ./-x
	BEFORE=(env "PATH=$PWD:$PATH")
	foster -- -x told
	[[ $output = told ]]
}

@test "LISTEN_PID that named foster names the program" {
	BEFORE=("$WITNESS" listenpid --)
	foster sh -c 'echo "$LISTEN_PID is $$"'
	[[ $output =~ ^([0-9]+)\ is\ ([0-9]+)$ ]]
	[[ ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]]
}

@test "with it goes LISTEN_PIDFDID, whose pidfd is foster's, and nothing else" {
	BEFORE=(env -i ONE=1 LISTEN_PIDFDID=7 LISTEN_PIDFDIDS=8 "PATH=$PATH" "$WITNESS" listenpid --)
	foster env
	[[ $output = $'ONE=1\nLISTEN_PIDFDIDS=8\nPATH='"$PATH"$'\nLISTEN_PID='+([0-9]) ]]
	BEFORE=(env -i LISTEN_PIDFDID=7 LISTEN_PID=4194000 "PATH=$PATH")
	foster env
	[[ $output = *LISTEN_PIDFDID=7* ]]
}

@test "LISTEN_PID that named another process is left alone, and none is made" {
	BEFORE=(env LISTEN_PID=4194000)
	foster sh -c 'echo "$LISTEN_PID"'
	[[ $output = 4194000 ]]
	BEFORE=()
	foster sh -c 'echo "${LISTEN_PID-none}"'
	[[ $output = none ]]
}

# ---- the terminal ----

@test "the terminal is handed to the program where foster was in its foreground" {
	on_terminal
	foster "$WITNESS" show shown
	[[ $(fact foreground shown) = "$(fact pid shown)" ]]
	[[ $(fact group shown) = "$(fact pid shown)" ]]
}

@test "it is found as /dev/tty where no descriptor is a terminal" {
	on_terminal
	BEFORE+=(sh -c 'exec "$@" </dev/null >/dev/null 2>&1' sh)
	foster "$WITNESS" show shown
	[[ $(fact foreground shown) = "$(fact pid shown)" ]]
}

@test "it is found as descriptor 0 where /dev/tty cannot be opened" {
	on_terminal
	BEFORE+=("$WITNESS" deny open,openat eperm --)
	start "$WITNESS" signals 1
	await_out READY
	await_child
	[[ $(ps -o tpgid= "$CHILD") -eq $CHILD ]]
	signal USR1
	finish
}

@test "it is handed to the program of a PID 1 that is in a group of its outside, also where that reads it" {
	in_room pid1
	for reader in false 'cat <&3'; do
		rm -f shown keys
		on_terminal
		OUTSIDE+=("$WITNESS" control -- sh -c 'exec 3<&0; reader=$1; shift; eval "exec $reader" >/dev/null & [ "$reader" = false ] || "$WITNESS" state $! S 20
			"$@"; code=$?; kill $! 2>/dev/null; exit $code' sh "$reader")
		BEFORE=()
		foster "$WITNESS" show shown
		[[ $status = 0 ]]
		[[ $(fact foreground shown) = "$(fact pid shown)" ]]
	done
}

@test "it is left alone where foster was in the background" {
	in_room subreaper
	on_terminal
	BEFORE+=(bash -mc '"$@" & wait $!' bash)
	foster "$WITNESS" show shown
	[[ $(fact group shown) = "$(fact pid shown)" ]]
	[[ $(fact foreground shown) -gt 0 ]]
	[[ $(fact foreground shown) != "$(fact group shown)" ]]
}

@test "no failure of the terminal is fatal" {
	on_terminal
	control=("${BEFORE[@]}")
	for how in eperm enosys; do
		BEFORE=("${control[@]}" "$WITNESS" deny ioctl "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 7 ]]
		BEFORE=("${control[@]}" "$WITNESS" deny ioctl,open,openat "$how" --)
		foster "$WITNESS" exit 7
		[[ $status = 7 ]]
	done
}
