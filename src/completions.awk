# The completions of bash and zsh, made of the table of options in persona_foster.c: awk -v shell=bash|zsh -f completions.awk persona_foster.c
# Up to the program's name there are options and their values; from it on the words are the program's.

/^\tOPTION\(/ {
	split($0, word, "\"")
	letter[++rows] = match(word[1], /'.'/) ? "-" substr(word[1], RSTART + 1, 1) : ""
	takes[rows] = word[1] ~ /MAYBE_A_VALUE/ ? "perhaps" : word[1] ~ /A_VALUE/ ? "value" : ""
	name[rows] = "--" word[2]
	value[rows] = word[4]
	help[rows] = word[6]
}

END {
	if (shell == "zsh")
		zsh()
	else
		bash()
}

# What there is to choose from, as the help writes values: names of signals, words, nothing.
function choices(value) {
	if (value ~ /^SIGNAL/)
		return "signals"
	if (value == "WHAT")
		return "keep kill"
	if (value == "LADDER")
		return "none TERM/5s/KILL"
	if (value !~ /^[a-z|]+$/)
		return ""
	gsub(/\|/, " ", value)
	return value
}

function either(i) {
	return letter[i] ? letter[i] "|" name[i] : name[i]
}

function bash(  i, valued, all) {
	for (i = 1; i <= rows; i++) {
		all = all " " letter[i] " " name[i]
		if (takes[i] == "value")
			valued = valued (valued ? "|" : "") either(i)
	}
	gsub(/ +/, " ", all)
	print "# Completions of foster for bash."
	print "_foster()\n{"
	print "\tlocal i cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} equals='' words=''"
	print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
	print "\t\tcase ${COMP_WORDS[i]} in"
	print "\t\t\t" valued ") [[ ${COMP_WORDS[i+1]} != = ]] || ((i++)); ((i++)) ;;"
	print "\t\t\t--) ((i++)); break ;;"
	print "\t\t\t=) ((i++)) ;;"
	print "\t\t\t-*) ;;"
	print "\t\t\t*) break ;;"
	print "\t\tesac"
	print "\tdone"
	print "\tif ((i < COMP_CWORD)); then"
	print "\t\t! declare -F _command_offset >/dev/null || _command_offset \"$i\""
	print "\t\treturn"
	print "\tfi"
	print "\t[[ $cur != = ]] || cur='' equals='=' # it is a word of its own"
	print "\t[[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD-2]} equals='='"
	print "\tcase $equals$before in"
	for (i = 1; i <= rows; i++) {
		if (!takes[i])
			continue
		printf "\t\t%s=%s) words='%s' ;;\n", takes[i] == "value" ? either(i) "|" : "", name[i], choices(value[i])
	}
	print "\t\t*) words=-"
	print "\tesac"
	print "\tcase $words in"
	print "\t\tsignals) words=\"$(compgen -A signal SIG | sed 's/^SIG//') RTMIN+ RTMAX-\" ;;"
	print "\t\t-)"
	print "\t\t\tif [[ $cur != -* ]]; then"
	print "\t\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")"
	print "\t\t\t\treturn"
	print "\t\t\tfi"
	print "\t\t\twords='" substr(all, 2) "' ;;"
	print "\tesac"
	print "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")"
	print "}\ncomplete -F _foster foster"
}

function quoted(text) {
	gsub(/[\[\]:]/, "\\\\&", text)
	gsub(/'/, "'\\''", text)
	return text
}

function zsh_option(option, join, i,  what, action) {
	what = choices(value[i])
	action = what == "signals" ? "_signals" : what ? "(" what ")" : " "
	printf " \\\n\t'*%s%s[%s]%s'", option, takes[i] ? join : "", quoted(help[i]),
		takes[i] ? (takes[i] == "value" ? ":" : "::") quoted(value[i]) ":" action : ""
}

function zsh(  i) {
	print "#compdef foster"
	printf "_arguments -s -S :"
	for (i = 1; i <= rows; i++) {
		if (letter[i])
			zsh_option(letter[i], "+", i)
		zsh_option(name[i], takes[i] == "value" ? "=" : "=-", i)
	}
	print " \\\n\t'(-)1:program:_command_names -e' \\\n\t'*::argument:_normal'"
}
