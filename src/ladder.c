/*
 * A schedule of signals and waits: how the child is stopped, and how what is left over is ended. A wait ends the instant that nobody is left,
 * which the loop sees; so a ladder costs an obedient tree no time at all.
 */
#include "ladder.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "deliver.h"
#include "leftovers.h"
#include "say.h"
#include "text.h"

#ifdef SYS_clock_gettime32 /* musl's name for it where long has 32 bits */
#define CLOCK_GETTIME SYS_clock_gettime32
#else
#define CLOCK_GETTIME SYS_clock_gettime
#endif

/*
 * As a descendant's killer: whoever was born in between is found this much later; less often while there are dead to reap, since a look costs as
 * much as they do. PID 1 kills all at once and needs no second look.
 */
enum { SWEEP_MS = 20, SELDOM_MS = 200 };

/* The raw call: a libc's own brings its search of the vdso, 1 KB, for a clock that is read once in a while. */
static int64_t clock_us(int which)
{
	int64_t now[2] = { 0, 0 };
	long then[2] = { 0, 0 };

#ifdef SYS_clock_gettime64 /* 32 bits, Linux 5.1 */
	if (!syscall(SYS_clock_gettime64, which, now))
		return now[0] * 1000000 + now[1] / 1000;
#endif
	if (syscall(CLOCK_GETTIME, which, then)) { /* it cannot, but a filter can: in whole seconds time goes by as well, and no ladder stands still */
		struct sysinfo since_boot = { 0 };

		(void)sysinfo(&since_boot);
		then[0] = since_boot.uptime;
	}
	now[0] = then[0];
	return now[0] * 1000000 + then[1] / 1000;
}

int64_t ladder_now(void)
{
	return ladder_clock(CLOCK_MONOTONIC);
}

int64_t ladder_spent_us(void)
{
	return clock_us(CLOCK_THREAD_CPUTIME_ID);
}

int64_t ladder_clock(int which)
{
	return clock_us(which) / 1000;
}

int ladder_left_ms(int64_t until_ms)
{
	if (until_ms == INT64_MAX)
		return -1;
	int64_t left = until_ms - ladder_now();
	return left < 0 ? 0 : (int)left; /* no wait is more than an int, and so is what is left of it */
}

bool ladder_time(const char *text, size_t length, int *ms)
{
	static const struct {
		char name[3];
		int ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 }, { "", 1000 } };
	size_t digits = text_count_digits(text);
	unsigned n;

	if (!digits) {
		*ms = -1;
		return text_is("forever", text, length);
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (text_is(units[i].name, text + digits, length - digits) && text_number(text, digits, (unsigned)(INT_MAX / units[i].ms), &n)) {
			*ms = (int)n * units[i].ms;
			return true;
		}
	}
	return false;
}

static bool step(const char *text, size_t length, struct rung *to)
{
	static const char words[][7] = { [CHILD] = "main:", [GROUP] = "group:", [EVERYONE] = "all:" };

	for (enum scope s = CHILD; s <= EVERYONE; s++) {
		size_t n = *text == words[s][0] ? strlen(words[s]) : length;

		if (length > n && text_is(words[s], text, n)) {
			to->scope = (unsigned char)s;
			text += n;
			length -= n;
			break;
		}
	}
	if (length && *text == '-') { /* as start-stop-daemon(8) spells it: -15, -TERM */
		text++;
		length--;
	}
	to->signal = (unsigned char)signals_number(text, length);
	return to->signal;
}

bool ladder_parse(const char *text, enum scope scope, struct rung to[RUNGS])
{
	struct rung *r = to, *end = to + RUNGS - 1; /* the last one is the TOP */
	size_t length;

	*to = (struct rung){ 0 };
	if (!strcmp(text, "none"))
		return true;
	for (;; text += length + 1) {
		int ms;

		length = text_until(text, "/");
		bool time = ladder_time(text, length, &ms);
		if (time && r > to && r[-1].signal && !r[-1].wait_ms) {
			r[-1].wait_ms = ms;
		} else {
			if (r == end)
				return false;
			*r = (struct rung){ (unsigned char)scope, 0, time ? ms : 0 };
			if (!time && !step(text, length, r))
				return false;
			r++;
		}
		if (!text[length])
			break;
	}
	if (r[-1].signal == SIGKILL && !r[-1].wait_ms)
		r[-1].wait_ms = LAST_WAIT_MS;
	*r = (struct rung){ 0 };
	return true;
}

void ladder_start(struct life *life, const struct rung *rungs)
{
	life->climb = (struct climb){ .rung = rungs, .until_ms = ladder_now() };
}

void ladder_hurry(struct life *life)
{
	life->climb.until_ms = ladder_now();
}

void ladder_ask(struct life *life, const struct rung *rungs)
{
	bool again = life->asked;

	life->asked = true;
	if (life->climb.rung && again)
		ladder_hurry(life);
	else if (!life->climb.rung && rungs)
		ladder_start(life, rungs);
}

static void send_rung(const struct plan *plan, struct life *life, const struct rung *r)
{
	static const char whom[][20] = { [CHILD] = "the program", [GROUP] = "its group", [EVERYONE] = "all that is left" };

	if (life->phase == CLEARING)
		leftovers_look(plan, life);
	if (life->phase == LIVING)
		life->sent_to_stop |= signals_bit(r->signal);
	life->climb.killing = r->signal == SIGKILL ? r->scope : 0;
	say(CLIMBED, &(struct fact){ .signal = r->signal, .expected = life->child && r->scope == EVERYONE ? "all" : whom[r->scope] });
	deliver(plan, life, r->scope, r->signal, NULL);
}

const struct rung *ladder_next(struct climb *climb, int64_t now_ms)
{
	const struct rung *r = climb->rung;

	if (!r || now_ms < climb->until_ms)
		return NULL;
	climb->rung = r->scope == TOP ? NULL : r + 1;
	climb->until_ms = r->wait_ms < 0 ? INT64_MAX : now_ms + r->wait_ms;
	return climb->rung ? r : NULL;
}

/* Whether who is to be killed must be looked for again and again. */
static bool sweeps(const struct plan *plan, const struct climb *climb)
{
	return climb->killing && !plan->pid1 && climb->rung[-1].scope == EVERYONE;
}

bool ladder_climb(const struct plan *plan, struct life *life)
{
	struct climb *climb = &life->climb;
	const struct rung *r;

	int64_t now = ladder_now();
	/* As PID 1 all were killed at once, so they are no more than are reaped in the end: until then no time passes. */
	if (climb->killing && plan->pid1 && life->owed && climb->until_ms != INT64_MAX)
		climb->until_ms = now + climb->rung[-1].wait_ms;
	if (sweeps(plan, climb) && now >= climb->swept_ms + (life->owed ? SELDOM_MS : SWEEP_MS) && now < climb->until_ms) {
		deliver(plan, life, EVERYONE, SIGKILL, NULL);
		climb->swept_ms = ladder_now();
	}
	while ((r = ladder_next(climb, now)))
		if (r->signal)
			send_rung(plan, life, r);
	return climb->rung;
}

int ladder_wait_ms(const struct plan *plan, const struct life *life)
{
	const struct climb *climb = &life->climb;

	if (!climb->rung)
		return -1;
	int left = ladder_left_ms(climb->until_ms);
	return sweeps(plan, climb) && left > SWEEP_MS ? SWEEP_MS : left;
}
