#!/usr/bin/env bats
# What bash and zsh complete is what --help lists, since all three come from one table.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2034,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

made() { # FILE: of this source
	make -C "$HOUSE" --no-print-directory "build/$1" >/dev/null
	printf %s "$HOUSE/build/$1"
}

complete_bash() { # WORD...: sets COMPREPLY for the last one, split as bash does it
	# shellcheck disable=SC1090 # it has been made just now
	source "$(made foster.bash)"
	COMP_WORDS=(foster "$@") COMP_CWORD=$# COMPREPLY=()
	_foster
}

helped() { # the options of --help, one a line
	"$BIN" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+|^ +-[a-zA-Z],' | grep -oE -- '--?[a-zA-Z-]+' | sort
}

@test "bash completes every option of --help, and no other" {
	complete_bash -
	diff <(helped) <(printf '%s\n' "${COMPREPLY[@]}" | sort)
}

@test "bash completes values: signals, and words where there is a choice" {
	complete_bash -p TER
	[[ ${COMPREPLY[*]} = TERM ]]
	complete_bash --parent-death = TER
	[[ ${COMPREPLY[*]} = TERM ]]
	complete_bash --orphans k
	[[ ${COMPREPLY[*]} = 'keep kill' ]]
	complete_bash --wait =
	[[ ${COMPREPLY[*]} = 'last worst' ]]
	complete_bash -e ''
	[[ -z ${COMPREPLY[*]} ]]
}

@test "bash completes programs where one is due, and leaves their words to them" {
	for before in '' -- '-v' '-e 7' '--exit = 7' '--wait' '--wait = last -g'; do
		# shellcheck disable=SC2086 # several words
		complete_bash $before unshar
		[[ ${COMPREPLY[0]} = unshare ]] || fail "after $before: ${COMPREPLY[*]}"
	done
	_command_offset() { COMPREPLY=("offset $1"); }
	complete_bash -e 7 sh -
	[[ ${COMPREPLY[*]} = 'offset 3' ]]
	complete_bash --exit = 7 -- sh -
	[[ ${COMPREPLY[*]} = 'offset 5' ]]
}

@test "zsh completes every option of --help in its words, and no other" {
	_foster=$(made _foster)
	[[ $(head -n 1 "$_foster") = '#compdef foster' ]]
	zsh -fc '_arguments() { print -rl -- "$@" }; source "$1"' zsh "$_foster" | sed -n 's/^\*//p' | tr -d "\\\\" >specs
	diff <(helped) <(grep -oE '^--?[a-zA-Z-]*[a-zA-Z]' specs | sort)
	"$BIN" --help >help
	while read -r words; do
		grep -qF -- "$words" help || fail "not in --help: $words"
	done < <(sed -n 's|^-[^[]*\[\([^]]*\)\].*|\1|p' specs)
}

@test "make install lays them where the shells look, and make uninstall takes them away" {
	make -C "$HOUSE" --no-print-directory install DESTDIR="$PWD/laid" PREFIX=/usr >made
	[[ -s laid/usr/share/bash-completion/completions/foster && -s laid/usr/share/zsh/site-functions/_foster ]]
	make -C "$HOUSE" --no-print-directory uninstall DESTDIR="$PWD/laid" PREFIX=/usr >made
	[[ -z $(find laid -type f) ]]
}
