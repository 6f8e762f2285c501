#!/usr/bin/env bats
# As the init of a guest foster stops all when the host asks, and tells the host how it ended. The kernel shows it to the host as a signal that ended
# PID 1: INT for halt and power off, HUP for a restart; so 130 and 129 here. Real hosts: tests/hosts.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

HALTED=130 RESTARTED=129

# Not PID 1, it may never call reboot(2), which would be the end of the machine: whatever it does, the kernel refuses.
without_boot() {
	BEFORE=("$WITNESS" dropcaps SYS_BOOT -- "${BEFORE[@]}")
}

in_guest() { # whatever the room
	[[ $ROOM = pid1 ]] || without_boot
}

told() { # STATUS CODE: how the host sees it, and the exit code where it cannot be told
	if [[ $ROOM = pid1 ]]; then
		[[ $status = "$1" && $errors != *host* ]]
	else
		[[ $status = "$2" && $errors = *'foster: cannot ask the host for a '*' exiting: Operation not permitted' ]]
	fi || fail "status $status, not $1 or $2: $errors"
}

number() { # SIGNAL
	if [[ $1 = [0-9]* ]]; then echo "$1"; else kill -l "$1"; fi
}

asked_by() { # SIGNAL ARGUMENT...: of a program that TERM ends
	start "${@:2}" "$WITNESS" plain
	await_out READY
	signal "$1"
	finish
}

@test "--guest: PWR, RTMIN+3, RTMIN+4 and TERM stop the program and then halt, INT and RTMIN+5 restart" {
	in_guest
	for name in PWR 37 38 TERM; do
		asked_by "$name" --guest
		told $HALTED 143
	done
	for name in INT 39; do
		asked_by "$name" --guest
		told $RESTARTED 143
	done
}

@test "other signals are forwarded as ever" {
	in_guest
	start --guest "$WITNESS" signals 3
	await_out READY
	for name in HUP USR1 40; do
		signal "$name"
		await_out "^signal=$(number "$name") "
	done
	finish
	[[ $status = 0 ]]
}

@test "each of them is a row that -r can change, before and after --guest" {
	in_guest
	asked_by INT -r INT:halt --guest
	told $HALTED 143
	asked_by INT --guest -r INT:poweroff
	told $HALTED 143
	asked_by PWR --guest -r PWR:reboot
	told $RESTARTED 143
	asked_by TERM --guest -r TERM:stop
	[[ $status = 143 && -z $errors ]]
	asked_by USR1 --guest -r USR1:reboot
	told $RESTARTED 143
	start -r PWR:USR1 -r INT:INT -r 37:37 --guest "$WITNESS" signals 3
	await_out READY
	for pair in PWR:10 INT:2 37:37; do
		signal "${pair%:*}"
		await_out "^signal=${pair#*:} "
	done
	finish
	[[ $status = 0 ]]
}

@test "halt and reboot without --guest are a stop" {
	for word in halt poweroff reboot; do
		asked_by INT -r "INT:$word"
		[[ $status = 143 && -z $errors ]]
	done
}

@test "when the program ends by itself foster ends with its code, or does what --guest says" {
	in_guest
	foster --guest "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
	foster --guest "$WITNESS" die KILL
	[[ $status = 137 && -z $errors ]]
	foster --guest=poweroff "$WITNESS" exit 7
	told $HALTED 7
	foster --guest=reboot "$WITNESS" exit 7
	told $RESTARTED 7
}

@test "a request that came outweighs what --guest says" {
	in_guest
	asked_by PWR --guest=reboot
	told $HALTED 143
	asked_by INT --guest=poweroff
	told $RESTARTED 143
}

@test "the last request counts" {
	in_guest
	for pair in INT:PWR:$HALTED PWR:INT:$RESTARTED; do
		start --guest --stop 60s/TERM/60s/KILL "$WITNESS" plain
		await_out READY
		ask_first "${pair%%:*}"
		pair=${pair#*:}
		ask "${pair%:*}"
		finish
		told "${pair#*:}" 143
		((took_ms < 40000))
	done
}

@test "a request that comes while what is left over is ended counts as well" {
	in_guest
	start -v --guest --leftovers TERM/60s/KILL "$WITNESS" leave 1 signals until USR1 -- "$WITNESS" exit 7
	await_out '^signal=15 '
	await_child
	ask_first INT
	signal USR1 "$CHILD"
	finish
	[[ $ROOM != pid1 || $status = "$RESTARTED" ]]
	[[ $ROOM = pid1 || $status = 7 ]]
}

@test "a program and a leftover that ignore everything are gone in 15 s, below the hosts' 30 and 60" {
	in_guest
	start --guest "$WITNESS" leave 1 stubborn -- "$WITNESS" stubborn
	await_out READY
	ask PWR
	finish_stop
	told $HALTED 137
	((stop_ms >= 15000))
	((stop_ms < 25000))
}

@test "work that takes its time on stop is saved, that of the left over too" {
	in_guest
	start --guest "$WITNESS" leave 2 flush 700 flushed -- "$WITNESS" flush 700 flushed
	await_out READY
	signal PWR
	finish
	told $HALTED 0
	[[ $(wc -l <flushed) = 3 ]]
}

@test "--stop, --leftovers and -g hold in a guest" {
	in_guest
	asked_by PWR --guest --stop QUIT
	told $HALTED 131
	start --guest -g sh -c '"$WITNESS" signals until USR1 >member & exec "$WITNESS" signals until USR1'
	await_out READY
	await_line member READY
	signal PWR
	await_out '^signal=15 '
	await_line member '^signal=15 '
	signal USR1
	finish
}

@test "nobody outlives a guest, not even with --leftovers none" {
	in_guest
	foster --guest --leftovers none "$WITNESS" leave 2 stubborn -- "$WITNESS" exit 3
	[[ $status = 3 ]] # finish looks for what is left behind
}

@test "without CAP_SYS_BOOT foster exits with the program's code and says so" {
	without_boot
	asked_by PWR --guest
	[[ $status = 143 ]]
	[[ $errors = 'foster: cannot ask the host for a poweroff, exiting: Operation not permitted' ]]
	asked_by INT --guest
	[[ $errors = 'foster: cannot ask the host for a reboot, exiting: Operation not permitted' ]]
	foster --guest "$WITNESS" exit 7
	[[ $status = 7 && -z $errors ]]
}

@test "reboot(2) is never called without --guest, nor by who is not PID 1" {
	BEFORE=("$WITNESS" dropcaps SYS_BOOT --)
	[[ $ROOM = subreaper ]] || BEFORE=()
	traced reboot
	for name in PWR INT TERM; do
		asked_by "$name" -r PWR:halt,INT:reboot,TERM:halt
		[[ $status = 143 ]]
		not grep -E '\breboot\(' trace
	done
	foster -P --leftovers 0 --wait true
	[[ $ROOM = pid1 ]] || foster --guest=reboot true
	not grep -E '\breboot\(' trace
	in_room pid1
	foster --guest=reboot true
	grep -E '\breboot\(.*RESTART' trace # so it would be seen
}

@test "in a container nothing is mounted, and all is synced before the host is told" {
	in_room pid1
	traced reboot,mount,umount2,mkdir,mkdirat,sync
	foster --guest=poweroff true
	foster_calls | grep -vE '^(execve|[+-]{3} )' >calls
	sed -E 's/\(.*LINUX_REBOOT_CMD_(CAD_OFF|POWER_OFF).*/ \1/; s/\(.*//' calls >short
	diff short <(printf '%s\n' 'reboot CAD_OFF' sync 'reboot POWER_OFF')
}

called_init() { # [FOLDER]: foster by that name
	mkdir -p "${1:-.}"
	cp "$BIN" "${1:-.}/init"
	BIN=$PWD/${1:+$1/}init
}

@test "called as init it is a guest's" {
	in_guest
	called_init sbin
	asked_by PWR
	told $HALTED 143
	asked_by INT -v
	[[ $errors = *'INT from '* ]]
	[[ $ROOM != pid1 || $status = "$RESTARTED" ]]
	foster --guest=reboot -- "$WITNESS" exit 7
	told $RESTARTED 7
	foster "$WITNESS" exit 7
	[[ $status = 7 ]]
}

@test "FOSTER_GUEST is its twin, under every name" {
	in_guest
	BEFORE+=(env FOSTER_GUEST=reboot)
	foster "$WITNESS" exit 7
	told $RESTARTED 7
	cp "$BIN" tini
	BIN=$PWD/tini
	foster "$WITNESS" exit 7
	[[ $ROOM != pid1 || $status = "$RESTARTED" ]]
	BEFORE=(env FOSTER_GUEST=0 "$WITNESS" dropcaps SYS_BOOT --)
	asked_by INT
	[[ $status = 130 ]] # forwarded
}

@test "a wrong value is one line that names it and 125" {
	for value in foo stop '' 1 Reboot; do
		foster "--guest=$value" "$WITNESS" show shown
		[[ $status = 125 && ! -e shown ]]
		[[ $errors = *"--guest=$value"*"'$value' is not poweroff or reboot" || $errors = *"'$value' is not poweroff or reboot" ]]
	done
	for value in foo Halt reboots hal; do
		foster -r "PWR:$value" "$WITNESS" show shown
		[[ $status = 125 && ! -e shown ]]
		[[ $errors = *"'PWR:$value'"*'halt'* ]]
	done
}

# ---- what runs ----

etc() { # foster sees this folder as /etc
	needs_root
	mkdir -p etc
	OUTSIDE=(unshare -m sh -c 'mount --bind etc /etc && exec "$@"' sh)
}

script() { # FILE [MODE]: says its name
	printf '#!/bin/sh\necho %s "$@"\n' "$1" >"$1"
	chmod "${2:-755}" "$1"
}

@test "without a program the lines of /etc/foster.conf are the command line" {
	in_guest
	etc
	printf '%s\n' '# what runs here' '' "$(type -P printf)" '%s|' 'two words' '#not this' '  indented # and this' '-x' >etc/foster.conf
	foster --guest
	[[ $status = 0 && -z $errors ]]
	[[ $output = 'two words|  indented # and this|-x|' ]]
}

@test "its last line needs no end, and options may stand there" {
	in_guest
	etc
	printf '%s\n' --exit 7:3 -- "$WITNESS" exit >etc/foster.conf
	printf 7 >>etc/foster.conf
	called_init
	foster
	[[ $status = 3 && -z $errors ]]
}

@test "else the first that can be executed of /etc/rc.init and /etc/rc runs" {
	in_guest
	etc
	script etc/rc.init
	script etc/rc
	foster --guest
	[[ $output = etc/rc.init ]]
	chmod -x etc/rc.init
	foster --guest
	[[ $output = etc/rc ]]
	printf '# options alone\n-v\n' >etc/foster.conf
	foster --guest
	[[ $output = etc/rc && $errors = *'exited with 0'* ]]
	echo 'echo without an interpreter' >etc/rc
	foster --guest
	[[ $output = 'without an interpreter' ]]
}

@test "a program on the command line outweighs them all" {
	in_guest
	etc
	echo /bin/false >etc/foster.conf
	script etc/rc
	foster --guest "$WITNESS" exit 7
	[[ $status = 7 && -z $output ]]
}

@test "where there is nothing to run one clear line says so" {
	in_guest
	etc
	script etc/rc 644
	foster --guest
	[[ $status = 125 ]]
	[[ $errors = 'foster: no program to run: no argument, no /etc/foster.conf, no executable /etc/rc.init, /etc/rc' ]]
	called_init
	foster
	[[ $status = 125 && $(wc -l <"$err") = 1 ]]
}

@test "a configuration that cannot be read is one line and 125, and nothing else is run" {
	in_guest
	etc
	script etc/rc
	mkdir etc/foster.conf
	foster --guest
	[[ $status = 125 && -z $output ]]
	[[ $errors = 'foster: /etc/foster.conf: cannot read: Is a directory' ]]
	rmdir etc/foster.conf
	ln -s foster.conf etc/foster.conf
	foster --guest
	[[ $status = 125 && -z $output ]]
	[[ $errors = 'foster: /etc/foster.conf: cannot read: '*link* ]]
	rm etc/foster.conf
	yes | head -c 9000 >etc/foster.conf
	foster --guest
	[[ $status = 125 && -z $output ]]
	[[ $errors = 'foster: /etc/foster.conf: cannot read: Argument list too long' ]]
	yes | head -c 8190 >etc/foster.conf # 4,095 words
	sed -i '1s/.*/-w/' etc/foster.conf
	foster --guest
	[[ $status = 127 ]]
	echo --foo >etc/foster.conf
	foster --guest
	[[ $status = 125 && -z $output && $errors = *--foo* ]]
}

@test "without --guest none of them is looked at" {
	etc
	script etc/rc
	foster
	[[ $status = 125 && $errors = 'foster: no program to run; see --help' ]]
}

@test "a guest has a PATH, where the environment has none" {
	in_guest
	env=$(type -P env)
	BEFORE+=("$env" -i container=lxc)
	foster --guest "$env"
	[[ $output = $'container=lxc\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' ]]
	foster "$env"
	[[ $output = container=lxc ]]
	BEFORE+=(PATH=/mine)
	foster --guest "$env"
	[[ $output = $'container=lxc\nPATH=/mine' ]]
}

@test "options may come behind a second --" {
	in_guest
	foster -- -- -e 7:3 -- "$WITNESS" exit 7
	[[ $status = 3 ]]
	foster -- -- --guest=reboot "$WITNESS" exit 7
	told $RESTARTED 7
	foster -e 7:3 -- -- -- -- "$WITNESS" exit 7
	[[ $status = 3 ]]
	foster -- -e 7:3 # one is the end of the options
	[[ $status = 127 ]]
}

# ---- as PID 1 without --guest ----

@test "as PID 1 PWR, RTMIN+3 and RTMIN+4 are a stop request to a program that does not catch them" {
	in_room pid1
	for name in PWR 37 38; do
		asked_by "$name"
		[[ $status = 143 && -z $errors ]]
		asked_by "$name" --stop QUIT
		[[ $status = 131 ]]
		asked_by "$name" --stop-ok
		[[ $status = 0 ]]
		start --stop 100ms/KILL "$WITNESS" stubborn # which ignores it
		await_out READY
		signal "$name"
		finish
		[[ $status = 137 ]]
	done
}

@test "a program that catches or blocks them gets them" {
	in_room pid1
	for name in PWR 37 38; do
		start "$WITNESS" signals 1
		await_out READY
		signal "$name"
		finish
		[[ $(received "$out") = "$(number "$name")" ]]
		start bash -c "trap 'echo caught; exit 4' $name; \"$WITNESS\" plain & wait"
		await_out READY
		signal "$name"
		finish
		[[ $status = 4 && $output = *caught* ]]
	done
}

@test "a signal that is blocked because foster got it so is not the program's own wish" {
	in_room pid1
	BEFORE=("$WITNESS" block PWR --)
	asked_by PWR
	[[ $status = 143 ]]
}

@test "rewritten to themselves, or meant for who catches them, they stay what they are" {
	in_room pid1
	asked_by PWR -r PWR:PWR
	[[ $status = 158 ]]
	start --if-caught PWR "$WITNESS" stop STOP -- "$WITNESS" plain
	await_child
	await_state "$CHILD" T
	signal PWR
	await_line "/proc/$FOSTER/status" '^ShdPnd:.0+$'
	await_state "$CHILD" T
	signal TERM
	finish
	[[ $status = 143 ]]
}

@test "without /proc, where that cannot be known, they are a stop request" {
	in_room pid1
	needs_root
	BEFORE=(unshare -m sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)
	asked_by PWR
	[[ $status = 143 ]]
}

@test "not PID 1 they are forwarded, and so they are under a peer's name" {
	in_room subreaper
	asked_by PWR
	[[ $status = 158 ]]
	in_room pid1
	cp "$BIN" tini
	BIN=$PWD/tini
	asked_by PWR
	[[ $status = 158 ]]
}
