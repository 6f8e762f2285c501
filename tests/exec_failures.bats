#!/usr/bin/env bats
# Where the program cannot be executed one line says why, and the exit code says of which kind it is.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

fails_with() { # CODE EXPRESSION: one line, on stderr alone
	[[ $status = "$1" ]]
	[[ -z $output ]]
	[[ $errors =~ ^foster:\  ]]
	[[ $errors =~ $2 ]]
	[[ $(line_count "$errors") = 1 ]]
}

copy_of_witness() { # FILE
	cp "$WITNESS" "$1"
	chmod u+w "$1"
}

@test "a program that is not in PATH is not found: 127" {
	foster no-such-program with arguments
	fails_with 127 '^foster: no-such-program: not found$'
}

@test "a path that is not there is not found: 127" {
	foster ./no/such/program
	fails_with 127 '^foster: \./no/such/program: not found$'
	foster ''
	fails_with 127 'not found'
}

@test "a file without permission cannot be executed: 126" {
	printf '#!/bin/sh\n' >script
	foster ./script
	fails_with 126 '^foster: \./script: (.*: )?Permission denied'
}

@test "a file without permission that is the only one in PATH cannot be executed: 126" {
	printf '#!/bin/sh\n' >tool
	BEFORE=(env "PATH=$PWD:/nowhere")
	foster tool
	fails_with 126 'tool: (.*: )?Permission denied'
}

@test "a directory cannot be executed: 126" {
	mkdir directory
	foster ./directory
	fails_with 126 '\./directory: '
}

@test "a chain of links without end cannot be executed: 126" {
	ln -s loop loop
	foster ./loop
	fails_with 126 '\./loop: .*(symbolic links|loop)'
}

@test "a file that is being written to cannot be executed: 126" {
	copy_of_witness busy
	exec 7>>busy
	foster ./busy exit 0
	exec 7>&-
	fails_with 126 '\./busy: (.*: )?Text file busy'
}

@test "a missing interpreter is named" {
	printf '#!/no/such/interpreter -x\n' >script
	chmod +x script
	foster ./script
	fails_with 126 '\./script: .*/no/such/interpreter'
	[[ ! $errors =~ -x ]]
}

@test "a carriage return at the end of the interpreter's name is shown as \\r" {
	printf '#!/bin/sh\r\necho hi\r\n' >script
	chmod +x script
	foster ./script
	fails_with 126 '\./script: .*/bin/sh\\r'
	[[ $errors != *$'\r'* ]]
}

@test "an interpreter without permission cannot be executed: 126" {
	printf '#!%s/interpreter\n' "$PWD" >script
	chmod +x script
	: >interpreter
	foster ./script
	fails_with 126 '\./script: (.*: )?Permission denied'
}

@test "a missing ELF loader is named" {
	LC_ALL=C sed 's|/ld-linux-x86-64\.so\.2|/ld-linux-x86-64.so.9|; s|/ld-musl-x86_64\.so\.1|/ld-musl-x86_64.so.9|
		s|/ld-linux-aarch64\.so\.1|/ld-linux-aarch64.so.9|; s|/ld-musl-aarch64\.so\.1|/ld-musl-aarch64.so.9|' "$(command -v cat)" >program
	chmod +x program
	foster ./program
	fails_with 126 '\./program: .*/lib[^ ]*/ld-[^ ]*\.so\.9'
}

elf() { # BITS OFFSET: an ELF program for this machine, or for i386 where it is of 32 bits, whose loader is not there; its one program header stands at OFFSET
	python3 - "$WITNESS" "$@" <<'P'
import os, struct, sys
wide, at = sys.argv[2] == "64", int(sys.argv[3])
loader = b"/lib/ld-none.so.2\0"
behind = at + (56 if wide else 32)
head = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9) + struct.pack("<H", 2)
head += open(sys.argv[1], "rb").read(20)[18:] if wide else struct.pack("<H", 3)
head += struct.pack("<IQQQIHHHHHH" if wide else "<IIIIIHHHHHH", 1, 0, at, 0, 0, 64 if wide else 52, behind - at, 1, 0, 0, 0)
row = struct.pack("<IIQQQQQQ", 3, 4, behind, 0, 0, len(loader), len(loader), 1) if wide else struct.pack("<IIIIIIII", 3, behind, 0, 0, len(loader), len(loader), 4, 1)
open("program", "wb").write(head.ljust(at, b"\0") + row + loader)
os.chmod("program", 0o755)
P
}

@test "so is that of a program of 32 bits, where the kernel runs those" {
	elf 32 52
	foster ./program
	if ./program 2>&1 | grep -i 'format error'; then
		fails_with 126 'built for i386'
	else
		fails_with 126 "\\./program: .*loader '/lib/ld-none\\.so\\.2' is missing"
	fi
}

@test "a loader that stands where foster does not look has no name: 126" {
	elf 64 64
	foster ./program
	fails_with 126 "loader '/lib/ld-none\\.so\\.2' is missing"
	elf 64 8192
	foster ./program
	fails_with 126 '\./program: cannot execute: No such file'
}

@test "a file of a kind that binfmt_misc knows, whose interpreter is missing, cannot be executed: 126" {
	printf '\1\2\0%26b%16b' '\3' '\1' | tr ' ' '\0' >file
	printf '\3' | dd of=file bs=1 seek=3 conv=notrunc status=none # as an ELF program of 32 bits it would have a loader
	chmod +x file
	mkdir kinds
	BEFORE=(unshare -Um --map-root-user sh -c 'mount -t binfmt_misc none kinds && printf ":x:M::\\x01\\x02::/no/such/interpreter:" >kinds/register; exec "$@"' sh)
	"${BEFORE[@]}" test -e kinds/x 2>/dev/null || skip 'needs Linux 6.7 with binfmt_misc'
	foster ./file
	fails_with 126 '\./file: cannot execute: No such file'
}

@test "where there is no shell, a script without an interpreter line cannot be executed: 126" {
	needs_root
	echo 'echo told' >script
	chmod +x script
	BEFORE=(unshare -m sh -c 'mount --bind /dev/null "$(realpath /bin/sh)" && exec "$@"' sh)
	foster ./script
	fails_with 126 '\./script: cannot execute: Exec format error'
}

@test "a program for another machine is named so: 126" {
	copy_of_witness program
	printf '\xb7\x00' | dd of=program bs=1 seek=18 conv=notrunc status=none
	[[ $(uname -m) = x86_64 ]] || printf '\x3e\x00' | dd of=program bs=1 seek=18 conv=notrunc status=none
	foster ./program
	if [[ $(uname -m) = x86_64 ]]; then
		fails_with 126 '\./program: .*built for aarch64, this is x86_64'
	else
		fails_with 126 '\./program: .*built for x86_64, this is aarch64'
	fi
	printf '\x02' | dd of=program bs=1 seek=5 conv=notrunc status=none # big-endian
	printf '\x00\x16' | dd of=program bs=1 seek=18 conv=notrunc status=none
	foster ./program
	fails_with 126 '\./program: .*built for s390x, this is '
}

@test "a program that is cut short cannot be executed: 126" {
	head -c 40 "$WITNESS" >program
	chmod +x program
	foster ./program
	fails_with 126 '\./program: '
}

@test "an empty file is an empty script, as for execvp" {
	: >empty
	chmod +x empty
	foster ./empty
	[[ $status = 0 ]]
	[[ -z $output$errors ]]
}

@test "a failed exec is known before anything else happens: nothing is waited for and no signal is read" {
	traced all
	foster ./none
	fails_with 127 'not found'
	not grep -E 'signalfd|rt_sigtimedwait' <(foster_calls)
}

@test "foreign bytes in the name are made harmless" {
	foster $'./a\nb\e[31m\xff'
	fails_with 127 '^foster: \./a(\\n|\\x0[aA])b\\x1[bB]\[31m\\x[fF][fF]: not found$'
}

@test "a name that is longer than a path may be is told, and nothing is run" {
	long=$(printf 'a%.0s' {1..5000})
	foster "$long"
	fails_with 127 '^foster: a{2039}$' # the line has an end
	foster "./$long"
	fails_with 126 '^foster: \./a{2037}$'
	long=$(printf '\377%.0s' {1..5000})
	foster "$long"
	fails_with 127 '^foster: (\\xff){509}\\xf$'
}

@test "what is wrong with the only one in PATH is told" {
	ln -s tool tool
	BEFORE=(env "PATH=/nowhere:$PWD")
	foster tool
	fails_with 126 'tool: .*(symbolic links|loop)'
}

@test "a script that names no interpreter is left to the shell, although it may not be read" {
	needs_root
	printf 'echo hi\n' >script
	chmod 711 "$PWD" .. ../.. ../../..
	chmod 111 script
	BEFORE=(setpriv --reuid 1234 --clear-groups --)
	foster ./script
	[[ $status != 0 && $errors = *script*'Permission denied'* ]] # in the words of the shell
}

@test "a program for a machine that has no name here is for another one: 126" {
	copy_of_witness program
	printf '\xff\xff' | dd of=program bs=1 seek=18 conv=notrunc status=none
	foster ./program
	fails_with 126 'built for another machine'
}
