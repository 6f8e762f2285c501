#!/usr/bin/env bats
# The manual is well-formed, and says what --help and the list of differences say.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2154
source "$BATS_TEST_DIRNAME/helper.bash"

MANUAL=$HOUSE/src/foster.8

needs_mandoc() {
	type -P mandoc >/dev/null || skip 'needs mandoc'
}

@test "the manual has no fault that mandoc knows of" {
	needs_mandoc
	mandoc -Tlint -W warning "$MANUAL"
}

@test "the manual has the options of --help, each with its value and in the same words, and no others" {
	needs_mandoc
	mandoc -Tascii -O width=1000 "$MANUAL" | sed $'s/.\b//g' | tr -s '[:space:]' ' ' >told
	"$BIN" --help | grep '^ *-' | tr -s ' ' >helped
	[[ $(wc -l <helped) -ge 11 ]]
	[[ $(wc -l <helped) = "$(grep -c '^\.It Fl' "$MANUAL")" ]]
	while read -r line; do
		grep -qiF -- "$line" told || fail "the manual does not say: $line"
	done <helped
}

@test "the manual repeats every listed difference from the other inits, word for word" {
	sed -e '/^#/d' -e 's/^\([^:]*\): /.It \1\n/' "$BATS_TEST_DIRNAME/peers/differences" >listed
	sed -e '/Each line of/,/The end of/{//!d}' -e '/Each line of/r listed' "$MANUAL" >renewed # what it should be
	diff "$MANUAL" renewed
}

@test "the command lines of README.md and the manual, and the manual's ladders, are taken as they stand" {
	mkdir path
	for program in worker run.sh nginx serverd make; do
		printf '#!/bin/sh\nexit 7\n' >"path/$program"
	done
	chmod +x path/*
	ln -s path/run.sh .
	PATH=$PWD/path:$PATH
	{
		sed -n '/^```sh$/,/^```$/s/^foster //p' "$HOUSE/README.md"
		sed -n 's/^\.Dl foster //p; s/^\.It Li \(--[a-z-]* [^ ]*[/A-Z0-9][^ ]*\)$/\1 -- worker/p' "$MANUAL"
	} >lines
	[[ $(grep -c -- '--leftovers' lines) -ge 3 && $(wc -l <lines) -ge 12 ]] || fail "$(cat lines)"
	while read -r line; do
		eval "words=($line"$'\n)' # behind its comment
		foster "${words[@]}"
		[[ $status = 7 && -z $errors ]] || fail "$line: $status, $errors"
	done <lines
}
