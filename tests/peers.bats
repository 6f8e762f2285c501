#!/usr/bin/env bats
# Called by a peer's name foster is that peer: each case of tests/peers/cases comes out of the Debian package and of foster alike, but
# for tests/peers/differences, which the manual repeats.
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

PATH=$PATH:/usr/sbin:/sbin

compare() { # [OPTION]... [BINARY]: with the peers, in this room
	"$BATS_TEST_DIRNAME/peers/drive" --room "${ROOM/subreaper/sub}" "$@"
}

needs_peers() { # NAME...: this test is skipped where one is not installed
	type -P python3 "$@" >/dev/null || skip "needs python3 and $* (Debian: python3 tini dumb-init catatonit lxc)"
}

same_as() { # NAME
	needs_peers "$1"
	compare --peer "$1" "$BIN"
}

@test "called tini, foster is tini" {
	same_as tini
}

@test "called dumb-init, foster is dumb-init" {
	same_as dumb-init
}

@test "called catatonit, foster is catatonit" {
	same_as catatonit
}

@test "called init.lxc, foster is init.lxc" {
	same_as init.lxc
}

@test "the comparison tells one peer from another" {
	needs_peers tini catatonit
	run compare --peer tini -k 'what is passed on' --twin "$(type -P catatonit)"
	[[ $status = 1 && $output = *'NOT THE SAME tini: what is passed on to the program'* ]] || fail "$output"
}

@test "a listed difference that has gone is told" {
	needs_peers tini
	run compare --peer tini -k 'standard input closed' "$(type -P tini)"
	[[ $status = 1 && $output = *'exit: no difference any more; listed as closed-input'* ]] || fail "$output"
}

@test "every listed difference is shown by a case, and every case's difference is listed" {
	needs_peers
	compare --list >/dev/null
}
