#!/usr/bin/env bats
# What foster reads that others have written is fuzzed for a while, sanitizers on. `make fuzz` goes on for ten minutes.
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

@test "no words, variables, signals, ladders or names of processes lead it astray" {
	alone
	make -C "$HOUSE" --no-print-directory fuzz SECONDS=15 # in each room: 30 s
}
