#!/usr/bin/env bats
# The images of docker/, built as their users build them.
# shellcheck source-path=SCRIPTDIR source=engines.bash disable=SC2016,SC2030,SC2031,SC2034
source "$BATS_TEST_DIRNAME/engines.bash"

ENGINE=docker
BASE=$HOUSE/build/debian.tar # as debian:12-slim, from where this machine has its packages

setup_file() {
	needs docker dockerd containerd runc mmdebstrap python3
	# shellcheck source=/dev/null
	[[ -e $BASE ]] || (
		. /etc/os-release
		readarray -t sources < <(grep -lsw main /etc/apt/sources.list /etc/apt/sources.list.d/*)
		mmdebstrap --quiet --variant=apt "$VERSION_CODENAME" "${BASE%.tar}.part.tar" "${sources[@]}"
		mv "${BASE%.tar}.part.tar" "$BASE"
	)
	docker import "$BASE" debian:12-slim >/dev/null
}

teardown_file() {
	clear_boxes
	docker volume prune -f >/dev/null
}

@test "docker/Dockerfile builds an image of one file, which is foster" {
	docker build --network=host -t foster -f "$HOUSE/docker/Dockerfile" "$HOUSE" >built 2>&1 || fail "$(tail -n 20 built)"
	docker create --name files foster >/dev/null
	docker export files | tar -t | grep -v '/$' | sort >listed
	grep -vE '^(\.dockerenv|dev/console|etc/(hosts|hostname|resolv\.conf|mtab))$' listed >ours # the rest is docker's own
	[[ $(<ours) = foster ]] || fail "$(<ours)"
	in_engine --entrypoint /foster foster --version
	[[ $status = 0 && $output = 'foster '*' - git.release' ]]
	[[ $(docker inspect -f '{{.Config.Entrypoint}}' foster) = '[/foster --]' ]]
}

@test "its stage test has what the tests need, and they pass there" {
	docker build --network=host --target test -t foster-test -f "$HOUSE/docker/Dockerfile" "$HOUSE" >built 2>&1 || fail "$(tail -n 20 built)"
	[[ $(docker inspect -f '{{.Config.Cmd}}' foster-test) = '[make test]' ]]
	PATIENCE=300
	# Of what --privileged gives only what these need: it asks for capabilities that this machine's root may lack.
	in_engine --cap-add SYS_ADMIN --cap-add SYS_PTRACE --security-opt seccomp=unconfined --security-opt apparmor=unconfined -e CI=true foster-test sh -c 'make all build/witness && tests/run tests/birth.bats tests/leftovers.bats tests/manual.bats tests/completions.bats'
	[[ $status = 0 && $output = *' passed, 0 failed, 0 skipped' ]] || fail "$output"
}

@test "with TARGETARCH it compiles for another machine" {
	docker build --network=host --build-arg TARGETARCH=arm64 -t foster-arm64 -f "$HOUSE/docker/Dockerfile" "$HOUSE" >built 2>&1 || fail "$(tail -n 20 built)"
	docker create --name other foster-arm64 >/dev/null
	docker cp other:/foster other
	readelf -h other | grep 'Machine: *AArch64'
	not grep INTERP <(readelf -lW other)
}

@test "docker/example is a service that saves its work when it is stopped" {
	docker build -t example "$HOUSE/docker/example" >built 2>&1 || fail "$(tail -n 20 built)"
	mkdir data
	box -v "$PWD/data:/data" --read-only --cap-drop ALL --security-opt no-new-privileges --pids-limit 64 example
	await_out 'worker: working'
	docker exec "$BOX" test -e /data/working
	docker stop -t 10 "$BOX"
	[[ $(<data/state) = saved ]]
	[[ $(of_box .State.ExitCode) = 0 ]]
}

@test "docker/example/compose.yaml gives the service what its Dockerfile counts on" {
	python3 - "$HOUSE/docker/example" <<-'END'
		import os, re, sys, yaml
		folder = sys.argv[1]
		compose = yaml.safe_load(open(f"{folder}/compose.yaml"))
		[service] = compose["services"].values()
		assert os.path.exists(f"{folder}/{service['build']}/Dockerfile")
		assert service["init"] is False and service["volumes"] == ["data:/data"] and "data" in compose["volumes"]
		ladder = re.search(r'"--stop", "([^"]*)"', open(f"{folder}/Dockerfile").read()).group(1)
		steps = sum(int(time) for time in re.findall(r"(\d+)s", ladder))
		assert int(service["stop_grace_period"].rstrip("s")) > steps + 1, (service["stop_grace_period"], ladder)
	END
}
