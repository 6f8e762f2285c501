/* What --tree and --zombies have in common. Runs in a process that looks, prints and ends: nobody depends on it. */
#include "view.h"

#include <time.h>
#include <unistd.h>

#include "ladder.h"
#include "print.h"
#include "say.h"
#include "text.h"

enum { TICKS = 100 }; /* a second has, of what /proc/PID/stat counts in: USER_HZ, linux/param.h */

int view(const struct plan *plan, char **environment)
{
	bool json = plan->view & VIEW_JSON;

	(void)signals_mask(plan->inherited); /* so that Ctrl-C and a closed pipe end it */
	if (!census_take(!(plan->view & VIEW_ZOMBIES))) {
		say(NO_VIEW, &(struct fact){ 0 });
		return plan->code_failed;
	}
	print_begin(json, !(plan->view & VIEW_ZOMBIES), environment);
	int code = (plan->view & VIEW_ZOMBIES ? view_zombies : view_tree)(json);
	return print_end() ? plan->code_failed : code;
}

int64_t view_age(const struct process *p)
{
	static int64_t now; /* not of /proc/uptime, which containers have of their own */

	if (!now)
		now = ladder_clock(CLOCK_BOOTTIME);
	int64_t ms = now - (int64_t)(p->start * (1000 / TICKS));
	return ms > 0 ? ms / 1000 : 0;
}

const char *view_time(int64_t seconds, char to[AGE])
{
	static const struct { char letter; unsigned char most; } units[] = { { 's', 60 }, { 'm', 60 }, { 'h', 24 }, { 'd', 0 } };
	unsigned n = (unsigned)seconds, rest = 0, i = 0;

	for (; units[i].most && n >= units[i].most; n /= units[i++].most)
		rest = n % units[i].most;
	char *end = text_digits(to, n);
	*end++ = units[i].letter;
	if (i) {
		*end = '0';
		end = text_digits(end + (rest < 10), rest);
		*end++ = units[i - 1].letter;
	}
	*end = '\0';
	return to;
}

static void put_rested(int64_t seconds)
{
	char text[AGE];

	if (seconds < 0) {
		print("at an unknown time");
		return;
	}
	print("about ");
	print(view_time(seconds, text));
	print(" ago");
}

static void put(char letter, const struct place *about)
{
	const struct process *p = &about->process;
	char text[AGE] = { p->state };

	switch (letter) {
	case 'p': print_number(p->pid); break;
	case 'P': print_number(p->parent); break;
	case 'z': print_foreign(text); break;
	case 'a': print_number(view_age(p)); break;
	case 'A': print(view_time(view_age(p), text)); break;
	case 'u': print_number(about->uid); break;
	case 'n': print_foreign(p->name); break;
	case 'c': print_command(census_line(about), about->length, p->name); break;
	case 'b': print_signals(p->blocked); break;
	case 'i': print_signals(p->ignored); break;
	case 'g': print_signals(p->caught); break;
	case 'k': print_number(about->zombies); break;
	case 'l': about->rested < 0 ? print("null") : print_number(about->rested); break;
	case 'L': put_rested(about->rested); break;
	case 'w': print(about->holds); break;
	case 'W': print_part(about->holds, text_until(about->holds, ":")); break;
	}
}

void view_put(const char *words, const struct place *about)
{
	for (;; words += 2) {
		size_t n = text_until(words, "%");

		print_part(words, n);
		words += n;
		if (!*words)
			break;
		put(words[1], about);
	}
}
