#!/usr/bin/env bats
# The model of the life is of this foster, and keeps what is promised. `make model` explores more of it.
# shellcheck source-path=SCRIPTDIR source=helper.bash
source "$BATS_TEST_DIRNAME/helper.bash"

members() { # ENUM FILE: of an enum in C, in their order
	sed -E 's|/\*.*||' "$2" | tr -d '\n\t' | grep -oE "enum $1 \{[^}]*" | sed 's/.*{//' | tr -d ' ' | tr ',' '\n' | grep .
}

in_model() { # ENUM
	grep -oE "^mtype:$1 = \{[^}]*" "$HOUSE/tests/model/foster.pml" | sed 's/.*{//' | tr -d ' ' | tr ',' '\n'
}

@test "the model knows each verb, scope, phase and end that there is, in the same order" {
	for enum in verb scope until; do
		[[ -n $(in_model "$enum") ]]
		diff <(in_model "$enum") <(members "$enum" "$HOUSE/src/plan.h")
	done
	diff <(in_model phase) <(members phase "$HOUSE/src/life.h")
}

@test "each step of the model is named after a function of foster, or is the kernel's" {
	steps=$(sed -nE 's/^(inline|proctype) ([a-z_0-9]+)\(.*/\2/p' "$HOUSE/tests/model/foster.pml")
	[[ $(wc -l <<<"$steps") -ge 20 ]]
	for step in $steps; do
		[[ $step =~ ^(kernel_.*|process|host|either)$ ]] || grep -qE "^[a-z].*[ *]$step\(" "$HOUSE"/src/*.c || fail "no function $step"
	done
}

@test "in every order of signals, deaths and stops nothing is lost, no zombie stays, and foster ends when it should" {
	in_room pid1 # it is about both
	type -P spin >/dev/null || skip 'needs spin'
	alone
	"$HOUSE/tests/model/run" quick
}
