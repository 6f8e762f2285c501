# What foster waits for and how long, as strace saw it; and stop requests, whose time is taken. Loaded by the tests of stopping, after
# the helper.
# shellcheck shell=bash disable=SC2034,SC2154 # what these functions set is read by the tests, and the helper sets what they read

ask() { # [SIGNAL]: for a stop
	asked_ms=$(now_ms)
	signal "${1:-TERM}"
}

ask_first() { # [SIGNAL]: foster has taken it and lives on, so that the next one is another
	ask "$@"
	await_line "/proc/$FOSTER/status" '^ShdPnd:.0+$'
}

finish_stop() { # sets stop_ms, from what was asked last to foster's end
	finish
	stop_ms=$((launched_ms + took_ms - asked_ms))
}

ENDLESS=', (0|-1)( |\))|, (NULL|\{tv_sec=0, tv_nsec=0\}),'

timed_waits() { # those that have an end, but do not end at once
	foster_calls | grep -E '^(ppoll|poll|p?select6?|epoll_p?wait2?|(clock_)?nanosleep|timer[a-z_]*|setitimer|alarm)\(' |
		grep -vE "$ENDLESS" || true
}

slept() { # those of them that were slept to their end
	foster_calls | awk -v endless="${ENDLESS//\\/\\\\}" '/^p?poll\(/ { timed = $0 !~ endless } /nanosleep\(/ || (/Timeout/ && timed)'
}
