#!/usr/bin/env bats
# foster in podman: by --init, and as the pause process of a pod.
# shellcheck source-path=SCRIPTDIR source=engines.bash disable=SC2016,SC2030,SC2031,SC2034
source "$BATS_TEST_DIRNAME/engines.bash"

ENGINE=podman

setup_file() { needs podman conmon runc; }

teardown_file() {
	podman pod rm -fa >/dev/null
	clear_boxes
}

pod_of() { # POD TIME: two workloads, one below a foster of its own, that need TIME ms after TERM for their data
	mkdir data
	podman pod create --name "$1" --network=none --share pid,ipc,uts >/dev/null
	podman run -d --pod "$1" --name "$1-bare" -v "$PWD/data:/data" tiny /witness flush "$2" /data/bare >/dev/null
	podman run -d --pod "$1" --name "$1-init" -v "$PWD/data:/data" "${TINY[@]}" -- /witness flush "$2" /data/init >/dev/null
	BOX=$1-bare
	await_that runs_in_box "/witness flush .*"
	podman exec "$1-bare" ps -o pid,args >processes
	grep '^ *1 /foster -P$' processes
}

@test "podman run --init --init-path runs foster, and what is left over has time to save its work" {
	in_engine --init --init-path "$BIN" tiny ps -o pid,args
	grep -E '^ +1 /run/podman-init -- ps' <<<"$output"
	mkdir data
	in_engine --init --init-path "$BIN" -v "$PWD/data:/data" tiny /witness leave 3 flush 300 /data/flushed -- /witness exit 7
	[[ $status = 7 && $(wc -l <data/flushed) = 3 ]]
}

@test "what README.md says of podman and of Kubernetes, as it stands" {
	printf 'FROM tiny\nRUN ln -s /witness /bin/app\nCMD ["app", "exit", "7"]\n' >Dockerfile
	podman build --quiet --isolation chroot -t app -f Dockerfile . >/dev/null
	eval "run $(recipe '^podman')"
	[[ $status = 7 ]]
	{
		printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: readme}'
		recipes yaml | sed -e 's,image: app,image: localhost/app,; s,"its"\, "arguments",signals\, until\, TERM,; s,^spec:,&\n  hostNetwork: true,'
	} >pod.yaml
	podman kube play pod.yaml
	BOX=readme-app
	aside "$out" "$E2E/bin/podman" logs -f "$BOX"
	await_out READY
	[[ $(podman exec "$BOX" /foster --tree) = *'/foster --stop TERM/20s/KILL -- app signals'* ]]
	podman pod stop -t 20 readme
	[[ $(of_box .State.ExitCode) = 0 && $(received "$out") = 15 ]]
}

@test "podman run --init under a user, without capabilities and read-only" {
	mkdir -m 777 data
	in_engine --init --init-path "$BIN" --user 12345:12345 --cap-drop ALL --read-only -v "$PWD/data:/data" tiny \
		/witness leave 3 flush 300 /data/flushed -- /witness exit 7
	[[ $status = 7 && $(wc -l <data/flushed) = 3 ]]
}

@test "ENTRYPOINT in podman" { keeps_its_promises; }

@test "podman stop reaches the program, and what it leaves over has time to save its work" {
	mkdir data
	box -v "$PWD/data:/data" "${TINY[@]}" -- /witness leave 2 flush 300 /data/flushed -- /witness signals until TERM
	await_out READY
	podman stop -t 20 "$BOX"
	[[ $(of_box .State.ExitCode) = 0 && $(wc -l <data/flushed) = 2 ]]
}

@test "what --preserve-fds hands over is the program's, and foster does not hold it" {
	echo handed >file
	BEFORE=("$WITNESS" open 3 "$PWD/file" --)
	in_engine --preserve-fds=1 "${TINY[@]}" -- /bin/sh -c 'cat <&3; for fd in /proc/self/fd/3 /proc/1/fd/*; do readlink $fd; done'
	[[ $output = *handed* && $(grep -c '/file$' <<<"$output") = 1 ]] || fail "$output"
}

@test "a pod whose pause process is foster stops in order: the workloads' work is saved" {
	pod_of orderly 300
	podman pod stop -t 20 orderly
	[[ $(<data/bare) = flushed && $(<data/init) = flushed ]]
	[[ $(podman inspect -f '{{.State.ExitCode}}' orderly-bare orderly-init | sort -u) = 0 ]]
}

@test "the pause process of a pod reaps its orphans" {
	pod_of reaping 0
	podman exec reaping-bare /witness orphans 20
	podman exec reaping-bare /witness leave 1 plain
	podman exec reaping-bare ps -o stat,args >processes
	not grep '^Z' processes
	podman pod stop -t 20 reaping
}

@test "podman kube play, shareProcessNamespace: foster below a pause process" {
	mkdir data
	cat >pod.yaml <<-END
		apiVersion: v1
		kind: Pod
		metadata: {name: kube}
		spec:
		  shareProcessNamespace: true
		  hostNetwork: true
		  volumes:
		  - {name: data, hostPath: {path: $PWD/data}}
		  containers:
		  - name: work
		    image: localhost/tiny
		    imagePullPolicy: Never
		    command: [/foster, -w, --, /witness, leave, "2", flush, "300", /data/flushed, --, /witness, signals, until, TERM]
		    volumeMounts: [{name: data, mountPath: /data}]
	END
	podman kube play pod.yaml
	BOX=kube-work
	aside "$out" "$E2E/bin/podman" logs -f "$BOX"
	await_out READY
	podman exec "$BOX" /bin/ps -o pid,args >processes
	grep '^ *1 /foster -P' processes
	podman pod stop -t 20 kube
	[[ $(of_box .State.ExitCode) = 0 && $(wc -l <data/flushed) = 2 ]]
}

@test "the manual's pod: foster comes into an image that lacks it, and looks after its program" {
	mkdir data
	podman tag localhost/pause localhost/foster
	# "always": with its default of "once" podman 4.3 at times fails to remove the init container, which it takes for running yet.
	sed -n '/^apiVersion/,/^\.Ed/p' "$HOUSE/src/foster.8" | grep -v '^\.' | sed -e 's/name: example/name: manual/' \
		-e 's,^metadata:,&\n  annotations: {io.podman.annotations.init.container.type: always},' \
		-e 's,image: foster,image: localhost/foster,; s,image: your-image,image: localhost/tiny,; s,^spec:,&\n  hostNetwork: true,' \
		-e 's|your-program.*|/witness, signals, until, TERM]|' >pod.yaml
	podman kube play pod.yaml
	BOX=manual-work
	aside "$out" "$E2E/bin/podman" logs -f "$BOX"
	await_out READY
	podman exec "$BOX" /bin/ps -o pid,args | grep '^ *1 /shared/foster -- /witness'
	podman pod stop -t 20 manual
	[[ $(of_box .State.ExitCode) = 0 && $(received "$out") = 15 ]]
}
