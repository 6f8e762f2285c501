#!/usr/bin/env bats
# A sample of the seeded bugs that `make mutants` has found by the tests.
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

@test "a bug that other inits have or had is found by the test that is named for it: a sample of all" {
	needs_root
	alone
	offset=3
	[[ $ROOM = pid1 ]] || offset=5
	"$HOUSE/tests/mutants/run" 8 "$offset"
}
