# What the tests with real hosts load: a guest's file system, and LXC, systemd-nspawn and qemu around it.
#
#   guest              makes a guest: ROOT, its file system, with foster as /sbin/init, a static busybox and the witness
#   rc                 its /etc/rc, from stdin
#   recorder           an /etc/rc that tells of its start, its stop and, 1.5 s later, of its data in /data/log
#
# Nothing here waits for a length of time, but for conditions, and a deadline makes the test fail.
# shellcheck shell=bash disable=SC2034 # what these functions set is read by the tests

HOUSE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BIN=${FOSTER_BIN:-build/foster}
[[ $BIN = /* ]] || BIN=$HOUSE/$BIN
WITNESS=$HOUSE/build/witness
PATIENCE=60 # seconds after which a condition will not come about any more

fail() {
	printf '%s\n' "$*" >&2
	return 1
}

not() { # COMMAND: because bash does not end at a plain "!"
	! "$@"
}

now_ms() {
	printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"
}

until_true() { # COMMAND...
	local end=$((SECONDS + PATIENCE))
	until "$@"; do
		((SECONDS < end)) || fail "never came true: $*" || return
		"$WITNESS" await never 0.05 2>/dev/null || true
	done
}

counts() { # N WORD: that many lines of the guest's log begin with it
	[[ $(grep -c "^$2" "$ROOT/data/log" 2>/dev/null) = "$1" ]]
}

guest() { # [INIT]: a program to be /sbin/init instead of foster
	ROOT=$BATS_TEST_TMPDIR/guests/g/rootfs
	mkdir -p "$ROOT"/{bin,sbin,etc,proc,sys,dev,run,tmp,data,usr}
	install "${1:-$BIN}" "$ROOT/sbin/init"
	install "$WITNESS" "$ROOT/bin/witness"
	install "$(type -P busybox)" "$ROOT/bin/busybox"
	local name folder=$BATS_TEST_TMPDIR
	while [[ ${folder%/*} ]]; do # an unprivileged guest has to get there
		chmod o+x "$folder"
		folder=${folder%/*}
	done
	for name in $("$ROOT/bin/busybox" --list); do
		[[ -e $ROOT/bin/$name || $name = init ]] || ln -s busybox "$ROOT/bin/$name"
	done
	echo 'ID=guest' >"$ROOT/etc/os-release"
}

rc() {
	cat >"$ROOT/etc/rc"
	chmod +x "$ROOT/etc/rc"
}

recorder() {
	rc <<'END'
#!/bin/sh
echo "start $PATH" >>/data/log
trap 'echo stop >>/data/log; sleep 1.5; echo saved >>/data/log; exit 7' TERM
while :; do
	sleep 1000 &
	wait $!
done
END
}

services() { # COUNT: services under /etc/services.d, each with a daemon that saves on TERM, and docker/services to run them as /etc/rc
	local i
	install -D "$HOUSE/docker/services" "$ROOT/sbin/services"
	mkdir -p "$ROOT/etc/services.d"
	for ((i = 1; i <= $1; i++)); do
		cat >"$ROOT/etc/services.d/$(printf %02d "$i")" <<'END'
#!/bin/sh
name=${0##*/}
case $1 in
start) witness leave 1 flush 100 "/data/$name" >"/data/$name.left" && echo "start $name" >>/data/log ;;
stop) kill -TERM "$(sed 's/left //' "/data/$name.left")" && witness line "/data/$name" flushed 20 >/dev/null && echo "stop $name" >>/data/log ;;
esac
exit $?
END
	done
	chmod +x "$ROOT/etc/services.d"/*
	rc <<<$'#!/bin/sh\nexec services -n 6'
}

# ---- LXC ----

config() { # LINE...: the guest's configuration, the tests' own lines last
	printf '%s\n' 'lxc.uts.name = g' "lxc.rootfs.path = dir:$ROOT" 'lxc.net.0.type = none' 'lxc.mount.auto = proc:mixed sys:ro' \
		'lxc.init.cmd = /sbin/init -v' 'lxc.apparmor.profile = unconfined' 'lxc.tty.max = 0' 'lxc.pty.max = 4' "$@" >"${ROOT%/*}/config"
}

lxc() { # WHAT ARGUMENT...: lxc-WHAT of the guest
	"$(type -P "lxc-$1")" -P "$BATS_TEST_TMPDIR/guests" -n g "${@:2}" 3>&-
}

start_lxc() { # ARGUMENT...: in the background; the console's words are in the file console
	: >"$BATS_TEST_TMPDIR/console"
	# Without a PATH LXC finds no newuidmap, which would ask /etc/subuid; root can write the map itself.
	"$(type -P env)" ${WITHOUT_HELPERS:+PATH=/} "$(type -P lxc-start)" -P "$BATS_TEST_TMPDIR/guests" -n g \
		-L "$BATS_TEST_TMPDIR/console" -o "$BATS_TEST_TMPDIR/lxc.log" -l INFO "$@" 3>&-
}

state_is() {
	[[ $(lxc info -sH) = "$1" ]]
}

stop_lxc() { # ARGUMENT...: sets stop_ms
	local asked_ms
	asked_ms=$(now_ms)
	lxc stop "$@"
	stop_ms=$(($(now_ms) - asked_ms))
}

init_pid() { # of the guest, as seen from here
	lxc info -pH
}

# ---- what is left of a test ----

BACKGROUND=()

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	((EUID == 0)) || skip 'needs root'
}

teardown() {
	local pid
	if [[ -z ${BATS_TEST_COMPLETED-} ]]; then
		tail -vn 30 "$BATS_TEST_TMPDIR"/{console,lxc.log,out,guests/g/rootfs/data/log} 2>/dev/null
	fi
	[[ ! -e $BATS_TEST_TMPDIR/guests/g/config ]] || state_is STOPPED || lxc stop -k
	for pid in "${BACKGROUND[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}
