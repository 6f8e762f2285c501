/*
 * Being the init of a whole guest: what its host's signals mean, what runs where nobody says so, and the last reboot(2) that tells the host. Without
 * --guest that call is never made: with CAP_SYS_BOOT it would take the place of a container's exit code.
 */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "ladder.h"
#include "text.h"

enum { TEXT = 8192, WORDS = TEXT / 2, VARIABLES = 256 };

/* Hosts ask by these: LXC, Incus and util-vserver; systemd, and LXC an init that blocks its signal; people; Ctrl-Alt-Del, and lxc-stop -r; systemd. */
static const struct {
	unsigned char signal, tell;
	unsigned char otherwise; /* the verb without --guest */
} asked[] = {
	{ SIGPWR, TELL_POWER_OFF, STOP_UNLESS_TAKEN },
	{ SIGNAL_RTMIN + 3, TELL_POWER_OFF, STOP_UNLESS_TAKEN },
	{ SIGNAL_RTMIN + 4, TELL_POWER_OFF, STOP_UNLESS_TAKEN },
	{ SIGTERM, TELL_POWER_OFF, FORWARD },
	{ SIGINT, TELL_RESTART, FORWARD },
	{ SIGNAL_RTMIN + 5, TELL_RESTART, FORWARD },
};

enum { ASKED_BY = sizeof asked / sizeof *asked };

/* What a stop request may ask for, by enum tell, and another word for the last. */
static const char words[][9] = { [TELL_NOTHING] = "stop", [TELL_RESTART] = "reboot", [TELL_POWER_OFF] = "poweroff", "halt" };

int guest_word(const char *text, size_t length)
{
	for (int i = 0; i < (int)(sizeof words / sizeof *words); i++)
		if (strlen(words[i]) == length && !memcmp(words[i], text, length))
			return i < TELL_POWER_OFF ? i : TELL_POWER_OFF;
	return -1;
}

void guest_habit(struct plan *plan)
{
	for (int i = 0; plan->pid1 && i < ASKED_BY; i++)
		plan->on[asked[i].signal].verb = asked[i].otherwise;
}

/* Scripts need a PATH, and hosts give none: LXC's guests have "container=lxc" alone. Where there is no room for it they have many other variables. */
static void add_path(struct plan *plan)
{
	static const char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char *roomy[VARIABLES + 2];
	int n = 0;

	while (n < VARIABLES && plan->envp[n]) {
		roomy[n] = plan->envp[n];
		n++;
	}
	if (plan->envp[n] || text_variable(plan->envp, "PATH"))
		return;
	roomy[n] = (char *)(uintptr_t)path; /* nobody writes to it */
	plan->envp = roomy;
}

void guest_conclude(struct plan *plan)
{
	for (int i = 0; i < ASKED_BY; i++) {
		struct reaction *r = &plan->on[asked[i].signal];

		if (r->verb > STOP_UNLESS_TAKEN || r->arg)
			continue; /* somebody knows better */
		*r = (struct reaction){ STOP, asked[i].tell };
		plan->asks |= signals_bit(asked[i].signal);
	}
	if (plan->stop[0].scope == TOP)
		(void)ladder_parse("TERM/10s/KILL", plan->to_group ? GROUP : CHILD, plan->stop); /* it is one */
	if (plan->leftovers[0].scope == TOP)
		(void)ladder_parse("KILL", EVERYONE, plan->leftovers); /* nobody's file stays open beyond a guest */
	add_path(plan);
}

static char *arguments[WORDS + 2]; /* the first is execute()'s, the last the end */

char **guest_lines(const struct plan *plan)
{
	static const char file[] = "/etc/foster.conf";
	static char text[TEXT];
	int fd = openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC), n = 0;
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
	bool absent = fd < 0 && errno == ENOENT;
	size_t line;

	if (length == sizeof text)
		errno = E2BIG;
	if (!absent && (length < 0 || length == sizeof text))
		die(plan->code_failed, UNREADABLE, &(struct fact){ .text = file, .error = errno });
	(void)close(fd); /* nothing was written to it */
	for (char *at = text; *at; at += line) {
		line = text_until(at, "\n");
		if (line && *at != '#')
			arguments[++n] = at;
		if (at[line])
			at[line++] = '\0';
	}
	return arguments + 1;
}

char **guest_script(void)
{
	static const char names[][sizeof "/etc/rc.init"] = { "/etc/rc.init", "/etc/rc" };

	arguments[1] = arguments[2] = NULL;
	for (size_t i = 0; !arguments[1] && i < sizeof names / sizeof *names; i++)
		if (!access(names[i], X_OK))
			arguments[1] = (char *)(uintptr_t)names[i]; /* nor to this */
	return arguments + 1;
}

int guest_end(const struct plan *plan, const struct life *life, int code)
{
	unsigned char tell = life->tell ? life->tell : plan->tell;

	if (!plan->guest)
		return code;
	sync();
	if (tell && plan->pid1)
		machine_tell(tell);
	if (tell)
		say(UNTOLD, &(struct fact){ .expected = words[tell], .error = plan->pid1 ? errno : EPERM });
	machine_leave(code);
}
