#!/usr/bin/env bats
# foster in docker, by ENTRYPOINT and by --init.
# shellcheck source-path=SCRIPTDIR source=engines.bash disable=SC2016,SC2030,SC2031,SC2034
source "$BATS_TEST_DIRNAME/engines.bash"

ENGINE=docker

setup_file() { needs docker dockerd containerd runc; }

teardown_file() { clear_boxes; }

entrypoint_in() { # BASE: the image that README.md describes, named as the base
	printf 'FROM %s\nCOPY foster /foster\nCOPY witness /witness\nENTRYPOINT ["/foster", "--"]\n' "$1" >Dockerfile
	docker build -q -t "in-$1" -f Dockerfile "$E2E/tiny" >/dev/null
}

denying() { # ERRNO: a seccomp profile without any call that is not as old as the hills
	printf '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_ERRNO", "errnoRet": %d, "names": [%s]}]}' "$1" \
		'"signalfd", "signalfd4", "clone3", "pidfd_open", "pidfd_send_signal", "pidfd_getfd", "close_range"' >profile.json
	printf %s "$PWD/profile.json"
}

# ---- images ----

@test "ENTRYPOINT in an image from scratch" {
	entrypoint_in scratch
	mkdir data
	in_engine -v "$PWD/data:/data" in-scratch /witness leave 2 flush 300 /data/flushed -- /witness exit 7
	[[ $status = 7 && $(wc -l <data/flushed) = 2 ]]
	in_engine in-scratch /nothing
	[[ $status = 127 && $errors = 'foster: /nothing: not found' ]]
}

@test "ENTRYPOINT in a busybox image" {
	entrypoint_in tiny
	in_engine in-tiny sh -c 'sleep 1000 & exit 3'
	[[ $status = 3 && $took_ms -lt 4000 ]]
}

@test "what README.md says of images that are not one's own, as it stands" {
	printf 'FROM tiny\nRUN rm /foster && ln -s /witness /bin/app\nCMD ["app", "exit", "7"]\n' >Dockerfile
	docker build -q --network=none -t app - <Dockerfile >/dev/null
	eval "run $(recipe '^docker run --init')"
	[[ $status = 7 ]]
	eval "run $(recipe '^docker run -v' | sed 's/its arguments/exit 8/')"
	[[ $status = 8 && -z $output ]] || fail "$output"
	eval "$(recipe '^docker run -v' | sed 's/its arguments/plain/; s/run/run -d --name app/')"
	BOX=app
	await_that runs_in_box 'app plain'
	[[ $(eval "$(recipe '^docker exec')") = 'no zombies' ]]
	[[ $(docker exec app /foster --tree) = *'/foster -- app plain'*'app plain'* ]]
}

# ---- docker's own init ----

@test "docker run --init runs foster, and what is left over has time to save its work" {
	in_engine --init tiny ps -o pid,args
	grep -E '^ +1 /sbin/docker-init -- ps' <<<"$output"
	mkdir data
	in_engine --init -v "$PWD/data:/data" tiny /witness leave 3 flush 300 /data/flushed -- /witness exit 7
	[[ $status = 7 && $(wc -l <data/flushed) = 3 ]]
}

@test "docker info and docker version show foster and its commit" {
	local hash
	hash=$("$BIN" --version | sed 's/.*git\.//')
	docker info >told 2>warnings
	grep -Fx " init version: $hash" told
	grep -Fx " Init Binary: $BIN" told
	not grep -i init warnings
	docker version | grep -A 2 -Fx ' foster:' | grep -E "GitCommit: +$hash\$"
	not grep 'failed to .* init version' "$E2E/log/docker"
}

# ---- signals, terminals, sessions ----

@test "docker stop reaches the program, and what it leaves over has time to save its work" {
	mkdir data
	box -v "$PWD/data:/data" "${TINY[@]}" -- /witness leave 2 flush 300 /data/flushed -- /witness signals until TERM
	await_out READY
	docker stop -t 20 "$BOX"
	[[ $(of_box .State.ExitCode) = 0 && $(wc -l <data/flushed) = 2 ]]
	grep 'signal=15' <(docker logs "$BOX")
}

@test "docker stop of a program that does not listen ends it by --stop, before docker's own KILL" {
	box "${TINY[@]}" --stop TERM/300ms/KILL -- /witness stubborn
	await_out READY
	asked_ms=$(now_ms)
	docker stop -t 20 "$BOX"
	(($(now_ms) - asked_ms < 10000))
	[[ $(of_box .State.ExitCode) = 137 ]]
}

@test "docker kill -s hands on each signal, the real-time ones as docker counts them" {
	local signal
	box "${TINY[@]}" -- /witness signals until TERM
	await_out READY
	for signal in USR1=10 RTMIN+3=37 RTMAX=64 HUP=1 34=34; do
		docker kill -s "${signal%=*}" "$BOX"
		await_out "^signal=${signal#*=} "
	done
	docker stop -t 20 "$BOX"
	[[ $(received "$out") = '10 37 64 1 34 15' ]]
}

@test "docker run -it has job control" {
	on_terminal
	BOX=terminal
	launch_engine -it --name "$BOX" "${TINY[@]}" -- /bin/sh
	await_out '# '
	type_keys 'sleep 1000\n'
	await_that runs_in_box 'sleep 1000'
	type_keys '\x1a'
	await_out 'Stopped'
	type_keys 'fg\n'
	await_out '^sleep 1000'
	type_keys '\x03'
	type_keys 'echo over $((6 * 7))\nexit 5\n'
	await_out 'over 42'
	finish
	[[ $status = 5 ]]
}

@test "what came by docker exec is asked to end too, and what it leaves is reaped" {
	mkdir data
	box -v "$PWD/data:/data" "${TINY[@]}" -w -- /witness signals until TERM
	await_out READY
	docker exec -d "$BOX" /witness flush 300 /data/flushed
	docker exec "$BOX" /witness leave 1 flush 300 /data/flushed
	docker exec "$BOX" /witness orphans 5
	await_out 'reaped pid .*witness'
	docker stop -t 20 "$BOX"
	[[ $(of_box .State.ExitCode) = 0 && $(wc -l <data/flushed) = 2 ]]
	[[ $(docker logs "$BOX" 2>&1 | grep -c 'reaped pid') -ge 6 ]]
}

@test "with --pid=host only what is below foster is ended" {
	aside bystander "$WITNESS" plain
	await_line bystander READY
	keeps_its_promises --pid=host
	box --pid=host "${TINY[@]}" --stop all:TERM/300ms/all:KILL -- /witness stubborn
	await_out READY
	docker stop -t 20 "$BOX"
	[[ $(of_box .State.ExitCode) = 137 && ! -e bystander.code ]]
}

# ---- less and less allowed ----

@test "a read-only container" { keeps_its_promises --read-only; }

@test "an arbitrary user" { keeps_its_promises --user 12345:12345; }

@test "no capability" { keeps_its_promises --cap-drop ALL; }

@test "no new privileges, no capability, an arbitrary user, read-only" {
	keeps_its_promises --security-opt no-new-privileges --cap-drop ALL --user 12345:12345 --read-only
}

@test "a seccomp profile that answers all that is newer than Linux 2.6.22 with EPERM" {
	keeps_its_promises --security-opt seccomp="$(denying 1)"
}

@test "the same with ENOSYS" {
	keeps_its_promises --security-opt seccomp="$(denying 38)"
}

@test "6 MB of memory" { keeps_its_promises --memory 6m; }

@test "eight processes" { keeps_its_promises --pids-limit 8; }

@test "one process is none for the program: refused with a line, not a container that hangs" {
	in_engine --pids-limit 1 "${TINY[@]}" -- /witness exit 0
	[[ $status = 125 && $errors = 'foster: /witness: cannot start: Resource temporarily unavailable' ]]
}

# ---- the engine's own ideas ----

@test "a thousand health probes would leave no zombie: five do not" {
	box --health-cmd '/witness orphans 5' --health-interval 200ms "${TINY[@]}" -w -- /witness signals until TERM
	await_box .State.Health.Status healthy
	await_box 'len .State.Health.Log' 5
	await_out 'reaped pid'
	not grep -E ' Z' <(docker top "$BOX" -eo pid,stat,args)
	docker stop -t 20 "$BOX"
	[[ $(of_box .State.ExitCode) = 0 ]]
}

@test "the program is killed for want of memory: foster is not, and tells" {
	box --memory 16m --memory-swap 16m "${TINY[@]}" -v -- tail /dev/zero
	await_box .State.Status exited
	[[ $(of_box .State.ExitCode) = 137 && $(of_box .State.OOMKilled) = true ]]
	grep 'killed by KILL' <(docker logs "$BOX" 2>&1)
}

@test "a restart policy sees the program's code" {
	box --restart on-failure:2 "${TINY[@]}" -- /witness exit 3
	await_box '.RestartCount}} {{.State.Status' '2 exited'
	[[ $(of_box .State.ExitCode) = 3 ]]
}

@test "a restart policy sees the code that -e makes of it" {
	box --restart on-failure:2 "${TINY[@]}" -e 3 -- /witness exit 3
	await_box .State.Status exited
	[[ $(of_box .State.ExitCode) = 0 && $(of_box .RestartCount) = 0 ]]
}
