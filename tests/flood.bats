#!/usr/bin/env bats
# More of everything than an init should see. `make flood` has FLOOD=1, and takes its time.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

say() { # for the figures at the end
	echo "# $ROOM: $*" >&3
}

many() { # LONG SHORT
	if [[ -n ${FLOOD-} ]]; then echo "$1"; else echo "$2"; fi
}

@test "queued real-time signals, up to 100,000 a second: as many come as were sent, in their order, each with its value" {
	alone
	start "$WITNESS" signals until TERM
	await_out READY
	python3 - "$FOSTER" "$(many 10 0.2)" "$out" <<-'EOF' >sent
		import ctypes, os, resource, sys, time
		RATE = 100000
		QUEUED = min(20000, resource.getrlimit(resource.RLIMIT_SIGPENDING)[0] % 2**31 // 2)  # at a time: the limit is no fault of foster's
		libc = ctypes.CDLL(None, use_errno=True)
		pid, seconds, told = int(sys.argv[1]), float(sys.argv[2]), open(sys.argv[3], encoding="ascii")
		value, came, began = 0, -1, time.monotonic()  # the first line is READY
		while (spent := time.monotonic() - began) < seconds:
		    came += told.read().count("\n")
		    while value < RATE * spent and value - came < QUEUED:
		        value += 1
		        if libc.sigqueue(pid, 40, ctypes.c_void_p(value)):
		            sys.exit(f"cannot send: {os.strerror(ctypes.get_errno())}")
		print(value, f"{value / seconds:.0f}")
	EOF
	read -r count rate <sent
	PATIENCE=600 await_out "^signal=40 code=-1 .*value=$count\$"
	signal TERM
	finish
	grep -o 'signal=40 code=-1 .*value=[0-9]*' out | sed 's/.*=//' >values
	cmp values <(seq "$count")
	say "$count signals queued, $rate a second, $(wc -l <values) delivered"
}

@test "orphans as many as can be made leave no zombie and no gap" {
	alone
	start sh -c '"$WITNESS" orphans "$0"; echo READY; exec "$WITNESS" signals 1' "$(many 1000000 20000)"
	PATIENCE=600 await_out READY
	"$WITNESS" reaped "$FOSTER" 30
	signal USR1
	finish
	[[ $status = 0 ]]
	say "$(many 1000000 20000) orphans, no zombie"
}

@test "ten fosters, one in the other, forward a signal, and the worker below them keeps its data" {
	nest=()
	for _ in {1..9}; do nest+=("$BIN"); done
	start "${nest[@]}" "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" signals until 64
	await_out READY
	signal 64
	finish
	[[ $(received "$out") = 64 ]]
	[[ $status = 0 && $(<flushed) = flushed ]]
}

@test "attached to and let go of by a tracer a hundred times, foster and its program lose no signal" {
	alone
	start "$WITNESS" signals until TERM
	await_out READY
	await_child
	for ((i = 1; i <= $(many 100 10); i++)); do
		for pid in "$FOSTER" "$CHILD"; do
			timeout -s INT 0.05 strace -qq -o /dev/null -p "$pid" || true
		done
		"$WITNESS" send "$FOSTER" 40 "$i" >/dev/null
		await_out "^signal=40 code=-1 .*value=$i\$"
	done
	signal TERM
	finish
}

@test "stopped and continued from outside in each phase, foster loses nothing" {
	alone
	pause() { # foster, until it is seen to stop
		kill -STOP "$FOSTER"
		await_state "$FOSTER" T
	}
	start --stop TERM/30s/KILL "$WITNESS" leave 1 flush 50 flushed -- "$WITNESS" signals until TERM
	await_out READY
	pause
	signal USR1
	kill -CONT "$FOSTER"
	await_out '^signal=10 '
	pause
	signal TERM
	kill -CONT "$FOSTER"
	finish
	[[ $status = 0 && $(<flushed) = flushed ]]
}
