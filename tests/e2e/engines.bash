# What the tests with real engines load: the helper of all tests, and words for containers. The engines run already, see setup_suite.bash.
#
# in_engine ARGUMENT... sets what `foster` sets, of the whole container. Its image is `tiny` unless the test says otherwise: busybox,
# /foster and /witness. ENGINE is docker or podman.
# shellcheck shell=bash source-path=SCRIPTDIR source=../helper.bash disable=SC2034,SC2154 # what is set here or there is read there or here
source "$BATS_TEST_DIRNAME/../helper.bash"

TINY=(tiny /foster)

needs() { # COMMAND...
	local command
	for command in "$@"; do
		PATH=${PATH#*:} type -P "$command" >/dev/null || skip "needs $command (make deps-e2e)"
	done
}

in_engine() { # ARGUMENT OF run...
	launch_engine "$@"
	finish
}

launch_engine() { # as start
	ROOM=outside BIN=$E2E/bin/$ENGINE launch run --rm --network=none "$@"
}

box() { # ARGUMENT OF run...: a container in the background, what it says goes to out; sets BOX, its name
	BOX=box$BATS_SUITE_TEST_NUMBER
	"$ENGINE" run -d --name "$BOX" --network=none "$@" >/dev/null
	aside "$out" "$E2E/bin/$ENGINE" logs -f "$BOX"
}

of_box() { # FORMAT: what the engine knows of it
	"$ENGINE" inspect -f "{{$1}}" "$BOX"
}

await_that() { # COMMAND...
	local until=$((SECONDS + PATIENCE))
	until "$@" >/dev/null 2>&1; do
		((SECONDS < until)) || fail "does not come true: $*"
		sleep 0.1
	done
}

box_is() { # FORMAT VALUE
	[[ $(of_box "$1") = "$2" ]]
}

await_box() { # FORMAT VALUE
	await_that box_is "$@"
}

runs_in_box() { # COMMAND LINE
	"$ENGINE" top "$BOX" -eo pid,args | grep -qE "^ *[0-9]+ +$1\$"
}

recipes() { # FENCE: README.md's blocks on containers, in that language
	sed -n '/^## In a container/,/^## /p' "$HOUSE/README.md" | sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" | sed '/^```/d'
}

recipe() { # EXPRESSION: the line of them that matches, without its comment, about this foster
	recipes sh | grep -E "$1" | sed "s, *#.*,,; s,/usr/local/bin/foster,$BIN,; s,\(run\) ,\1 --network=none ,"
}

clear_boxes() { # for teardown_file
	local boxes
	boxes=$("$ENGINE" ps -aq)
	# shellcheck disable=SC2086 # one word each
	[[ -z $boxes ]] || "$ENGINE" rm -f $boxes >/dev/null
}

# All that foster is for, in one container: orphans are reaped, who is left over has time to save its work, the code is the program's.
# With the arguments of run before, and those of foster after --.
keeps_its_promises() { # ARGUMENT OF run...
	mkdir -pm 777 data
	chmod 777 data
	in_engine -v "$PWD/data:/data" "$@" "${TINY[@]}" -w -- /witness leave 3 flush 300 /data/flushed -- /bin/sh -c 'for i in 1 2 3 4 5; do /witness orphans 1; done; exit 7'
	[[ $status = 7 ]] || fail "exit code $status"
	[[ $(wc -l <data/flushed) = 3 ]] || fail "saved: $(wc -l <data/flushed) of 3"
	[[ $(grep -c 'reaped pid' <<<"$errors") = 8 ]] || fail "reaped: $(grep -c 'reaped pid' <<<"$errors") of 8"
}
