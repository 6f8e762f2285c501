#!/usr/bin/env bats
# What is left over is named with what became of it, and may be a failure of its own.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

told() { # what foster said of the left over
	grep '^foster: left over: ' "$err"
}

left_pid() { # the pid that the witness wrote of
	sed -n 's/^left //p' "$out"
}

@test "-v names each one: pid, parent, age, what ended it, command line" {
	foster -v sh -c "\"$WITNESS\" leave 1 plain; echo \"parent \$PPID\"; exit 3"
	[[ $status = 3 ]]
	parent=$(sed -n 's/^parent //p' "$out")
	[[ $(told) =~ ^"foster: left over: pid $(left_pid) (witness), parent $parent, age "0\.[0-9]" s, killed by TERM: $WITNESS leave 1 plain"$ ]]
}

@test "what ended it is a signal, or an exit code" {
	foster -v --leftovers TERM/200ms/KILL "$WITNESS" leave 1 stubborn -- "$WITNESS" exit 3
	[[ $(told) = *', killed by KILL: '* ]]
	foster -v "$WITNESS" leave 1 flush 0 flushed -- "$WITNESS" exit 3
	[[ $(told) = *', exited with 0: '* ]]
}

@test "one whose own parent saw its end is told of too" {
	foster -v sh -c "(trap : TERM; \"$WITNESS\" plain; exit 5) & \"$WITNESS\" line out READY 20 && exit 3"
	[[ $status = 3 ]]
	[[ $(line_count "$(told)") = 2 ]]
	[[ $(told) = *', ended unseen: '*plain* && $(told) = *', exited with 5: '* ]]
}

@test "one whose first thread has ended lives on in the others, and is named" {
	cat >threads.py <<'P'
import ctypes, os, signal, threading
exit_thread = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
def other():
    while " Z " not in open(f"/proc/self/task/{os.getpid()}/stat").read():
        pass
    print("READY", flush=True)
    signal.pause()
threading.Thread(target=other).start()
ctypes.CDLL(None).syscall(exit_thread, 3)
P
	foster --fail-on-leftovers sh -c "python3 threads.py & \"$WITNESS\" line out READY 20"
	[[ $status = 123 ]]
	[[ $(told) = *' (python3), '*', killed by TERM: '* ]]
	[[ $(line_count "$(told)") = 1 ]]
}

@test "who gets the number of one that has ended is not taken for it" {
	in_room pid1
	needs_root
	cat >again.py <<'P'
import os, signal
out, into = os.pipe()
if not os.fork():
    if not os.fork():
        os.write(into, b"%d" % os.getpid())
        signal.pause()
    os._exit(0)
os.wait()
first = int(os.read(out, 16))
os.close(into)
def again(*_):
    while os.path.exists(f"/proc/{first}"):
        pass
    with open("/proc/sys/kernel/ns_last_pid", "w") as last:
        last.write(str(first - 1))
    second = os.fork()
    if not second:
        os.read(out, 1)
        while os.getppid() != 1:
            pass
        os._exit(5)
    os._exit(0 if second == first else 9)
signal.signal(signal.SIGTERM, again)
print("READY", first, flush=True)
while True:
    signal.pause()
P
	foster -v -w --leftovers TERM/60s/KILL sh -c "python3 again.py & \"$WITNESS\" line out READY 20; exit 3"
	[[ $status = 3 ]]
	first=$(sed -n 's/^READY //p' "$out" | head -n 1)
	[[ $(line_count "$(told)") = 2 ]]
	told | grep ": pid $first .*, killed by TERM: "
	told | grep -v ": pid $first " | grep ', exited with 0: '
	grep -E "^foster: reaped pid $first .*exited with 5" "$err"
}

@test "the age is that of the process" {
	start -v sh -c "\"$WITNESS\" leave 1 plain; exec \"$WITNESS\" await never 1.5"
	finish
	[[ $(told) =~ age\ ([0-9]+)\.([0-9])\ s ]]
	((BASH_REMATCH[1] * 10 + BASH_REMATCH[2] >= 14 && BASH_REMATCH[1] < 10))
}

@test "who ends by himself before the first signal is sent is not left over" {
	foster -v --fail-on-leftovers --leftovers 30s/TERM/5s/KILL sh -c "{ \"$WITNESS\" gone \$\$ 20; } & exit 0"
	[[ $status = 0 ]]
	not told
}

@test "a ladder without a signal names who is there at its end" {
	LEFT_BEHIND=yes
	foster -v --leftovers none "$WITNESS" leave 1 plain -- "$WITNESS" exit 3
	[[ $(told) = *", not ended: $WITNESS leave 1 plain"* ]]
	foster -v --leftovers 100ms "$WITNESS" leave 1 plain -- "$WITNESS" exit 3
	[[ $(told) = *", not ended: $WITNESS leave 1 plain"* ]]
}

@test "--fail-on-leftovers exits with 123, or the code that was given, and names them without -v" {
	fails_with() {
		foster "${@:2}" "$WITNESS" leave 2 plain -- "$WITNESS" exit 0
		[[ $status = "$1" ]]
		[[ $(line_count "$(told)") = 2 ]]
		[[ $(line_count "$errors") = 2 ]]
	}
	fails_with 123 --fail-on-leftovers
	fails_with 7 --fail-on-leftovers=7
	BEFORE=(env FOSTER_FAIL_ON_LEFTOVERS=yes)
	fails_with 123
	BEFORE=(env FOSTER_FAIL_ON_LEFTOVERS=7)
	fails_with 7
	BEFORE=(env FOSTER_FAIL_ON_LEFTOVERS=no)
	foster "$WITNESS" leave 1 plain -- "$WITNESS" exit 0
	[[ $status = 0 && -z $errors ]]
}

@test "without it, and where nothing is left, a success stays one" {
	foster "$WITNESS" leave 1 plain -- "$WITNESS" exit 0
	[[ $status = 0 && -z $errors ]]
	foster --fail-on-leftovers "$WITNESS" exit 0
	[[ $status = 0 && -z $errors ]]
	foster --fail-on-leftovers sh -c "\"$WITNESS\" orphans 200; while [ \"\$(cat /proc/\$PPID/task/\$PPID/children)\" != \"\$\$ \" ]; do :; done"
	[[ $status = 0 && -z $errors ]]
}

@test "a program that failed keeps its code, and -e says what success is" {
	foster --fail-on-leftovers "$WITNESS" leave 1 plain -- "$WITNESS" exit 3
	[[ $status = 3 ]]
	foster --fail-on-leftovers -e 3 "$WITNESS" leave 1 plain -- "$WITNESS" exit 3
	[[ $status = 123 ]]
	foster --fail-on-leftovers -e 0:4 "$WITNESS" leave 1 plain -- "$WITNESS" exit 0
	[[ $status = 4 ]]
}

@test "of very many the first are named, and the others counted" {
	foster --fail-on-leftovers --leftovers KILL "$WITNESS" leave 100 plain -- "$WITNESS" exit 0
	[[ $status = 123 ]]
	[[ $(grep -c ', killed by KILL: ' "$err") = 64 ]]
	[[ $(tail -n 1 "$err") = 'foster: left over: 36 more' ]]
}

@test "bytes that a terminal might obey are harmless in a name and in a command line" {
	foster -v bash -c 'exec -a $'"'x\e[31m\ny'"' "$WITNESS" leave 1 plain' --
	[[ $(told) = *': x\x1b[31m\ny leave 1 plain' ]]
	not grep -q $'\e' "$err"
	foster -v --leftovers KILL sh -c "(printf 'a\033) b\nc' >/proc/self/comm; echo READY; kill -STOP \$(cut -d ' ' -f 1 /proc/self/stat); read -r x </dev/zero) & \"$WITNESS\" line out READY 20"
	[[ $(told) = *'(a\x1b) b\nc), '* ]]
}

@test "without /proc nobody has a name, and it is a failure all the same" {
	BEFORE=("$WITNESS" deny readlink,readlinkat enosys --)
	foster --fail-on-leftovers --leftovers TERM/300ms/KILL sh -c "\"$WITNESS\" plain & exit 0"
	[[ $status = 123 ]]
	[[ $(told) = 'foster: left over: 1 more' ]]
}

@test "under another init's name the variable works as well" {
	ln -s "$BIN" tini
	BIN=$PWD/tini
	BEFORE=(env FOSTER_FAIL_ON_LEFTOVERS=1 FOSTER_LEFTOVERS=TERM/5s/KILL)
	foster "$WITNESS" leave 1 plain -- "$WITNESS" exit 0
	[[ $status = 123 ]]
	[[ $errors = *'left over: pid '*', killed by TERM: '* ]]
}

@test "a code that is none is refused" {
	for wrong in 0 256 x ''; do
		foster "--fail-on-leftovers=$wrong" "$WITNESS" show shown
		[[ $status = 125 ]]
		[[ $errors = *--fail-on-leftovers*"'$wrong'"* ]]
		[[ ! -e shown ]]
	done
}
