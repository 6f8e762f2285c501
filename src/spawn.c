/*
 * The birth: two processes in one file, on purpose. The newborn shares our memory until it executes the program, so the errno of a failure is
 * in our hands before anything else happens. It does system calls only, never prints, has one way out. After `spawn` returns, we must not die.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "die.h"
#include "execute.h"
#include "ladder.h"
#include "terminal.h"
#include "text.h"
#include "why.h"

enum { NEWBORN_STACK = 16384 };

/* What the two share. */
struct birth {
	const struct plan *plan;
	pid_t parent;
	int terminal;           /* -1: not ours to give */
	char *listen_pid;       /* the value of LISTEN_PID, to be set to the newborn's pid; NULL: leave it */
	unsigned first_closed;  /* of the descriptors that it does not get, where it does not get all */
	volatile int error;     /* why there is no program; 0: there is one */
	volatile bool no_group; /* the newborn has no process group of its own */
	volatile int no_attach; /* why it could not get our terminal for its session; 0: it has it */
	struct execution execution;
};

static void leave_out(const struct plan *plan, const char *name)
{
	const char *gone = text_variable(plan->envp, name);
	char **e = plan->envp;

	if (!gone)
		return;
	while (*e + strlen(name) + 1 != gone)
		e++;
	while ((*e = e[1]))
		e++;
}

/* The newborn. What it cannot do it leaves out, but for the one thing that it is for. */
static int newborn(void *of)
{
	struct birth *b = of;
	const struct plan *plan = b->plan;

	if (!plan->pid1) {
		/* It shall not outlive a killed foster, not even one that was killed just now. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		pid_t parent = getppid();
		if (parent != b->parent && parent >= 0 && b->parent >= 0) /* below 0: refused, so we cannot know */
			_exit(plan->code_failed);
	}
	if (plan->session) {
		b->no_group = setsid() < 0;
		b->no_attach = ioctl(STDIN_FILENO, TIOCSCTTY, 0) ? errno : 0;
	} else {
		b->no_group = plan->no_group || setpgid(0, 0);
	}
	if (b->terminal >= 0 && !b->no_group)
		terminal_give(b->terminal, getpid());
	if (b->listen_pid)
		*text_digits(b->listen_pid, (unsigned)getpid()) = '\0';
	if (plan->close_fds)
		descriptors_close(b->first_closed, plan->kept, KEPT_DESCRIPTORS);
	if (plan->chld == CHLD_IGNORED)
		signals_ignore_deaths();
	(void)signals_mask(plan->inherited);
	b->error = execute(&b->execution);
	_exit(b->error == ENOENT ? plan->code_not_found : b->error == EACCES ? plan->code_denied : plan->code_not_executable);
}

/* systemd's socket activation names the process that the descriptors are for; if that was us, it is the newborn. */
static char *listen_pid(const struct plan *plan, char room[])
{
	char *named = text_variable(plan->envp, "LISTEN_PID");
	unsigned pid;

	if (!named || !text_number(named, strlen(named), INT_MAX, &pid) || (pid_t)pid != plan->pid)
		return NULL;
	leave_out(plan, "LISTEN_PIDFDID"); /* our pidfd's, systemd 257: it would disown the newborn */
	for (char **e = plan->envp; *e; e++)
		if (*e == named - sizeof "LISTEN_PID")
			*e = room;
	text_copy(room, "LISTEN_PID=");
	return room + sizeof "LISTEN_PID";
}

/* How many descriptors from 3 on are those of socket activation. */
static unsigned listened(const struct plan *plan)
{
	const char *count = text_variable(plan->envp, "LISTEN_FDS");
	unsigned n = 0;

	if (count)
		(void)text_number(count, strlen(count), INT_MAX, &n); /* what is none stays 0 */
	return n;
}

/* A descriptor that is closed would be somebody else's next; /dev/null it is, or what nobody can read or write. */
static int nothing(void)
{
	int fd = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);

	return fd >= 0 ? fd : openat(AT_FDCWD, "/", O_PATH | O_CLOEXEC);
}

/*
 * After the birth: we hold nothing. A file system can be unmounted, a lock released, and a reader of the program's output sees its end. As PID 1 we
 * keep 0-2, since /proc/1/fd/1 is how people log in containers.
 */
static void let_go(const struct plan *plan, struct life *life)
{
	const int ours[] = { plan->report_fd, life->link_fd };
	bool container = plan->pid1 && !life->link_fd;
	int fd;

	(void)chdir("/"); /* at worst we keep a directory busy */
	descriptors_close(FIRST_DESCRIPTOR, ours, sizeof ours / sizeof *ours); /* all that the program got from whoever started us: locks, sockets, pipes */
	if (!container)
		(void)close(STDIN_FILENO);
	if (!container && !plan->keeps_stdout)
		(void)close(STDOUT_FILENO);
	while ((fd = nothing()) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd >= 0)
		(void)close(fd);
	life->signal_fd = signals_open();
}

static void settle(const struct plan *plan, struct life *life, struct birth *b)
{
	/* From both sides: where the kernel has us run on before the newborn has done it (qemu-user makes a fork of a vfork). */
	if (!plan->no_group && !plan->session && !setpgid(life->child, life->child))
		b->no_group = false;
	life->group = b->no_group ? 0 : life->child;
	life->has_terminal = b->terminal >= 0 && life->group;
	terminal_close(b->terminal);
	say(BORN, &(struct fact){ .text = plan->argv[0], .pid = life->child });
	if (b->no_attach)
		say(NO_ATTACH, &(struct fact){ .error = b->no_attach });
	if (plan->session)
		say(SETTLED, &(struct fact){ 0 });
}

/* The first we hand on, and do not miss. The second is set before the birth, so that nobody is sooner, and ends for the program as it is executed. */
static void lessen(const struct plan *plan)
{
	const char *option = "--no-new-privs";

	if (!plan->no_new_privs || !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		option = "--undumpable";
		if (!plan->undumpable || !prctl(PR_SET_DUMPABLE, 0))
			return;
	}
	die(plan->code_failed, CANNOT, &(struct fact){ .option = option, .text = "prctl", .error = errno });
}

/* Makes us what the orphans find, and tells the kernel what to do when our own parent dies: prctl(2). */
static void take_place(const struct plan *plan)
{
	pid_t parent = getppid();
	int already = 0;

	if (!plan->pid1 && plan->subreaper)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1); /* refused, the orphans are the host's */
	if (plan->subreaper)
		say(REGISTERED, &(struct fact){ 0 });
	else if (!plan->pid1 && (prctl(PR_GET_CHILD_SUBREAPER, &already) || !already)) /* whoever started us may have made us one */
		say(NOT_SUBREAPER, &(struct fact){ 0 });
	if (plan->no_new_privs || plan->undumpable)
		lessen(plan);
	if (!plan->parent_death)
		return;
	(void)prctl(PR_SET_PDEATHSIG, plan->parent_death);
	if (getppid() != parent)
		(void)kill(getpid(), plan->parent_death); /* it died in between */
}

/* Gives our terminal up, so that the child's session can have it: ioctl_tty(2). The kernel tells the session that we led, us among it. */
static void give_up_terminal(struct life *life)
{
	if (ioctl(STDIN_FILENO, TIOCNOTTY)) {
		say(NO_DETACH, &(struct fact){ .error = errno });
		return;
	}
	bool leader = getsid(0) == getpid();
	if (leader)
		life->hand_off = signals_bit(SIGHUP) | signals_bit(SIGCONT);
	say(leader ? DETACHED_LEADER : DETACHED, &(struct fact){ 0 });
}

static void give_birth(const struct plan *plan, struct life *life)
{
	_Alignas(16) char stack[NEWBORN_STACK];
	char listen[sizeof "LISTEN_PID=" + TEXT_DIGITS];
	struct birth birth;

	/* One by one: an initialiser would zero all of the path. */
	birth.plan = plan;
	birth.parent = getpid();
	birth.error = birth.no_attach = 0;
	birth.execution.argv = plan->argv;
	birth.execution.envp = plan->envp;
	birth.execution.path[0] = '\0';
	if (plan->session)
		give_up_terminal(life);
	birth.terminal = plan->session ? -1 : terminal_open();
	birth.listen_pid = listen_pid(plan, listen);
	birth.first_closed = FIRST_DESCRIPTOR + (birth.listen_pid ? listened(plan) : 0);
	life->child = clone(newborn, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &birth);
	if (life->child < 0)
		die(plan->code_failed, NO_BIRTH, &(struct fact){ .text = plan->argv[0], .error = errno });
	if (birth.error) {
		(void)waitpid(life->child, NULL, 0); /* it left already */
		why_and_die(plan, plan->argv[0], birth.execution.path, birth.error, life->child);
	}
	settle(plan, life, &birth);
}

void spawn(const struct plan *plan, struct life *life)
{
	take_place(plan);
	if (plan->argv)
		give_birth(plan, life);
	life->born_ms = ladder_now();
	life->program_pid = life->child;
	let_go(plan, life);
}
