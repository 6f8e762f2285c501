/*
 * The dead. SIGCHLD merges, so it tells that somebody died, never who or how many: at each wake-up everybody is taken (100,000 orphans,
 * tests/reaping.bats), in batches, so that an endless storm of deaths keeps no signal waiting (tests/fair.bats).
 */
#include "reap.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "ladder.h"
#include "leftovers.h"
#include "orphans.h"
#include "processes.h"
#include "say.h"

enum { BATCH = 64 };

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
	life->child = 0;
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
	say(who->si_pid == life->child ? TAKEN : TAKEN_ORPHAN, &(struct fact){ .pid = who->si_pid, .code = who->si_code, .status = who->si_status });
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

/* A zombie's name is in /proc until it is reaped; so look first, take then. */
static void name_and_take(struct life *life, siginfo_t *who)
{
	struct process p = { .name = "?" };

	if (who->si_pid != life->child) {
		(void)processes_read(who->si_pid, &p); /* else it stays nameless */
		say(REAPED, &(struct fact){ .pid = who->si_pid, .text = p.name, .code = who->si_code, .status = who->si_status });
	}
	(void)waitid(P_PID, (id_t)who->si_pid, who, WEXITED | WNOHANG); /* it was there a moment ago, and is only ours */
	take(life, who);
}

/* Nobody is left to wait for; and if the child is among them, somebody took its status: an ignored SIGCHLD that we were not let to change. */
static void note_childless(struct life *life)
{
	life->childless = true;
	if (life->child && kill(life->child, 0) && errno == ESRCH) {
		life->child = 0;
		life->program.status = EXIT_FAILED;
	}
}

void reap(const struct plan *plan, struct life *life)
{
	int look = WEXITED | WSTOPPED | WCONTINUED | WNOHANG;

	if (!life->owed)
		life->taken = 0;
	life->owed = true;
	life->childless = life->failing = false;
	for (int i = 0; i < BATCH && life->owed; i++) {
		siginfo_t who;

		who.si_pid = 0; /* stays 0 where nobody is to be taken */
		if (waitid(P_ALL, 0, &who, look | (plan->name_reaped ? WNOWAIT : 0))) {
			life->owed = errno == EINTR;
			life->failing = errno != EINTR && errno != ECHILD;
			if (errno == ECHILD)
				note_childless(life);
		} else if (!who.si_pid) {
			life->owed = false;
		} else if (plan->name_reaped && over(&who)) {
			name_and_take(life, &who);
		} else {
			take(life, &who);
		}
	}
}

void reap_look(struct life *life)
{
	siginfo_t who;

	who.si_pid = 0;
	if (life->child && !waitid(P_PID, (id_t)life->child, &who, WSTOPPED | WCONTINUED | WNOHANG) && who.si_pid)
		note_stop(life, &who);
}
