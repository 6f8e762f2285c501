#!/usr/bin/env bats
# foster as the init of real LXC guests.
# shellcheck source-path=SCRIPTDIR source=host.bash disable=SC2154,SC2016,SC2030,SC2031
source "$BATS_TEST_DIRNAME/host.bash"

teardown_file() { echo "# ran in: lxc $(lxc-start --version)" >&3; }

ends_in_time() { # stopped within the service's own 1.5 s and some, far from lxc-stop's 60
	((stop_ms >= 1500 && stop_ms < 15000)) || fail "took $stop_ms ms"
	state_is STOPPED
	[[ $(tail -n 2 "$ROOT/data/log") = $'stop\nsaved' ]]
}

@test "lxc-stop: nothing is lost, and it takes as long as the service takes" {
	guest
	recorder
	config
	start_lxc
	until_true counts 1 start
	stop_lxc
	ends_in_time
	grep -q 'start /usr/local/sbin:.*:/bin$' "$ROOT/data/log"
	grep -q 'RTMIN+3 from outside the container: stopping' console
	grep -q 'ended on signal Interrupt' lxc.log
}

@test "lxc-stop -r really restarts the guest: two starts" {
	guest
	recorder
	config
	start_lxc
	until_true counts 1 start
	first=$(init_pid)
	stop_lxc -r
	until_true counts 2 start
	[[ $(sed 's/ .*//' "$ROOT/data/log" | xargs) = 'start stop saved start' ]]
	state_is RUNNING
	[[ $(init_pid) != "$first" ]]
	stop_lxc
	ends_in_time
	counts 2 start
}

@test "PWR, as other versions send it, stops the guest, and INT restarts it" {
	guest
	recorder
	config 'lxc.signal.halt = SIGPWR'
	start_lxc
	until_true counts 1 start
	kill -INT "$(init_pid)"
	until_true counts 2 start
	stop_lxc
	ends_in_time
	grep -q 'PWR from outside the container: stopping' console
}

@test "-r INT:halt, as util-vserver's plain style wants it: INT stops the guest, and does not restart it" {
	guest
	recorder
	config 'lxc.init.cmd = /sbin/init -v -r INT:halt'
	start_lxc
	until_true counts 1 start
	kill -INT "$(init_pid)"
	until_true state_is STOPPED
	[[ $(sed 's/ .*//' "$ROOT/data/log" | xargs) = 'start stop saved' ]]
}

@test "lxc-attach sessions are ended with notice" {
	guest
	recorder
	config
	start_lxc
	until_true counts 1 start
	lxc attach -- /bin/witness flush 700 /data/attached </dev/null >attached 2>&1 &
	BACKGROUND+=($!)
	until_true grep -q READY attached
	stop_lxc
	ends_in_time
	[[ $(<"$ROOT/data/attached") = flushed ]]
}

@test "an unprivileged guest halts and restarts" {
	guest
	recorder
	chown -R 100000:100000 "$ROOT"
	config 'lxc.mount.auto =' 'lxc.mount.auto = proc:mixed' 'lxc.idmap = u 0 100000 65536' 'lxc.idmap = g 0 100000 65536'
	WITHOUT_HELPERS=yes start_lxc
	until_true counts 1 start
	[[ $(stat -c %u "/proc/$(init_pid)") = 100000 ]]
	stop_lxc -r
	until_true counts 2 start
	stop_lxc
	ends_in_time
}

@test "without CAP_SYS_BOOT foster exits and says so, and nothing is lost" {
	guest
	recorder
	config 'lxc.cap.drop = sys_boot'
	start_lxc
	until_true counts 1 start
	stop_lxc
	ends_in_time
	grep -q 'foster: cannot ask the host for a poweroff, exiting: Operation not permitted' console
}

@test "LXC sees the program's exit code, and what --guest says" {
	guest
	config
	rc <<<$'#!/bin/sh\necho start >>/data/log\nexit 7'
	start_lxc -F
	grep -q 'ended on error (7)' lxc.log # lxc-start itself ends with 0
	config 'lxc.init.cmd = /sbin/init --guest=poweroff'
	rm lxc.log
	start_lxc -F
	grep -q 'ended on signal Interrupt' lxc.log
	rm "$ROOT/data/log"
	config 'lxc.init.cmd = /sbin/init --guest=reboot'
	rc <<<$'#!/bin/sh\necho start >>/data/log\n[ "$(wc -l </data/log)" -lt 3 ] || exec sleep 1000'
	start_lxc
	until_true counts 3 start
	stop_lxc
	state_is STOPPED
}

@test "lxc.init.cmd and /etc/foster.conf say what runs" {
	guest
	config 'lxc.init.cmd = /sbin/init /bin/witness plain'
	start_lxc
	until_true grep -q READY console
	stop_lxc
	printf '%s\n' '# one argument a line' /bin/sh -c 'echo "two words" >/data/log; exec witness plain' >"$ROOT/etc/foster.conf"
	config
	start_lxc
	until_true grep -q READY console
	stop_lxc
	[[ $(<"$ROOT/data/log") = 'two words' ]]
}

@test "without --guest lxc-stop stops the program as docker stop does" {
	guest
	recorder
	ln "$ROOT/sbin/init" "$ROOT/sbin/foster"
	config 'lxc.init.cmd = /sbin/foster -v /etc/rc' 'lxc.environment = PATH=/bin'
	start_lxc
	until_true counts 1 start
	stop_lxc
	ends_in_time
}

@test "lxc-execute, whose init is its own, runs foster below it: stopped with notice, and its code is told" {
	guest
	ln "$ROOT/sbin/init" "$ROOT/sbin/foster"
	config 'lxc.environment = PATH=/bin'
	lxc execute -- /sbin/foster -e 7:9 /bin/sh -c 'exit 7' || code=$?
	[[ $code = 9 ]]
	lxc execute -- /sbin/foster /bin/witness leave 1 flush 300 /data/flushed -- /bin/witness flush 300 /data/flushed >out 2>&1 &
	BACKGROUND+=($!)
	until_true grep -q READY out
	stop_lxc
	((stop_ms < 15000))
	state_is STOPPED
	[[ $(wc -l <"$ROOT/data/flushed") = 2 ]]
}

@test "40 services are started and stopped 6 at a time as the guest's program, and none loses its data" {
	guest
	services 40
	config
	start_lxc
	until_true grep -q '^services: 40 started' console
	counts 40 start
	stop_lxc
	state_is STOPPED
	counts 40 stop
	[[ $(cat "$ROOT"/data/?? | grep -c flushed) = 40 ]]
	grep -q '^services: 40 stopped' console
	grep -q 'exited with 0' console
}
