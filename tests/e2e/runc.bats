#!/usr/bin/env bats
# foster in runc, from a bundle: what orchestrators ask of a runtime without any engine's help.
# shellcheck source-path=SCRIPTDIR source=engines.bash disable=SC2016,SC2030,SC2031,SC2034
source "$BATS_TEST_DIRNAME/engines.bash"

setup_file() { needs runc python3; }

bundle() { # CHANGES: a bundle in the folder `bundle`, its configuration changed by statements of python on `c`
	mkdir -p bundle data
	chmod 777 data
	[[ -e bundle/config.json ]] || runc spec --bundle bundle
	python3 - "$E2E/tiny" "$PWD/data" "$1" <<-'END'
		import json, sys
		root, data, changes = sys.argv[1:]
		c = json.load(open("bundle/config.json"))
		c["root"] = {"path": root, "readonly": True}
		c["process"].update(terminal=False, cwd="/", rlimits=[])
		c["mounts"].append({"destination": "/tmp", "source": data, "type": "bind", "options": ["rbind", "rw"]})
		exec(changes)
		json.dump(c, open("bundle/config.json", "w"))
	END
}

runs() { # WORD...: what the bundle runs
	bundle "c['process']['args'] = $(python3 -c 'import sys; print(sys.argv[1:])' "$@")"
}

in_runc() {
	ROOM=outside BIN=$E2E/bin/runc foster run --bundle bundle "box$BATS_SUITE_TEST_NUMBER"
}

saves() { # [WORD...] before foster: in this bundle the three who are left over bring home what they have, and the code is the program's
	runs "$@" /foster -- /witness leave 3 flush 300 /tmp/flushed -- /bin/sh -c 'for i in 1 2 3; do /witness orphans 5; done; exit 7'
	in_runc
	[[ $status = 7 && $(wc -l <data/flushed) = 3 && -z $errors ]] || fail "$status: $errors"
}

@test "a bundle of runc" {
	bundle ''
	saves
}

@test "an arbitrary user without any capability, on a read-only root" {
	bundle 'c["process"].update(user={"uid": 123456, "gid": 0}, capabilities={}, noNewPrivileges=True)'
	saves
}

@test "a container without /proc" {
	bundle 'c["linux"]["maskedPaths"] = c["linux"]["readonlyPaths"] = []; c["process"]["capabilities"]["bounding"].append("CAP_SYS_ADMIN")
for kind in ("permitted", "effective"): c["process"]["capabilities"][kind].append("CAP_SYS_ADMIN")'
	saves /bin/sh -c 'umount /proc && ! test -e /proc/self && exec "$@"' -
}

@test "a PID namespace that is shared: foster is not PID 1, and ends just what is its own" {
	local pause
	bundle ''
	runs /foster -P
	cp -r bundle pause
	ROOM=outside BIN=$E2E/bin/runc launch run --bundle pause pause
	pause_runs() { [[ $(runc state pause | python3 -c 'import json, sys; print(json.load(sys.stdin)["status"])') = running ]]; }
	await_that pause_runs
	pause=$(runc state pause | python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
	aside neighbour nsenter -t "$pause" -p "$WITNESS" plain
	await_line neighbour READY
	local neighbour=${GUARDS[-1]}

	bundle "
for n in c['linux']['namespaces']:
    if n['type'] == 'pid':
        n['path'] = '/proc/$pause/ns/pid'"
	local pod=("$GUARD" "$code")
	code=$PWD/code-of-shared
	saves
	[[ ! -e neighbour.code ]] || fail 'the neighbour was ended'
	"$WITNESS" sweep "$neighbour" 20 >/dev/null
	GUARD=${pod[0]} code=${pod[1]}
	runc kill pause TERM
	finish
	[[ $status = 0 ]]
}

@test "runc kill with each signal reaches the program" {
	bundle ''
	runs /foster -- /witness signals until TERM
	BOX=box$BATS_SUITE_TEST_NUMBER
	ROOM=outside BIN=$E2E/bin/runc launch run --bundle bundle "$BOX"
	await_out READY
	runc kill "$BOX" USR1
	await_out '^signal=10 '
	runc kill "$BOX" 37
	await_out '^signal=37 '
	runc kill "$BOX" TERM
	finish
	[[ $status = 0 && $(received "$out" | sed 's/\<23 //g') = '10 37 15' ]] # 23: runc hands on what its own runtime sends itself
}
