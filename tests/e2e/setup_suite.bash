# What every test of this folder finds: a dockerd of its own, podman and runc with folders of their own, and small images. Each is started
# once, all live in $E2E, and none is left in the end.
#
# docker, podman and runc in a test are commands that know these sockets and folders; the machine's own engines are not touched.
# shellcheck shell=bash

setup_suite() {
	E2E=$(mktemp -d "${TMPDIR:-/tmp}/foster-e2e.XXXXXX")
	HOUSE=${BASH_SOURCE[0]%/tests/*}
	export E2E HOUSE
	export PATH=$E2E/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH # where Debian has its engines; the machine may have others
	cd "$HOUSE" || return
	cp "$(realpath "${FOSTER_BIN:-build/foster}")" "$E2E/foster"
	export FOSTER_BIN=$E2E/foster
	mkdir "$E2E/bin" "$E2E/log"
	configure
	make_root "$E2E/tiny"
	[[ -z $(engine dockerd) ]] || start_docker
	[[ -z $(engine podman) ]] || start_podman
}

teardown_suite() {
	local pid

	for pid in "$E2E"/docker.pid "$E2E"/containerd.pid; do
		[[ ! -e $pid ]] || stop_engine "$(<"$pid")"
	done
	echo "# ran in: $(versions)" >&3
	# Docker leaves the network of --network=host mounted.
	umount "$E2E/docker-run/netns/default" 2>/dev/null || true
	nothing_left || return
	rm -rf --one-file-system "$E2E"
}

engine() { # NAME: where it is, or nothing
	PATH=${PATH#*:} type -P "$1" || true
}

command_of() { # NAME WORD...: what NAME means in a test
	local name=$1
	shift
	printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$E2E/bin/$name"
	chmod 755 "$E2E/bin/$name"
}

configure() {
	command_of docker env "DOCKER_CONFIG=$E2E/docker.conf" DOCKER_BUILDKIT=0 /usr/bin/docker -H "unix://$E2E/docker.sock"
	command_of podman env "CONTAINERS_CONF=$E2E/podman.conf" "CONTAINERS_REGISTRIES_CONF=$E2E/registries.conf" \
		/usr/bin/podman --root "$E2E/podman" --runroot "$E2E/podman-run" --tmpdir "$E2E/podman-tmp" --storage-driver=vfs
	command_of runc "$(engine runc)" --root "$E2E/runc"
	cat >"$E2E/containerd.conf" <<-END
		version = 2
		root = "$E2E/containerd"
		state = "$E2E/containerd-run"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$E2E/containerd.sock"
	END
	echo '{}' >"$E2E/docker.json"
	cat >"$E2E/podman.conf" <<-END # the limits: what it would set otherwise needs CAP_SYS_RESOURCE
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[network]
		network_backend = "netavark"
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		infra_image = "localhost/pause:latest"
	END
	echo 'unqualified-search-registries = []' >"$E2E/registries.conf"
}

make_root() { # FOLDER: busybox, foster and the witness
	local name

	mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
	cp "$E2E/foster" build/witness "$1"
	cp "$(engine busybox)" "$1/bin/busybox"
	for name in $("$1/bin/busybox" --list); do
		[[ $name = busybox ]] || ln -s busybox "$1/bin/$name"
	done
}

background() { # NAME COMMAND...: its pid in NAME.pid
	local name=$1
	shift
	"$@" >"$E2E/log/$name" 2>&1 3>&- </dev/null &
	echo $! >"$E2E/$name.pid"
}

await() { # SECONDS COMMAND...
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < until)) || return 1
		sleep 0.1
	done
}

start_docker() {
	background containerd containerd --config "$E2E/containerd.conf"
	await 30 test -S "$E2E/containerd.sock"
	background docker dockerd --config-file "$E2E/docker.json" --containerd "$E2E/containerd.sock" -H "unix://$E2E/docker.sock" \
		--data-root "$E2E/docker" --exec-root "$E2E/docker-run" --pidfile "$E2E/dockerd.pid" \
		--iptables=false --ip6tables=false --bridge=none --init-path "$E2E/foster"
	await 60 docker version || { tail -n 50 "$E2E/log/docker" >&2; return 1; }
	tar -C "$E2E/tiny" -c . | docker import - tiny >/dev/null
}

start_podman() {
	tar -C "$E2E/tiny" -c . | podman import --quiet - tiny >/dev/null
	printf 'FROM scratch\nCOPY foster /foster\nENTRYPOINT ["/foster", "-P"]\n' >"$E2E/Pause"
	podman build --quiet --isolation chroot -t pause -f "$E2E/Pause" "$E2E/tiny" >/dev/null
}

stop_engine() { # PID, of our own child
	kill "$1"
	await 30 gone "$1" || kill -KILL "$1"
}

gone() {
	local state
	state=$(ps -o stat= -p "$1" || true)
	[[ -z $state || $state = Z* ]]
}

versions() {
	local list=()

	[[ -z $(engine dockerd) ]] || list+=("docker $(dockerd --version | sed 's/.*version \([^,]*\),.*/\1/')")
	[[ -z $(engine containerd) ]] || list+=("containerd $(containerd --version | awk '{ print $3 }')")
	[[ -z $(engine podman) ]] || list+=("$(/usr/bin/podman --version | sed 's/ version//')")
	[[ -z $(engine runc) ]] || list+=("$(runc --version | sed -n '1s/ version//p')")
	printf '%s\n' "${list[@]}" | paste -sd , | sed 's/,/, /g'
}

# No process and no mount of ours.
nothing_left() {
	local left

	left=$(pgrep -fa -- "$E2E" || true; grep -F "$E2E" /proc/self/mounts || true)
	[[ -z $left ]] || { printf 'left behind:\n%s\n' "$left" >&2; return 1; }
}
