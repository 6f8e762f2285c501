/*
 * The life. From here on we must not die: no failure of a system call ends the loop, or keeps it from the next round. It sleeps in one call, and
 * only while nothing is owed: no dead to reap, no rung of a ladder due.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deliver.h"
#include "ladder.h"
#include "leftovers.h"
#include "orphans.h"
#include "overtime.h"
#include "pidns.h"
#include "processes.h"
#include "reap.h"
#include "report.h"
#include "say.h"
#include "send.h"
#include "terminal.h"
#include "unreaped.h"

enum {
	PAGE = 4096, NEEDED = 512, /* of stack, by the call that gives it back */
	BIRTHS_STACK = 16 * PAGE /* more than it was */
};

static void stop(const struct plan *plan, struct life *life, const struct arrival *a)
{
	unsigned char tell = plan->on[a->signal].arg;

	say(ASKED, &(struct fact){ .signal = a->signal, .code = a->code, .from_pid = a->pid, .from_uid = a->uid });
	life->tell = tell ? tell : life->tell;
	ladder_ask(life, plan->stop);
}

static void drop(const struct arrival *a)
{
	say(DROPPED, &(struct fact){ .signal = a->signal, .code = a->code, .from_pid = a->pid, .from_uid = a->uid });
}

static void forward(const struct plan *plan, struct life *life, const struct arrival *a, int signal)
{
	if (plan->asks & signals_bit(a->signal)) {
		life->sent_to_stop |= life->phase != LIVING ? 0 : signals_bit(signal);
		ladder_ask(life, NULL);
	}
	if (signal == NO_SIGNAL)
		drop(a);
	else
		deliver_on(plan, life, a, signal);
}

/* The HUP and CONT that the kernel sends when a session leader gives its terminal up: for us, once, and nobody else. */
static bool is_hand_off(struct life *life, const struct arrival *a)
{
	bool is = life->hand_off & signals_bit(a->signal);

	life->hand_off &= ~signals_bit(a->signal);
	if (is)
		say(HAND_OFF, &(struct fact){ .signal = a->signal });
	return is;
}

static void quit(const struct plan *plan, struct life *life, int status)
{
	if (life->phase == CLEARING) {
		ladder_hurry(life);
		return;
	}
	life->program.status = status;
	life->phase = CLEARING;
	ladder_start(life, plan->leftovers);
}

static void react(const struct plan *plan, struct life *life, const struct arrival *a)
{
	const struct reaction *r = &plan->on[a->signal];

	enum event event = a->signal == SIGCHLD ? CHILD_CAME : CAME;
	if (say_heard(event)) /* as in reap.c */
		say(event, &(struct fact){ .signal = a->signal });
	if (a->signal == SIGCHLD)
		reap_named(plan, life, a->pid);
	/* The kernel's word of a death or a fault is meant for us; so is what our own acts raised: a SIGPIPE of stderr, a SIGTSTP to our group. */
	if (is_hand_off(life, a) || signals_ours(a) || (a->code == SI_USER && a->pid == getpid()))
		return;
	life->received |= signals_bit(a->signal);
	if (a->signal == SIGCONT && life->suspended) {
		terminal_continued(plan, life);
		return;
	}
	if (plan->asks & signals_bit(a->signal))
		unreaped_look(plan, life);
	enum verb verb = r->verb;
	if (verb == STOP_UNLESS_TAKEN)
		verb = deliver_taken(plan, life, a->signal) ? FORWARD : STOP;
	switch (verb) {
	case DROP: drop(a); break;
	case STOP_UNLESS_TAKEN:
	case STOP: stop(plan, life, a); break;
	case QUIT: quit(plan, life, r->arg); break;
	case FORWARD: forward(plan, life, a, r->arg ? r->arg : a->signal); break;
	case SUSPEND:
		forward(plan, life, a, r->arg ? r->arg : a->signal);
		say(SUSPENDING, &(struct fact){ 0 });
		(void)kill(getpid(), SIGSTOP); /* as PID 1 the kernel spares us */
		break;
	}
}

/* Of two waits, each perhaps without end (-1), the shorter one. */
static int sooner(int a_ms, int b_ms)
{
	return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}

/* Waits for as long as nothing is owed, and reacts to what came. */
static void attend(const struct plan *plan, struct life *life)
{
	struct arrival came[SIGNALS_AT_ONCE];
	int timeout_ms = sooner(ladder_wait_ms(plan, life), orphans_wait_ms(plan, life));

	timeout_ms = sooner(timeout_ms, overtime_wait_ms(plan, life));
	timeout_ms = sooner(sooner(timeout_ms, reap_wait_ms(plan, life)), terminal_wait_ms(life));
	/* A pidfd's hang-up, since it can be read before its child's status can. */
	int n = signals_read(&life->signal_fd, life->pidfd ? life->pidfd : life->watched_fd, life->pidfd ? 0 : POLLIN, came, timeout_ms);
	for (int i = 0; i < n; i++)
		react(plan, life, &came[i]);
	/* In a storm of signals the lower numbers may keep SIGCHLD from being read. */
	life->told |= n == 0 || n == SIGNALS_AT_ONCE;
}

/*
 * As PID 1: whether nobody else is in the namespace. Whoever came in from outside (docker exec, nsenter) is not our child, and no SIGCHLD will tell
 * of his end: his pidfd will. A zombie of a parent outside is beyond us, and keeps us no longer.
 */
static bool alone(struct life *life)
{
	struct processes walk;
	struct process p;
	bool someone = false;

	if (life->watched_fd >= 0)
		(void)close(life->watched_fd);
	life->watched_fd = -1;
	if (kill(-1, 0) && errno == ESRCH)
		return true;
	life->failing = true; /* until we know how to be told */
	if (!processes_begin(&walk, ALL_BUT_US))
		return false;
	while (!someone && processes_next(&walk, &p))
		someone = processes_alive(&p);
	processes_end(&walk);
	if (someone)
		life->watched_fd = send_pin(p.pid);
	life->failing = someone && life->watched_fd < 0;
	return !someone;
}

static bool nobody_left(const struct plan *plan, struct life *life)
{
	return life->childless && (!plan->pid1 || alone(life));
}

/* Climbs the stop ladder, if we are on it. True where it killed in vain: what is still there cannot be ended. */
static bool hopeless(const struct plan *plan, struct life *life)
{
	return life->climb.rung && !ladder_climb(plan, life) && life->climb.killing;
}

/* Gives up on those that not even KILL ended. The others are asked yet, unless all were killed. */
static void give_up(const struct plan *plan, struct life *life)
{
	if (life->child)
		life->program.status = EXIT_SIGNAL + SIGKILL;
	if (life->climb.killing != EVERYONE && plan->leftovers[0].scope != TOP)
		return;
	leftovers_look(plan, life);
	leftovers_undying(plan);
	life->phase = OVER;
}

/* While the child lives, and as long as the plan waits for the others too. */
static void live(const struct plan *plan, struct life *life)
{
	bool others = plan->until == UNTIL_QUIT || (plan->until != UNTIL_CHILD && !nobody_left(plan, life));

	if ((life->child || others) && !hopeless(plan, life)) {
		overtime(plan, life);
		return;
	}
	life->phase = CLEARING;
	terminal_return(life);
	if (life->child || others)
		give_up(plan, life);
	if (life->phase == CLEARING)
		ladder_start(life, plan->leftovers);
}

/* What is left over is asked, given time, killed; we leave the instant that nobody is left, or at the end of the ladder. */
static void clear(const struct plan *plan, struct life *life)
{
	/* Where orphans are not re-parented to us, that we have no children means nothing. */
	if ((plan->pid1 || plan->subreaper) && nobody_left(plan, life)) {
		life->phase = OVER;
		return;
	}
	unreaped_look(plan, life);
	reap_crowd(plan, life);
	if (ladder_climb(plan, life))
		return;
	leftovers_look(plan, life);
	if (life->climb.killing)
		leftovers_undying(plan);
	life->phase = OVER;
}

/*
 * Gives back the memory that only the birth needed: the constants and the code that the linker laid before the life's, which come back from the file
 * where they are needed again, and the stack below us.
 */
static void shed(void)
{
	extern const char __ehdr_start[], life_begins[]; /* one place, where it is not laid so: Makefile */
	uintptr_t page = ~(uintptr_t)(PAGE - 1), first = (uintptr_t)__ehdr_start, last = (uintptr_t)life_begins & page;
	char here = 0;
	uintptr_t stack = ((uintptr_t)&here - NEEDED) & page;

	/* Refused, it stays ours. */
	(void)madvise((void *)first, last - first, MADV_DONTNEED);
	(void)madvise((void *)(stack - BIRTHS_STACK), BIRTHS_STACK, MADV_DONTNEED);
}

/* The status that counts, 0..255. */
static int code(const struct plan *plan, const struct life *life)
{
	const struct outcome *o = plan->until == UNTIL_ALL_LAST ? &life->last : plan->until == UNTIL_ALL_WORST ? &life->worst : &life->program;

	if (life->timed_out)
		return (life->sent_to_stop & signals_bit(SIGKILL)) ? EXIT_SIGNAL + SIGKILL : EXIT_TIMED_OUT;
	return plan->stop_ok && o->asked ? 0 : o->status;
}

int loop(const struct plan *plan, struct life *life)
{
	shed();
	while (life->phase != OVER) {
		attend(plan, life);
		reap(plan, life);
		if (life->link_fd && !plan->pid1)
			pidns_listen(life);
		terminal_tend(plan, life);
		orphans_end(plan, life);
		if (life->phase == LIVING)
			live(plan, life);
		if (life->phase == CLEARING)
			clear(plan, life);
	}
	int status = code(plan, life);
	say(LEAVING, &(struct fact){ .status = status, .signal = plan->leftovers[0].signal });
	leftovers_tell(life);
	status ^= plan->exit_xor[status];
	if (!status && life->left_over)
		status = plan->leftovers_code;
	report(plan, life, status);
	return status;
}
