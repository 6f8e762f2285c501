/*
 * The dead. SIGCHLDs merge: whoever dies while one is pending is named by none. So each that we read owes a sweep, which begins after it was read
 * and ends when nobody is found: then all who died before are taken (100,000 orphans, tests/reaping.bats). It goes in batches, so that an endless
 * storm of deaths keeps no signal waiting (tests/fair.bats).
 *
 * The kernel walks along all living children to find that none is dead: 0.5 ms for 10,000 of them. Where that has become dear, whom SIGCHLD names is
 * taken at once, found by a hash, and the sweep waits some milliseconds for company; not if our own end depends on it. When so many are ended with
 * us, and nobody asks how each did, the kernel reaps them, and we look from time to time how many are left.
 */
#include "reap.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "ladder.h"
#include "leftovers.h"
#include "orphans.h"
#include "processes.h"
#include "say.h"

enum {
	BATCH = 64,
	DEAR_US = 10,   /* a look for the dead, with some hundreds alive */
	CROWD_US = 20,  /* with some more */
	SOON = 15,      /* of 16 sweeps one is timed at first */
	HIDDEN_MS = 10, /* how long at most one whom no SIGCHLD named stays a zombie */
	REST_MS = 2,    /* from the first look at a crowd that ends to the next, and half as much more each time, up to */
	LONGEST_MS = 100,
	AGAIN_MS = 100  /* when a call failed that should not */
};

static struct outcome outcome(const struct life *life, const siginfo_t *who)
{
	int status = who->si_code == CLD_EXITED ? who->si_status & 0xff : EXIT_SIGNAL + who->si_status;
	int by = status - EXIT_SIGNAL;

	return (struct outcome){ status, by > 0 && by < SIGNALS && life->sent_to_stop & signals_bit(by) };
}

static bool over(const siginfo_t *who)
{
	return who->si_code == CLD_EXITED || who->si_code == CLD_KILLED || who->si_code == CLD_DUMPED;
}

static void note_stop(struct life *life, const siginfo_t *who)
{
	life->stopped_by = who->si_code == CLD_CONTINUED ? 0 : who->si_status;
	life->stopped_news = life->stopped_by;
}

static void note_end(struct life *life, const siginfo_t *who)
{
	if (life->pidfd)
		(void)close(life->pidfd);
	life->child = life->pidfd = 0;
	life->stopped_by = 0;
	life->program = life->last;
	life->how = who->si_code;
	enum event event = who->si_code == CLD_EXITED ? EXITED : KILLED;
	say(event, &(struct fact){ .pid = who->si_pid, .signal = who->si_status, .code = who->si_code, .status = who->si_status,
		.ms = say_heard(event) ? ladder_now() - life->born_ms : 0 });
}

static void take(struct life *life, const siginfo_t *who)
{
	if (!over(who)) {
		if (who->si_pid == life->child)
			note_stop(life, who);
		return;
	}
	enum event event = who->si_pid == life->child ? TAKEN : TAKEN_ORPHAN;
	if (say_heard(event)) /* asked here too, since a fact that nobody hears costs more than the rest of this, for each orphan */
		say(event, &(struct fact){ .pid = who->si_pid, .code = who->si_code, .status = who->si_status });
	if (++life->taken > life->most_taken)
		life->most_taken = life->taken;
	life->orphans_reaped += who->si_pid != life->child;
	life->last = outcome(life, who);
	if (life->last.status > life->worst.status)
		life->worst = life->last;
	orphans_forget(life, who->si_pid);
	leftovers_ended(life, who->si_pid, who->si_code, who->si_status);
	if (who->si_pid == life->child)
		note_end(life, who);
}

/* An orphan's name is in /proc until it is reaped. */
static void name(const struct life *life, const siginfo_t *who)
{
	struct process p = { .name = "?" };

	if (!over(who) || who->si_pid == life->child)
		return;
	(void)processes_read(who->si_pid, &p); /* else it stays nameless */
	say(REAPED, &(struct fact){ .pid = who->si_pid, .text = p.name, .code = who->si_code, .status = who->si_status });
}

/* Nobody is left to wait for; and if the child is among them, somebody took its status: an ignored SIGCHLD that we were not let to change. */
static void note_childless(struct life *life)
{
	life->failing = life->pidfd; /* which will tell of its end the next moment */
	life->childless = !life->failing;
	if (life->child && life->childless && kill(life->child, 0) && errno == ESRCH) {
		life->child = 0;
		life->program.status = EXIT_FAILED;
	}
}

/* A crowd that was asked to end, but not killed: then it matters who is left. */
static bool crowd_ends(const struct life *life)
{
	return life->phase == CLEARING && life->crowd && !life->child && !life->climb.killing;
}

/* Once it matters who dies: from now on all the dead are ours again, and keep their pids for so long. */
static void take_back(const struct plan *plan, struct life *life)
{
	if (crowd_ends(life) || (life->phase == LIVING && !life->climb.rung && life->signal_fd >= 0 && (life->child || plan->until == UNTIL_QUIT)))
		return;
	(void)signals_want_deaths(); /* what it was is known */
	life->by_kernel = false;
}

/* Takes one, if there is one of that kind. 1: there was, 0: none is dead, -1 with errno. */
static int take_one(const struct plan *plan, struct life *life, idtype_t type, int pid)
{
	int look = WEXITED | WSTOPPED | WCONTINUED | WNOHANG;
	siginfo_t who;

	if (life->by_kernel)
		take_back(plan, life);
	who.si_pid = 0; /* stays 0 where nobody is to be taken */
	if (!(life->pidfd && kernel_told(life, &who)) && waitid(type, (id_t)pid, &who, look | (plan->name_reaped ? WNOWAIT : 0)))
		return -1;
	if (!who.si_pid)
		return 0;
	if (plan->name_reaped) { /* look first, take then: a death, or a stop that may be over by now */
		name(life, &who);
		(void)waitid(P_PID, (id_t)who.si_pid, &who, look);
	}
	if (who.si_pid)
		take(life, &who);
	return 1;
}

/*
 * Takes whoever is dead, up to the size of a batch. The last look, which finds nobody, has seen all that live: sometimes it is timed, ever more
 * seldom, at last one in 256, for as long as it is cheap; and always once the program is dead.
 */
static void sweep(const struct plan *plan, struct life *life)
{
	bool now = life->many || !(++life->sweeps & (life->seldom | SOON));

	if (!life->owed)
		life->taken = 0;
	life->owed = true;
	life->childless = life->failing = false;
	for (int i = 0; i < BATCH && life->owed; i++) {
		bool timed = now || (!life->child && plan->until == UNTIL_CHILD);
		int64_t before_us = timed ? ladder_spent_us() : 0;
		int taken = take_one(plan, life, P_ALL, 0);

		life->owed = taken > 0 || (taken < 0 && errno == EINTR);
		life->failing = taken < 0 && errno != EINTR && errno != ECHILD;
		if (taken < 0 && errno == ECHILD)
			note_childless(life);
		if (taken == 0 && timed) {
			int64_t us = ladder_spent_us() - before_us;

			life->many = us > DEAR_US;
			life->crowd = us > CROWD_US;
			life->seldom = (unsigned char)(life->seldom << 1 | 1);
		}
	}
	if (!life->owed)
		life->sweep_ms = 0;
	life->many = life->many && !life->childless;
	life->crowd = life->crowd && !life->childless;
	if (life->rest_ms) /* once in a life: to and fro would be dearer than either */
		life->rest_ms = (unsigned char)(life->rest_ms < LONGEST_MS ? life->rest_ms + life->rest_ms / 2 : LONGEST_MS);
	life->owed |= life->by_kernel && life->phase == CLEARING && !crowd_ends(life); /* the last ones are ours */
}

/* Whether nothing depends on who else is still there. */
static bool no_hurry(const struct plan *plan, const struct life *life)
{
	return life->many && !life->by_kernel && life->phase == LIVING && (life->child || plan->until == UNTIL_QUIT);
}

void reap_named(const struct plan *plan, struct life *life, int pid)
{
	life->told = true;
	if (!no_hurry(plan, life))
		return;
	(void)take_one(plan, life, P_PID, pid); /* not ours, or gone already: the sweep knows better */
	if (life->child)
		(void)take_one(plan, life, P_PID, life->child); /* its death may be one that was merged, and shall not wait */
}

void reap(const struct plan *plan, struct life *life)
{
	bool told = life->told || life->by_kernel; /* then for what else woke us */

	life->told = false;
	if (no_hurry(plan, life) && !life->owed && !life->failing) {
		int64_t now = told || life->sweep_ms ? ladder_now() : 0;

		if (told && !life->sweep_ms)
			life->sweep_ms = now + HIDDEN_MS;
		told = life->sweep_ms && now >= life->sweep_ms;
	}
	if (told || life->owed || life->failing)
		sweep(plan, life);
}

void reap_crowd(const struct plan *plan, struct life *life)
{
	if (life->by_kernel || life->rest_ms || !crowd_ends(life) || !kernel_suits(plan) || plan->leftovers_code || say_heard(LEFT) || say_heard(TAKEN_ORPHAN))
		return;
	signals_ignore_deaths();
	life->by_kernel = life->owed = true; /* who died before is a zombie */
	life->rest_ms = REST_MS;
}

int reap_wait_ms(const struct plan *plan, const struct life *life)
{
	if (life->owed)
		return 0;
	if (life->by_kernel && life->phase == CLEARING)
		return life->rest_ms;
	if (life->failing || plan->chld == CHLD_UNKNOWN)
		return AGAIN_MS;
	return ladder_left_ms(life->sweep_ms ? life->sweep_ms : INT64_MAX);
}

bool reap_look(struct life *life)
{
	siginfo_t who;

	who.si_pid = 0;
	if (!life->child)
		return true;
	if (waitid(P_PID, (id_t)life->child, &who, WSTOPPED | WCONTINUED | WNOHANG))
		return errno == ECHILD;
	if (who.si_pid)
		note_stop(life, &who);
	return true;
}
