#!/usr/bin/env bats
# Bad input is one line that names the option and the value; nothing is started.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

refused() { # EXPRESSION ARGUMENT...: what comes after the arguments is a program that would leave a trace
	foster "${@:2}" sh -c ': >started'
	[[ $status = 125 ]] || fail "exit code $status: foster ${*:2}"
	[[ -z $output ]]
	[[ $errors =~ ^foster:\  ]] || fail "no word: foster ${*:2}"
	[[ $errors =~ $1 ]] || fail "not named: foster ${*:2}"
	[[ $(line_count "$errors") = 1 ]] || fail "not one line: foster ${*:2}"
	[[ ! -e started ]] || fail "started: foster ${*:2}"
}

refused_twin() { # VARIABLE VALUE
	BEFORE=(env "$1=$2")
	refused "$1.*'$2'"
	BEFORE=()
}

@test "no program is bad input" {
	for arguments in '' -- -v '-e 7' '-v --'; do
		# shellcheck disable=SC2086 # several words
		foster $arguments
		[[ $status = 125 ]]
		[[ -z $output ]]
		[[ $errors =~ ^foster:\ .*program ]]
		[[ $(line_count "$errors") = 1 ]]
	done
}

@test "an unknown option is named" {
	refused '-x' -x
	refused '-x' -vx
	refused '--bogus' --bogus
	refused '--bogus' --bogus=1
	refused '--exi\b' --exi=7
	refused '--exitt' --exitt=7
	refused '-\\xc3\\xa4|-.\\xa4|-\\xc3' $'-\xc3\xa4'
}

@test "a missing value is named" {
	for option in -e -p -r --exit --parent-death --rewrite --leftovers; do
		foster "$option"
		[[ $status = 125 ]]
		[[ $errors =~ ^foster:\ $option\  ]]
		[[ $(line_count "$errors") = 1 ]]
	done
}

@test "a value where none is wanted is named" {
	refused '--group' --group=1
	refused '--verbose' --verbose=2
	refused '--version' --version=1
}

@test "an exit code that is none is named" {
	for value in '' abc 256 -1 1x 0x10 ' 7' 7: :7 7:256 7:x 5-3 5- -5 1-300 1-2-3 7:8:9 99999999999999999999 4294967303; do
		refused "-e.*'$value'" -e "$value"
	done
	refused "--exit.*'abc'" --exit=abc
}

@test "a signal that is none is named" {
	for value in '' NOPE SIG 65 -1 1x RTMIN+31 RTMAX-31 RTMIN+ RTMIN- RTMAX+1 SIGSIGTERM 'TERM ' 4294967311; do
		refused "-p.*'${value//+/\\+}'" -p "$value"
	done
}

@test "a rewriting that is none is named" {
	for value in '' TERM TERM: :TERM TERM:NOPE NOPE:TERM TERM:65 65:TERM 0:TERM KILL:TERM STOP:TERM TERM:INT:HUP TERM=INT; do
		refused "-r.*'$value'" -r "$value"
	done
}

@test "a ladder that is none is named" {
	for value in '' / TERM/ /TERM TERM//KILL NOPE TERM/5x/KILL TERM/5s5s none/KILL TERM/none 5sm TERM/99999999999s/KILL; do
		refused "--leftovers.*'$value'" --leftovers "$value"
	done
}

@test "an orphan's ladder is its own: it names nobody else" {
	for value in all:TERM/5s/KILL group:TERM main:KILL TERM/1s/all:KILL; do
		refused "--orphans.*'$value'" --orphans "$value"
	done
}

@test "a bad value in the environment names the variable" {
	refused_twin FOSTER_EXIT abc
	refused_twin FOSTER_EXIT 256
	refused_twin FOSTER_GROUP maybe
	refused_twin FOSTER_GROUP 2
	refused_twin FOSTER_PARENT_DEATH NOPE
	refused_twin FOSTER_REWRITE TERM
	refused_twin FOSTER_SUBREAPER perhaps
	refused_twin FOSTER_VERBOSE much
	refused_twin FOSTER_VERBOSE -1
	refused_twin FOSTER_REAPED 'y e s'
	refused_twin FOSTER_LEFTOVERS TERM/
}

@test "one bad item of a list in the environment is enough" {
	BEFORE=(env FOSTER_EXIT=7,abc,8)
	refused 'FOSTER_EXIT.*abc'
	BEFORE=(env 'FOSTER_REWRITE=TERM:INT HUP')
	refused 'FOSTER_REWRITE.*HUP'
}

@test "a bad value after a good one, and before the program, is bad" {
	refused "-e.*'abc'" -v -e 7 -e abc
	refused '-x' -v -x
}

@test "foreign bytes in a value are made harmless" {
	refused 'a\\n\\x1b\[31m' -e $'a\n\e[31m'
	[[ $errors != *$'\e'* ]]
}

@test "a very long value does not tear the line" {
	refused "-e: '?1{20}" -e "$(printf '1%.0s' {1..3000})"
}
