#!/usr/bin/env bats
# foster as the init of a guest of systemd-nspawn.
# shellcheck source-path=SCRIPTDIR source=host.bash disable=SC2154,SC2016,SC2030,SC2031
source "$BATS_TEST_DIRNAME/host.bash"

teardown_file() { echo "# ran in: $(systemd-nspawn --version | sed '1s/^systemd/systemd-nspawn/;q')" >&3; }

boot() { # ARGUMENT...: of /sbin/init, in the background; sets NSPAWN
	: >out
	systemd-nspawn --quiet -D "$ROOT" --register=no --keep-unit --console=pipe -b -- "$@" </dev/null >out 2>&1 3>&- &
	NSPAWN=$!
	BACKGROUND+=("$NSPAWN")
}

ends() { # CODE: nspawn's own
	code=0
	wait "$NSPAWN" || code=$?
	BACKGROUND=()
	[[ $code = "$1" ]] || fail "systemd-nspawn ended with $code"
}

@test "systemd-nspawn -b: its SIGRTMIN+3 stops the guest and loses nothing" {
	guest
	recorder
	boot -v
	until_true counts 1 start
	asked_ms=$(now_ms)
	kill -TERM "$NSPAWN" # which sends RTMIN+3
	ends 0
	stop_ms=$(($(now_ms) - asked_ms))
	((stop_ms >= 1500 && stop_ms < 15000))
	grep -q 'RTMIN+3 from outside the container: stopping' out
	[[ $(sed 's/ .*//' "$ROOT/data/log" | xargs) = 'start stop saved' ]]
}

@test "INT to the guest's init really restarts the guest: two starts" {
	guest
	recorder
	boot -v
	until_true counts 1 start
	kill -INT "$(pgrep -P "$NSPAWN" -x init)"
	ends 133 # the code for its unit to start it anew (RestartForceExitStatus in systemd-nspawn@.service), where it keeps that unit
	boot -v
	until_true counts 2 start
	kill -TERM "$NSPAWN"
	ends 0
	[[ $(sed 's/ .*//' "$ROOT/data/log" | xargs) = 'start stop saved start stop saved' ]]
}

@test "systemd-nspawn ends with the program's code, or as --guest says" {
	guest
	rc <<<$'#!/bin/sh\nexit 7'
	boot
	ends 7
	boot --guest=poweroff
	ends 0
}
