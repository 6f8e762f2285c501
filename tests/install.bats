#!/usr/bin/env bats
# foster brings itself into an image that has no shell: --install copies it, whole or not at all.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016 disable=SC2030,SC2031
source "$BATS_TEST_DIRNAME/helper.bash"

refused() { # PATH REASON: nothing was written
	foster --install "$1"
	[[ $status = 125 && -z $output ]]
	[[ $errors = "foster: --install: cannot write $1: $2" ]] || fail "$errors"
}

only() { # FILE...: nothing else is in the folder `to`
	[[ $(ls -A to) = "$(printf '%s\n' "$@")" ]] || fail "there is: $(ls -A to)"
}

@test "--install copies foster, executable for all whatever the umask, and runs nothing" {
	mkdir to
	OUTSIDE=(bash -c 'umask 077; exec "$@"' -)
	foster --install to/foster
	[[ $status = 0 && -z $output$errors ]]
	only foster
	cmp "$BIN" to/foster
	[[ $(stat -c %a to/foster) = 755 ]]
	BIN=$PWD/to/foster
	foster -- "$WITNESS" exit 7
	[[ $status = 7 ]]
}

@test "--install takes the place of an older one, even of one that runs" {
	mkdir to
	cp "$BIN" to/foster
	BIN=$PWD/to/foster start -- "$WITNESS" signals 1
	await_out READY
	local before
	before=$(stat -c %i to/foster)
	"$BIN" --install to/foster
	[[ $(stat -c %i to/foster) != "$before" ]]
	only foster
	signal USR1
	finish
	[[ $status = 0 ]]
}

@test "--install where nothing can be written is one line, 125, and leaves what was there" {
	mkdir -p to/folder
	refused to/nowhere/foster 'No such file or directory'
	refused to/folder 'Is a directory'
	refused '' 'No such file or directory'
	refused "to/$(printf %0300d 0)" 'File name too long'
	foster --install "$(printf 'to/%05000d' 0)"
	[[ $status = 125 && $errors = 'foster: --install: cannot write to/000'* ]]
	only folder
}

@test "a disk that is full: no half a copy, and the old one stays" {
	needs_root
	mkdir to
	local full='mount -t tmpfs -o size=16k none to && echo old >to/foster && exec "$@"' look='"$@"; code=$?; ls -A to; cat to/foster; exit $code'
	OUTSIDE=(unshare -m sh -c "$full" - sh -c "$look" -)
	foster --install to/foster
	[[ $status = 125 && $errors = *'cannot write to/foster: No space left on device' ]] || fail "$errors"
	[[ $output = $'foster\nold' ]] || fail "$output"
}

@test "--install without /proc goes by the name that foster was called by" {
	needs_root
	in_room subreaper
	mkdir to
	OUTSIDE=(unshare -m sh -c 'mount -t tmpfs none /proc && exec "$@"' -)
	foster --install to/foster
	[[ $status = 0 ]]
	cmp "$BIN" to/foster
	BEFORE=(bash -c 'exec -a nowhere/foster "$@"' -)
	refused to/other 'No such file or directory'
	only foster
}

@test "--install has no twin in the environment: what is in an image's variables does not write files" {
	FOSTER_INSTALL=$PWD/copied foster -- "$WITNESS" exit 3
	[[ $status = 3 && ! -e copied ]]
}

@test "the manual's pod is one: its first container puts foster where the other one runs it" {
	sed -n '/^apiVersion/,/^\.Ed/p' "$HOUSE/src/foster.8" | grep -v '^\.' >pod.yaml
	python3 - <<-'END'
		import os, yaml
		pod = yaml.safe_load(open("pod.yaml"))
		assert (pod["apiVersion"], pod["kind"]) == ("v1", "Pod") and pod["metadata"]["name"]
		spec = pod["spec"]
		[volume] = spec["volumes"]
		[first], [work] = spec["initContainers"], spec["containers"]
		assert volume["emptyDir"] == {}
		for container in first, work:
		    [mount] = container["volumeMounts"]
		    assert mount["name"] == volume["name"]
		    assert os.path.dirname((first["command"] + work["command"])[2 if container is first else 3]) == mount["mountPath"]
		assert first["command"][:2] == ["/foster", "--install"]
		assert work["command"][:2] == [first["command"][2], "--"]
	END
}
