#!/usr/bin/env bats
# docker/services, an order for services that is not init's business: N at a time, the reverse order, no exit code lost.
# shellcheck source-path=SCRIPTDIR source=helper.bash disable=SC2154,SC2016,SC2030,SC2031,SC2054
source "$BATS_TEST_DIRNAME/helper.bash"

SERVICES=$HOUSE/docker/services

service() { # NAME: written from stdin; notes when its start and stop begin and end
	mkdir -p services.d
	{
		printf '%s\n' '#!/bin/sh' 'name=${0##*/}' 'echo "begin $1 $name $PPID" >>log' 'end() { echo "end $1 $name" >>log; }' 'trap "end $1" EXIT'
		cat
	} >"services.d/$1"
	chmod +x "services.d/$1"
}

services() { # COUNT: named 01 and so on, all from stdin
	local body i
	body=$(cat)
	for ((i = 1; i <= $1; i++)); do
		service "$(printf %02d "$i")" <<<"$body"
	done
}

most_at_once() { # ACTION
	awk -v action="$1" '$2 == action { n += $1 == "begin" ? 1 : -1; if (n > most) most = n } END { print most }' log
}

in_order() { # ACTION [r]: as the pids of those who ran them tell; these may wrap around once
	awk -v action="$1" '$1 == "begin" && $2 == action { print $4, $3 }' log | sort -n |
		awk -v r="${2-}" '{ name[NR] = $2 } END {
			name[NR + 1] = name[1]
			for (i = 1; i <= NR; i++) wrong += r ? name[i] < name[i + 1] : name[i] > name[i + 1]
			exit wrong != 1
		}'
}

@test "40 services are started 6 at a time in their order, and stopped 6 at a time in the reverse one; none loses its work" {
	services 40 <<'END'
mkdir -p data
until [ "$(grep -c "^begin $1" log)" -ge 6 ]; do "$WITNESS" await never 0.02; done 2>/dev/null # so that it is seen when there are
case $1 in
start) "$WITNESS" leave 1 flush 50 "data/$name" >"data/$name.left" ;;
stop) kill -TERM "$(sed 's/left //' "data/$name.left")" && "$WITNESS" await "data/$name" 20 && "$WITNESS" line "data/$name" flushed 20 >/dev/null ;;
esac
END
	start "$SERVICES" -n 6 services.d
	await_err '^services: 40 started'
	[[ $(grep -c '^end start' log) = 40 ]]
	not grep stop log
	[[ $(sort -u log | wc -l) = 80 ]]
	signal TERM
	finish
	[[ $status = 0 ]]
	[[ $errors = $'services: 40 started\nservices: 40 stopped' ]]
	[[ $(grep -c '^end stop' log) = 40 ]]
	[[ $(cat data/?? | grep -c flushed) = 40 ]]
	[[ $(most_at_once start) = 6 && $(most_at_once stop) = 6 ]]
	in_order start
	in_order stop r
}

@test "with N = 1 the order is strict" {
	services 12 <<<''
	start "$SERVICES" -n 1 services.d
	await_err '^services: 12 started'
	signal TERM
	finish
	[[ $status = 0 ]]
	awk '$1 == "begin" && $2 == "start" { print $3 }' log | sort -cu
	awk '$1 == "begin" && $2 == "stop" { print $3 }' log | sort -rcu
	[[ $(most_at_once start) = 1 && $(most_at_once stop) = 1 ]]
}

@test "40 that end at one instant lose no exit code" {
	mkfifo gate
	exec 6<>gate
	services 40 <<'END'
[ "$1" = stop ] && exit $((100 + ${name#0}))
read -r line <gate 6>&-
exit "${name#0}"
END
	start "$SERVICES" -n 40 services.d
	until [[ -e log && $(grep -c '^begin start' log) = 40 ]]; do "$WITNESS" await never 0.02 || true; done
	printf '\n%.0s' {1..40} >&6
	await_err '^services: 40 started'
	for ((i = 1; i <= 40; i++)); do
		grep -qx "services: $(printf %02d $i) start: exit code $i" "$err" || fail "the code $i is lost"
	done
	signal TERM
	finish
	[[ $status = 140 ]] # the highest
	for ((i = 1; i <= 40; i++)); do
		grep -qx "services: $(printf %02d $i) stop: exit code $((100 + i))" "$err" || fail "the code $((100 + i)) is lost"
	done
	[[ $(line_count "$errors") = 82 ]]
}

@test "TERM during the start starts no further one, and stops those that were begun" {
	services 9 <<'END'
[ "$1" = stop ] || "$WITNESS" await "go" 20
END
	start "$SERVICES" -n 3 services.d
	until [[ -e log && $(grep -c '^begin start' log) = 3 ]]; do "$WITNESS" await never 0.02 || true; done
	await_child
	signal TERM
	await_line "/proc/$CHILD/status" '^ShdPnd:.0+$'
	: >go
	finish
	[[ $status = 0 ]]
	[[ $(grep -c '^end start' log) = 3 ]]
	[[ $(awk '$1 == "end" && $2 == "stop" { print $3 }' log | sort | xargs) = '01 02 03' ]]
}

@test "as the entrypoint of a guest all are stopped before the host is told" {
	in_room pid1
	services 8 <<<''
	start --guest "$SERVICES" services.d
	await_err '^services: 8 started'
	signal PWR
	finish
	[[ $status = 130 ]]
	[[ $(grep -c '^end stop' log) = 8 ]]
	[[ $errors = *'8 stopped' ]]
}

@test "a TERM to the whole group while services are being started loses no exit code" {
	services 9 <<'END'
[ "$1" = stop ] || exec "$WITNESS" plain
END
	start -g "$SERVICES" -n 3 services.d
	until [[ $(grep -c READY "$out") = 3 ]]; do "$WITNESS" await never 0.02 || true; done
	signal TERM
	finish
	[[ $status = 143 ]]
	[[ $(grep -c 'start: exit code 143' "$err") = 3 ]]
	[[ $(grep -c '^end stop' log) = 3 ]]
}

@test "what is no service is passed over, and a wrong N is bad input" {
	mkdir -p services.d/folder
	echo text >services.d/text
	service one <<<''
	start "$SERVICES" services.d
	await_err '^services: 1 started'
	signal TERM
	finish
	[[ $status = 0 ]]
	foster "$SERVICES" -n 0 services.d
	[[ $status = 125 ]]
	foster "$SERVICES" -x services.d
	[[ $status = 125 ]]
}

@test "it is right under busybox and bash too" {
	services 10 <<'END'
[ "$1" = start ] || exit "${name#0}"
END
	for shell in bash dash 'busybox sh'; do
		type -P "${shell%% *}" >/dev/null || fail "needs $shell"
		rm -f log
		# shellcheck disable=SC2086 # words
		start $shell "$SERVICES" -n 4 services.d
		await_err '^services: 10 started'
		signal TERM
		finish
		[[ $status = 10 ]] || fail "$shell: $status"
		[[ $(grep -c 'stop: exit code' "$err") = 10 ]]
		[[ $(grep -c '^end stop' log) = 10 ]]
	done
}
