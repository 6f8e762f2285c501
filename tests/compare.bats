#!/usr/bin/env bats
# The table of README.md is what tests/compare prints. (The columns of the others need their packages and minutes: make compare.)
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

rows() { # FILE: what is asked, and foster's answer
	grep -E '^\|' "$1" | cut -d '|' -f 2,3
}

@test "foster has none of the faults that the table shows of others, and README.md tells its column as it is" {
	in_room pid1
	needs_root
	alone
	"$BATS_TEST_DIRNAME/compare" "$BIN" foster >table
	not grep -F '**' table || fail "$(cat table)"
	sed -n '/^## Compared/,/^## /p' "$HOUSE/README.md" >told
	diff <(rows told) <(rows table)
}
