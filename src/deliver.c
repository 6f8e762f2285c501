/* Whom a signal means, and what must come with it. Runs in the life. */
#include "deliver.h"

#include <errno.h>
#include <signal.h>

#include "processes.h"
#include "reap.h"
#include "say.h"
#include "send.h"

/* What ends a program does nothing to a stopped one until it goes on: signal(7). */
static bool rouses(int signal)
{
	return signals_bit(signal) & (signals_bit(SIGTERM) | signals_bit(SIGINT) | signals_bit(SIGHUP) | signals_bit(SIGQUIT));
}

static int to_group(const struct plan *plan, const struct life *life, int signal, const struct arrival *as)
{
	/*
	 * With the child gone only a child of ours in the group shows that its number is still what it was. Where orphans are not re-parented to us
	 * there is none; then its end was this very moment.
	 */
	if (!life->group || !(life->child || plan->pid1 || !plan->subreaper || send_group_ours(life->group))) {
		errno = ESRCH;
		return -1;
	}
	return send_group(life->group, life->pidfd, signal, as, plan->pid1);
}

static int to_scope(const struct plan *plan, const struct life *life, enum scope scope, int signal, const struct arrival *as)
{
	if (scope == GROUP && (!to_group(plan, life, signal, as) || (!life->child && life->phase != LIVING)))
		return 0;
	if (scope == EVERYONE || !life->child) {
		send_all(life->group, signal, plan->pid1);
		return 0;
	}
	return send_one(life->child, life->pidfd, signal, as);
}

void deliver(const struct plan *plan, struct life *life, enum scope scope, int signal, const struct arrival *as)
{
	bool may_be_stopped = rouses(signal) && (!reap_look(life) || scope == EVERYONE || life->stopped_by);

	if (to_scope(plan, life, scope, signal, as) && errno != ESRCH && !life->warned) {
		life->warned = true;
		say(REFUSED, &(struct fact){ .signal = signal, .pid = life->child, .error = errno });
	}
	if (!may_be_stopped)
		return;
	(void)to_scope(plan, life, scope, SIGCONT, NULL); /* refused as the other was */
	life->stopped_by = 0;
}

static bool caught(const struct plan *plan, const struct life *life, int signal)
{
	return !(plan->if_caught & signals_bit(signal)) || processes_caught(life->child) & signals_bit(signal);
}

bool deliver_taken(const struct plan *plan, const struct life *life, int signal)
{
	uint64_t blocked = processes_blocked(life->child) & ~plan->inherited;

	return signals_bit(signal) & (processes_caught(life->child) | blocked | plan->if_caught);
}

void deliver_on(const struct plan *plan, struct life *life, const struct arrival *a, int as_signal)
{
	enum scope scope = plan->to_group ? GROUP : CHILD;
	int to = scope == GROUP && life->group ? -life->group : life->child;
	bool goes = (life->child || life->phase == LIVING) && caught(plan, life, as_signal);
	struct fact fact = { .signal = a->signal, .sent = as_signal, .pid = to, .code = a->code, .from_pid = a->pid, .from_uid = a->uid };

	if (plan->on[a->signal].arg)
		say(TRANSLATED, &fact);
	say(goes ? PASSED : DROPPED, &fact);
	if (!goes)
		return;
	life->forwarded |= signals_bit(as_signal);
	deliver(plan, life, scope, as_signal, a);
}
