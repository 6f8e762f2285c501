#!/usr/bin/env bats
# A fork bomb of orphans is ended by the ladder, and nothing of the host is touched.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2206,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"
source "$BATS_TEST_DIRNAME/waits.bash"

PIDS=/sys/fs/cgroup/pids
MOST=100
pids='' user=$EUID

eval "sweep_$(declare -f teardown)"
teardown() {
	sweep_teardown
	[[ -z $pids ]] || rmdir "$pids"
}

# The bound is the kernel's: on all that is below foster where the controller can be had, else on all that a user may have, who is
# nobody else's if we are root. BOUND=user asks for the latter.
bounded() {
	if [[ -w $PIDS/cgroup.procs && ${BOUND-} != user ]]; then
		pids=$PIDS/foster-$BASHPID
		mkdir "$pids"
		echo $MOST >"$pids/pids.max"
		BEFORE=(sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$pids")
	elif ((EUID == 0)); then
		user=64321
		chmod o+rwx "$BATS_RUN_TMPDIR" .
		BEFORE=("$WITNESS" limit nproc $MOST -- "$WITNESS" as $user --)
	else
		BEFORE=("$WITNESS" limit nproc $((MOST + $(ps -o lwp= -L -U "$EUID" | wc -l))) --)
	fi
}

# A stranger of the same user, who writes down what hits it.
canary() {
	aside canary.out "$WITNESS" as "$user" -- "$WITNESS" record "$PWD/canary"
	"$WITNESS" await canary "$PATIENCE"
}

canary_sings() {
	pgrep -f "^[^ ]*witness record $PWD/canary\$"
	[[ ! -s canary ]]
}

at_its_bound() {
	if [[ -n $pids ]]; then
		await_line "$pids/pids.events" '^max [1-9]'
		return
	fi
	until (($(pgrep -c -f '^[^ ]*witness (leave 1 )?bomb') > MOST / 2)); do
		((SECONDS < PATIENCE)) || fail 'the bomb does not grow'
	done
}

explode() { # OPTION...
	alone
	bounded
	canary
	start "$@" sh -c '"$WITNESS" leave 1 bomb; exec "$WITNESS" signals until USR1'
	await_out READY
	at_its_bound
}

ended() {
	finish # which fails if anything is left behind
	[[ -z $pids ]] || await_line "$pids/pids.current" '^0$'
	canary_sings
	((took_ms < 25000))
}

@test "a fork bomb of orphans that is left over is ended by the ladder, and a canary outside lives on" {
	explode --leftovers TERM/300ms/KILL
	signal USR1
	ended
	[[ $status = 0 ]]
}

@test "so it is by the ladder of --stop, while the program lives" {
	explode --stop all:TERM/300ms/all:KILL
	signal TERM
	ended
	[[ $status = 137 ]]
}

@test "so it is where the program was the bomb" {
	alone
	bounded
	canary
	start --stop all:TERM/300ms/all:KILL "$WITNESS" bomb
	await_out READY
	at_its_bound
	signal TERM
	ended
}
