#!/usr/bin/env bats
# The house keeps its own rules.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

objects() {
	local object
	for object in "$HOUSE"/build/*.o; do
		[[ -e $HOUSE/src/$(basename "$object" .o).c ]] && printf '%s\n' "$object"
	done
}

users_of() { # EXPRESSION: the rooms that refer to a function of that name, in one line
	local object users=()
	while read -r object; do
		! nm -u "$object" | grep -qE " ($1)\$" || users+=("$(basename "$object" .o)")
	done < <(objects)
	printf %s "${users[*]}"
}

@test "every room has been built" {
	[[ $(objects | wc -l) = "$(find "$HOUSE/src" -name '*.c' | wc -l)" ]]
}

@test "no room allocates, prints by stdio, ends the process by exit, or parses by libc" {
	[[ -z $(users_of 'malloc|calloc|realloc|free|strdup|strndup|asprintf|getline|opendir|readdir|fdopendir|qsort') ]]
	[[ -z $(users_of '.*printf|puts|fputs|fputc|putchar|fwrite|fopen|fdopen|fflush|perror|setvbuf|stdout|stderr|stdin') ]]
	[[ -z $(users_of 'exit|atexit|abort|_Exit|__assert_fail|raise') ]]
	[[ -z $(users_of 'strto.*|ato.*|sscanf|getopt.*|optarg|optind|strsignal|strtok.*') ]]
	[[ -z $(users_of 'pthread_.*|system|popen|wordexp|syslog|openlog|getpwnam|getenv_s|posix_spawn.*') ]]
}

@test "no room goes through libc's signal sets, which do not know 32, 33 and 34" {
	[[ -z $(users_of 'sigfillset|sigaddset|sigdelset|sigaction|sigprocmask|pthread_sigmask|signal|sigset|sighold|sigignore') ]]
}

@test "only the birth, the helper that takes another uid and the one that becomes two make processes" {
	for user in $(users_of 'clone|fork|vfork|__clone'); do
		[[ $user = spawn || $user = send ]]
	done
	[[ $(users_of 'clone|fork|vfork|__clone') = *spawn* ]]
	[[ $(cd "$HOUSE/src" && grep -lE 'syscall\(SYS_(clone|fork|vfork|unshare|setns)' -- *.c) = pidns.c ]]
	[[ $(users_of 'execl|execle|execlp|execv|execve|execvp|execvpe|fexecve') =~ ^(spawn|execute)$ ]]
}

@test "only the newborn and a last act can end the process; in the life there is no door" {
	for user in $(users_of _exit); do
		[[ $user =~ ^(start|spawn|machine|pidns)$ ]] || fail "$user can end foster"
	done
	for user in $(users_of machine_leave); do
		[[ $user =~ ^(guest|options|spawn|why|pidns|report)$ ]] || fail "$user can end foster"
	done
	not grep -l 'include "die\.h"' "$HOUSE"/src/{loop,harden,reap,kernel,ladder,processes,deliver,send,terminal,signals,say,overtime,leftovers,report,pidns,descriptors}.[ch]
}

@test "only one room gives up what foster may do, when the program has it already" {
	[[ $(cd "$HOUSE/src" && grep -lE 'SYS_(capset|seccomp)' -- *.c) = harden.c ]]
	grep -A 9 'spawn(&plan' "$HOUSE/src/main.c" | grep -q '[^_]harden(&plan'
}

@test "only the machine's room can restart or power off, and only the guest's asks it to" {
	[[ $(users_of 'reboot|umount2') = machine ]]
	[[ $(users_of machine_tell) = guest ]]
}

@test "only one room waits for the dead, and only one speaks" {
	[[ $(users_of 'wait|wait3|wait4|waitpid|waitid' | wc -w) -le 4 ]]
	[[ $(users_of 'write|writev|pwritev2|pwritev|sendmsg') != *loop* ]]
}

@test "the binary is static, needs no loader, and is below 57,000 bytes" {
	not grep INTERP <(readelf -lW "$HOUSE/build/foster")
	not grep NEEDED <(readelf -dW "$HOUSE/build/foster")
	[[ $(stat -c %s "$HOUSE/build/foster") -lt 57000 ]]
	not grep -E '\.symtab|\.debug' <(readelf -SW "$HOUSE/build/foster")
}

@test "at rest it has 32 KiB in memory at most, and 12 of its own" {
	for _ in {1..61}; do # where the kernel puts the stack is chance, and one in four gets a third page: the one in the middle counts
		env -i PATH=/usr/bin:/bin "$HOUSE/tests/size" "$HOUSE/build/foster" | awk '$3 == "all" { print $1, $2 }'
	done | sort -n >sizes
	read -r used own < <(sed -n 31p sizes)
	((used <= 32 && own <= 12))
}

@test "make size tells what lies on each page of a foster at rest, and the sum" {
	timeout "$PATIENCE" make -C "$HOUSE" --no-print-directory size >told
	grep -E '^foster page at [0-9]+:.* loop [0-9]+' told
	grep -E '^zeroes page at [0-9]+: .*main [0-9]+' told
	(($(sed -n 's/^bytes of foster on pages in use: //p' told) < 6 * 4096))
}

@test "its size stands in the output of make" {
	make -C "$HOUSE" --no-print-directory build/foster >made
	make -C "$HOUSE" --no-print-directory >made
	grep -E "$(stat -c %s "$HOUSE/build/foster") bytes" made
}

@test "no pointer of foster's is relocated, so nothing is left writable that should not be, and constants are not executable" {
	readelf -rW "$HOUSE/build/foster" >relocations
	(($(grep -c R_ relocations) <= 1)) # libc's start looks for the binary's own beginning
	readelf -SW "$HOUSE/build/foster" >sections
	not grep -E ' \.data\.rel|\.rodata +PROGBITS.* [WX]*[WX] ' sections
	not grep -E 'LOAD.*R E.* \.rodata|LOAD.*RWE' <(readelf -lW "$HOUSE/build/foster")
}

@test "no stack and no code is writable and executable at once" {
	not grep -E 'GNU_STACK.*E|LOAD.*WE' <(readelf -lW "$HOUSE/build/foster")
}

long_options() { # of a text
	grep -oE -- '(^|[^[:alnum:]-])--[a-z][a-z-]+' | grep -oE -- '--[a-z][a-z-]+' | sort -u
}

@test "--help and README.md name the same options" {
	"$HOUSE/build/foster" --help | long_options >helped
	[[ $(wc -l <helped) -ge 11 ]]
	while read -r option; do
		grep -qF -- "$option" "$HOUSE/README.md" || fail "README.md does not name $option"
	done <helped
}

@test "README.md names no option of foster that there is not" {
	"$HOUSE/build/foster" --help | long_options >helped
	# In the table of options, a line that begins with one.
	grep -oE '^\|? *`?-[a-zA-Z]`?, `?--[a-z-]+' "$HOUSE/README.md" | long_options >told || true
	[[ -z $(comm -23 told helped) ]]
}
