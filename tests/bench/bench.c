/*
 * What an init costs, foster's and its peers' side by side: a Markdown table of medians, with the goals and what is missed of them. Each figure is
 * taken in turn, A B C A B C, in fresh PID namespaces, and a turn during which somebody else had our processors counts for nobody. The floor is what
 * the least of inits has (floor.c), thus the kernel's own share. Needs root.
 *
 *	bench [quick|main] FOSTER [WORDS]   quick: one small turn of everything, to see that it works; its figures mean nothing
 *	                                    main: only what README.md tells
 *	                                    WORDS: only rows with them in their name
 *	bench entry VERB ...                what runs below the init: see the table of entries
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/user.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST_TURNS = 1000, VALUES = 5, STACK = 2048, NS = 1000000000 };

static struct subject {
	const char *name, *path, *option;
} subjects[] = {
	{ "none", NULL, NULL }, { "foster", NULL, NULL }, { "foster --reap=kernel", NULL, "--reap=kernel" }, { "floor", NULL, NULL }, { "tini", "/usr/bin/tini", NULL },
	{ "tini-static", "/usr/bin/tini-static", NULL }, { "dumb-init", "/usr/bin/dumb-init", NULL }, { "catatonit", "/usr/bin/catatonit", NULL },
};

enum { NONE, FOSTER, KERNEL, FLOOR, PEERS };

static bool quick, only_main;
static struct shared {
	int64_t began_ns; /* just before the init is executed */
	int64_t ended_ns; /* just before the program ends */
} *shared;

static _Noreturn void cannot(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static int64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static void rest_us(int us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000L };

	nanosleep(&t, NULL);
}

/* ---- below the init ---- */

static void tell(int64_t value)
{
	if (write(STDOUT_FILENO, &value, sizeof value) != sizeof value)
		_exit(1);
}

/* Sum of the numbers behind a name in /proc/PID/FILE, or /proc/FILE. */
static double fact(int pid, const char *file, const char *name)
{
	char path[64], line[256];
	double sum = 0;

	snprintf(path, sizeof path, pid ? "/proc/%d/%s" : "/proc/%.0d/%s", pid, file);
	FILE *f = fopen(path, "r");
	if (!f)
		cannot(path);
	while (fgets(line, sizeof line, f))
		if (strstr(line, name))
			sum += atof(*name ? line + strcspn(line, ":") + 1 : line);
	fclose(f);
	return sum;
}

/* The first field of /proc/1/schedstat: nanoseconds on a processor. */
static int64_t init_cpu_ns(void)
{
	return (int64_t)fact(1, "schedstat", "");
}

/* A counter of the init's system calls, -1 where the kernel has none: perf_event_open(2) on the tracepoint of their entry, which slows each a little. */
static int open_calls(void)
{
	struct perf_event_attr what = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof what };
	int id = open("/sys/kernel/tracing/events/raw_syscalls/sys_enter/id", O_RDONLY);
	char text[16] = "";

	if (id < 0 || read(id, text, sizeof text - 1) <= 0)
		return -1;
	close(id);
	what.config = (uint64_t)atoi(text);
	return (int)syscall(SYS_perf_event_open, &what, 1, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int64_t calls(int counter)
{
	int64_t n;

	return read(counter, &n, sizeof n) == sizeof n ? n : -1;
}

static int gate[2];
static volatile int dead; /* of a crowd, so far */

/* How many tasks the machine has: all that were born, less those that were reaped (nr_threads in kernel/exit.c); its last 16 bits. */
static uint16_t tasks(void)
{
	struct sysinfo info;

	return sysinfo(&info) ? 0 : info.procs;
}

/* The newborns share our memory and are our siblings: children of the init from the first moment on, and cheap. */
static int dies(void *unused)
{
	(void)unused;
	syscall(SYS_exit, 0);
	return 0;
}

static int lives(void *unused)
{
	char c;

	(void)unused;
	while (syscall(SYS_read, gate[0], &c, 1) < 0)
		;
	__atomic_fetch_add(&dead, 1, __ATOMIC_RELAXED);
	syscall(SYS_exit, 0);
	return 0;
}

static int orphan(int (*does)(void *), char *stack, int flags)
{
	int pid = clone(does, stack + STACK, CLONE_PARENT | CLONE_VM | CLONE_FILES | flags | SIGCHLD, NULL);

	if (pid < 0)
		_exit(1);
	return pid;
}

static void crowd(int n)
{
	char *stacks = mmap(NULL, (size_t)n * STACK + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < n; i++)
		orphan(lives, stacks + (size_t)i * STACK, 0);
}

static void until_reaped(int pid)
{
	while (!kill(pid, 0))
		rest_us(20);
}

static int entry_first(char **operand)
{
	(void)operand;
	tell(now_ns());
	return 0;
}

static int entry_rest(char **operand)
{
	crowd(atoi(operand[0]));
	tell(0);
	while (pause())
		;
	return 0;
}

/* What is told of orphans, all in sum but the last. */
enum { CPU_NS, TOOK_NS, SWITCHES, CALLS, ZOMBIES };

/* The dead that are not reaped yet, if that many were at some time. */
static void look(int64_t sum[VALUES], int died, uint16_t before)
{
	int zombies = died + (int16_t)(tasks() - before);

	if (zombies > sum[ZOMBIES])
		sum[ZOMBIES] = zombies;
}

static void one_by_one(int64_t sum[VALUES], bool singly, int n)
{
	static _Alignas(16) char stack[STACK];
	uint16_t before = tasks();

	for (int i = 0, last = 0; i < n; i++) {
		last = orphan(dies, stack, CLONE_VFORK);
		if (singly || i == n - 1)
			until_reaped(last);
		else if (i % 16 == 0)
			look(sum, 0, before);
	}
	if (!singly)
		rest_us(20000); /* the last one is not the last to be reaped */
}

static void all_at_once(int64_t sum[VALUES], int n)
{
	uint16_t before = tasks();

	close(gate[1]);
	/* A kill(2) of all looks at all, and hinders the init: only in the end, and now and then. */
	for (int i = 1; ((uint16_t)(before - tasks()) < n - 32 && i % 1000) || !kill(-1, 0); i++) {
		look(sum, dead, before);
		rest_us(20);
	}
}

/* N orphans, singly or as fast as can be, with K living ones beside; or N at once. */
static int entry_orphans(char **operand)
{
	static _Alignas(16) char stack[STACK];
	bool all = !strcmp(operand[0], "once");
	int n = atoi(operand[1]), k = atoi(operand[2]), counter = *operand[3] == '1' ? open_calls() : -1;
	int64_t sum[VALUES] = { 0 };

	crowd(k);
	rest_us(50000);
	/* What is counted at first is how the init gets used to its surroundings. */
	for (int i = 0; i < 40; i++)
		until_reaped(orphan(dies, stack, CLONE_VFORK));
	if (all)
		crowd(n);
	rest_us(50000);
	sum[CALLS] -= calls(counter);
	sum[SWITCHES] -= (int64_t)fact(1, "status", "ctxt_switches");
	sum[CPU_NS] -= init_cpu_ns();
	sum[TOOK_NS] -= now_ns();
	if (all)
		all_at_once(sum, n);
	else
		one_by_one(sum, *operand[0] == 's', n);
	sum[TOOK_NS] += now_ns();
	sum[CPU_NS] += init_cpu_ns();
	sum[SWITCHES] += (int64_t)fact(1, "status", "ctxt_switches");
	sum[CALLS] = counter < 0 ? -1 : sum[CALLS] + calls(counter);
	for (int i = 0; i < VALUES; i++)
		tell(sum[i]);
	return 0;
}

static int entry_signals(char **operand)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	tell(0);
	for (int n = atoi(operand[0]); n; n--) {
		sigwaitinfo(&usr1, NULL);
		tell(now_ns());
	}
	return 0;
}

static int entry_end(char **operand)
{
	crowd(atoi(operand[0]));
	rest_us(20000);
	tell(now_ns());
	return 0;
}

static const struct {
	const char *verb;
	int (*run)(char **operand);
} entries[] = {
	{ "first", entry_first }, { "rest", entry_rest }, { "orphans", entry_orphans }, { "signals", entry_signals }, { "end", entry_end },
};

static int entry(char **argv)
{
	if (pipe(gate))
		return 1;
	for (size_t i = 0; i < COUNT(entries); i++)
		if (!strcmp(entries[i].verb, argv[0]))
			return entries[i].run(argv + 1);
	return 1;
}

/* ---- around the init ---- */

struct run {
	int pid;
	int out; /* what the program tells */
};

static char self[4096];

static _Noreturn void become(const struct subject *s, const char *words, int out, int wait_for)
{
	const char *argv[16];
	char copy[256], *word, c;
	int n = 0;

	if (s->path) {
		argv[n++] = s->path;
		if (s->option)
			argv[n++] = s->option;
		argv[n++] = "--";
	}
	argv[n++] = self;
	argv[n++] = "entry";
	strcpy(copy, words);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[n++] = word;
	argv[n] = NULL;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL))
		cannot("mount /proc");
	/* Without it there is one row less. */
	(void)mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	close(out);
	if (wait_for >= 0 && read(wait_for, &c, 1) < 0)
		cannot("wait");
	/* As an engine does it. */
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOSTNAME", "0123456789ab", 1);
	setenv("HOME", "/root", 1);
	shared->began_ns = now_ns();
	execv(argv[0], (char **)(uintptr_t)argv);
	cannot(argv[0]);
}

static struct run launch(const struct subject *s, const char *words, int wait_for)
{
	int out[2];
	struct run r;

	if (pipe2(out, O_CLOEXEC))
		cannot("pipe");
	r.pid = (int)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	if (r.pid < 0)
		cannot("a new PID namespace");
	if (!r.pid)
		become(s, words, out[1], wait_for);
	close(out[1]);
	r.out = out[0];
	return r;
}

static bool told_nothing; /* where a process could not be had, in this turn */

static int64_t told(const struct run *r)
{
	int64_t value;

	if (read(r->out, &value, sizeof value) == sizeof value)
		return value;
	told_nothing = true;
	return 0;
}

static void finish(struct run *r, bool by_force, struct rusage *used)
{
	if (by_force)
		kill(r->pid, SIGKILL);
	while (wait4(r->pid, NULL, 0, used) < 0 && errno == EINTR)
		;
	close(r->out);
}

/* ---- what is measured: with one number, values of one run ---- */

static void start(const struct subject *s, int unused, double value[VALUES])
{
	struct run r = launch(s, "first", -1);

	(void)unused;
	value[0] = (double)(told(&r) - shared->began_ns) / 1000;
	finish(&r, false, NULL);
}

static void faults(const struct subject *s, int unused, double value[VALUES])
{
	struct run r = launch(s, "first", -1);
	struct rusage used;

	(void)unused;
	finish(&r, false, &used);
	value[0] = (double)used.ru_minflt;
}

/* Where it is, so that a repeated string instruction counts once, as processors count. */
static long place(int pid)
{
#ifdef __x86_64__
	return ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), NULL);
#else
	static long never_the_same = 0;

	(void)pid;
	return ++never_the_same;
#endif
}

/*
 * What is done until the program is executed: system calls, or instructions, which a tracer counts exactly, also where no processor does. The least
 * of some turns is it: the init may go on before the program's start is told.
 */
static void steps(const struct subject *s, int request, double value[VALUES])
{
	int go[2], status, pid, execs = s->path ? 0 : 1;
	long at = 0;

	value[0] = 0;
	if (pipe2(go, O_CLOEXEC))
		cannot("pipe");
	struct run r = launch(s, "first", go[0]);
	if (ptrace(PTRACE_SEIZE, r.pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL))
		cannot("ptrace");
	if (write(go[1], "", 1) != 1)
		cannot("write");
	close(go[0]);
	close(go[1]);
	while (execs < 2 && (pid = waitpid(-1, &status, __WALL)) > 0) {
		int signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0, event = status >> 16;
		struct { unsigned char op, rest[127]; } info = { 0 };

		if (!WIFSTOPPED(status))
			continue;
		if (event == PTRACE_EVENT_EXEC)
			execs++;
		else if (execs && signal == (SIGTRAP | 0x80) && ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 && info.op == 1)
			value[0]++;
		else if (execs && signal == SIGTRAP && !event && place(pid) != at) {
			at = place(pid);
			value[0]++;
		}
		ptrace(execs ? request : PTRACE_CONT, pid, NULL, event || signal == (SIGTRAP | 0x80) || signal == SIGTRAP ? 0 : signal);
	}
	kill(r.pid, SIGKILL);
	while (waitpid(-1, &status, __WALL) > 0)
		;
	close(r.out);
}

static void memory(const struct subject *s, int unused, double kib[VALUES])
{
	struct run r = launch(s, "rest 0", -1);

	(void)unused;
	told(&r);
	rest_us(20000);
	kib[0] = fact(r.pid, "smaps_rollup", "Rss:");
	kib[1] = fact(r.pid, "smaps_rollup", "Private_Dirty:");
	kib[2] = fact(r.pid, "status", "VmPTE:");
	finish(&r, true, NULL);
}

static void instances(const struct subject *s, int n, double kib[VALUES])
{
	struct run r[200];
	double before = fact(0, "meminfo", "MemAvailable:");

	for (int i = 0; i < n; i++)
		r[i] = launch(s, "rest 0", -1);
	for (int i = 0; i < n; i++)
		told(&r[i]);
	rest_us(300000);
	kib[0] = (before - fact(0, "meminfo", "MemAvailable:")) / n;
	for (int i = 0; i < n; i++)
		kill(r[i].pid, SIGKILL);
	for (int i = 0; i < n; i++)
		finish(&r[i], true, NULL);
	rest_us(300000);
}

static void file_size(const struct subject *s, int unused, double bytes[VALUES])
{
	struct stat file;

	(void)unused;
	if (stat(s->path, &file))
		cannot(s->path);
	bytes[0] = (double)file.st_size;
}

/* All rest at the same time, while the first of them is measured. */
static void wakeups(const struct subject *s, int seconds, double value[VALUES])
{
	static double all[COUNT(subjects)];
	struct run r[COUNT(subjects)];

	if (s == &subjects[FOSTER]) {
		for (size_t i = FOSTER; i < COUNT(subjects); i++)
			if (subjects[i].path) {
				r[i] = launch(&subjects[i], "rest 0", -1);
				told(&r[i]);
			}
		rest_us(500000);
		for (size_t i = FOSTER; i < COUNT(subjects); i++)
			all[i] = subjects[i].path ? -fact(r[i].pid, "status", "ctxt_switches") : 0;
		rest_us(seconds * 1000000);
		for (size_t i = FOSTER; i < COUNT(subjects); i++)
			if (subjects[i].path) {
				all[i] += fact(r[i].pid, "status", "ctxt_switches");
				finish(&r[i], true, NULL);
			}
	}
	value[0] = all[s - subjects];
}

/* CPU us and switches for each, ms for all, system calls for each if counted, most zombies. */
static void orphans(const struct subject *s, const char *how, int n, int beside, bool counted, double value[VALUES])
{
	char words[64];

	snprintf(words, sizeof words, "orphans %s %d %d %d", how, n, beside, counted);
	struct run r = launch(s, words, -1);
	for (int i = 0; i < VALUES; i++)
		value[i] = (double)told(&r);
	value[CPU_NS] /= 1e3 * n;
	value[TOOK_NS] /= 1e6;
	value[SWITCHES] /= n;
	value[CALLS] = value[CALLS] < 0 ? NAN : value[CALLS] / n;
	finish(&r, true, NULL);
}

static void singly(const struct subject *s, int beside, double value[VALUES])
{
	orphans(s, "singly", quick ? 50 : beside >= 1000 ? 500 : beside ? 3000 : 6667, beside, false, value);
}

static void singly_counted(const struct subject *s, int n, double value[VALUES])
{
	orphans(s, "singly", n, 0, true, value);
}

static void fast(const struct subject *s, int n, double value[VALUES])
{
	orphans(s, "fast", n, 0, false, value);
}

static void fast_counted(const struct subject *s, int n, double value[VALUES])
{
	orphans(s, "fast", n, 0, true, value);
}

static void once(const struct subject *s, int n, double value[VALUES])
{
	orphans(s, "once", n, 0, false, value);
}

static void once_counted(const struct subject *s, int n, double value[VALUES])
{
	orphans(s, "once", n, 0, true, value);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *of, int n, double q)
{
	static double sorted[MOST_TURNS];

	if (!n)
		return NAN;
	memcpy(sorted, of, (size_t)n * sizeof *of);
	qsort(sorted, (size_t)n, sizeof *sorted, by_value);
	return sorted[(int)(q * (n - 1) + 0.5)];
}

/* From kill(2) to the program's return from waiting: p10, p50, p99. */
static void forward(const struct subject *s, int n, double us[VALUES])
{
	static double took[MOST_TURNS];
	char words[32];

	snprintf(words, sizeof words, "signals %d", n);
	struct run r = launch(s, words, -1);
	told(&r);
	rest_us(20000);
	for (int i = 0; i < n; i++) {
		int64_t sent = now_ns();

		kill(r.pid, SIGUSR1);
		took[i] = (double)(told(&r) - sent) / 1000;
		rest_us(500);
	}
	finish(&r, false, NULL);
	us[0] = quantile(took, n, 0.1);
	us[1] = quantile(took, n, 0.5);
	us[2] = quantile(took, n, 0.99);
}

static void forward_busy(const struct subject *s, int signals, double us[VALUES])
{
	int busy[64], n = (int)sysconf(_SC_NPROCESSORS_ONLN);

	for (int i = 0; i < n && i < 64; i++)
		if (!(busy[i] = fork()))
			for (;;)
				;
	forward(s, signals, us);
	for (int i = 0; i < n && i < 64; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
}

static void end(const struct subject *s, int living, double ms[VALUES])
{
	char words[32];

	snprintf(words, sizeof words, "end %d", living);
	struct run r = launch(s, words, -1);
	int64_t ended = told(&r);
	finish(&r, false, NULL);
	ms[0] = (double)(now_ns() - ended) / 1e6;
}

/* ---- the rows ---- */

enum {
	ADDED = 1,  /* over no init at all */
	STEADY = 2, /* unaffected by a busy machine */
	MAIN = 4,   /* in README.md too */
	ALONE = 8   /* on one processor: whether the program was on the other one, which the host has to wake, is chance, and counts for more than the init */
};

/* Rows that follow one another and measure the same are of the same turns. */
static const struct row {
	const char *name;
	void (*measure)(const struct subject *s, int with, double value[VALUES]);
	int with, turns, value, flags;
	double quantile;
	double most, most_ratio; /* what is wanted of foster, 0: nothing; the ratio is to the best peer's */
	const char *why;         /* where that is missed */
} rows[] = {
	{ "time added until the program's first instruction, p10, us", start, 0, 1000, 0, ADDED | MAIN, 0.1, 0, 0.2, "as the next row" },
	{ "p50, us", start, 0, 1000, 0, ADDED | MAIN, 0.5, 0, 0.2,
		"the host's time to wake a second processor for the program, the same for all: see the next row" },
	{ "on one processor: p50, us", start, 0, 1000, 0, ADDED | MAIN | ALONE, 0.5, 0, 0.2, NULL },
	{ "system calls before the program is executed", steps, PTRACE_SYSCALL, 3, 0, STEADY | MAIN, 0, 12, 0, NULL },
	{ "instructions of it until then", steps, PTRACE_SINGLESTEP, 3, 0, STEADY | MAIN, 0, 2500, 0, NULL },
	{ "page faults of a whole life, added", faults, 0, 20, 0, ADDED | STEADY | MAIN, 0.5, 0, 0, NULL },
	{ "RSS at rest, KiB", memory, 0, 15, 0, STEADY | MAIN, 0.5, 32, 0.05, NULL },
	{ "private dirty at rest, KiB", memory, 0, 15, 1, STEADY | MAIN, 0.5, 12, 0.25, NULL },
	{ "page tables at rest, KiB", memory, 0, 15, 2, STEADY | MAIN, 0.5, 0, 0, NULL },
	{ "memory of one of 200 instances, added, KiB", instances, 200, 5, 0, ADDED | MAIN, 0.5, 0, 0, NULL },
	{ "file, bytes (+: and libc's)", file_size, 0, 1, 0, STEADY | MAIN, 0.5, 40960, 0,
		"the life and the birth have 14 KB, options, personas, messages and help 20 KB, --tree, --zombies, --report 9 KB, libc and tables the rest" },
	{ "wake-ups in 10 idle seconds", wakeups, 10, 1, 0, STEADY | MAIN, 0.5, 0.5, 0, NULL },
	{ "CPU per orphan, 100,000 one at a time, us", singly, 0, 15, CPU_NS, MAIN | ALONE, 0.5, 0, 1,
		"of throw-away inits in one run sigwaitinfo and waitpid had 5.77, a signalfd 6.08, read four at once 6.29, and waitid 6.42, in a seccomp filter 6.47" },
	{ "switches per orphan", singly, 0, 15, SWITCHES, ALONE, 0.5, 0, 0, NULL },
	{ "system calls per orphan", singly_counted, 10000, 2, CALLS, STEADY | MAIN, 0.5, 0, 1, NULL },
	{ "CPU per orphan beside 100 living ones, us", singly, 100, 14, CPU_NS, ALONE, 0.5, 0, 1, NULL },
	{ "beside 1,000", singly, 1000, 14, CPU_NS, MAIN | ALONE, 0.5, 0, 1, NULL },
	{ "beside 3,000", singly, 3000, 7, CPU_NS, ALONE, 0.5, 0, 1, NULL },
	{ "beside 10,000", singly, 10000, 7, CPU_NS, MAIN | ALONE, 0.5, 0, 0.2, NULL },
	{ "CPU per orphan, 100,000 as fast as can be, us", fast, 100000, 7, CPU_NS, MAIN, 0.5, 0, 1,
		"600 instructions of ours for each, in a seccomp filter, and a read of the signalfd for every few" },
	{ "switches per orphan", fast, 100000, 7, SWITCHES, 0, 0.5, 0, 0, NULL },
	{ "most zombies at once", fast, 100000, 7, ZOMBIES, 0, 0.5, 0, 0, NULL },
	{ "system calls per orphan", fast_counted, 20000, 3, CALLS, 0, 0.5, 0, 0, NULL },
	{ "CPU per orphan, 20,000 at one instant, us", once, 20000, 14, CPU_NS, MAIN, 0.5, 0, 1,
		"600 instructions of ours for each, in a seccomp filter; from run to run the peers had 2.8 to 12" },
	{ "switches per orphan", once, 20000, 14, SWITCHES, 0, 0.5, 0, 0, NULL },
	{ "most zombies at once", once, 20000, 14, ZOMBIES, 0, 0.5, 0, 0, NULL },
	{ "until the last of them is reaped, ms", once, 20000, 14, TOOK_NS, MAIN, 0.5, 0, 0, NULL },
	{ "system calls per orphan", once_counted, 20000, 1, CALLS, 0, 0.5, 0, 0, NULL },
	{ "signal forwarded, p10, added, us", forward, 400, 28, 0, ADDED, 0.5, 0, 0, NULL },
	{ "until a signal has arrived, p50, us", forward, 400, 28, 1, MAIN, 0.5, 0, 1, NULL },
	{ "p99, us", forward, 400, 28, 2, MAIN, 0.5, 0, 1,
		"the scheduler's, in one of a hundred" },
	{ "all processors busy: p50, us", forward_busy, 250, 28, 1, MAIN, 0.5, 0, 1, NULL },
	{ "all processors busy: p99, us", forward_busy, 250, 28, 2, MAIN, 0.5, 0, 1, NULL },
	{ "from the program's end to the init's, ms", end, 0, 100, 0, MAIN, 0.5, 0, 0, NULL },
	{ "the same with 5,000 living orphans, ms", end, 5000, 14, 0, MAIN, 0.5, 0, 1, NULL },
};

static double samples[COUNT(subjects)][VALUES][MOST_TURNS];
static int turns_taken, turns_starved, rows_starved;

/* Whether somebody else has one of our processors: 1 ms of it takes more than 1.5. */
static bool starved(void)
{
	cpu_set_t all, one;
	bool is = false;

	sched_getaffinity(0, sizeof all, &all);
	for (int i = 0; i < CPU_SETSIZE && !is; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		sched_setaffinity(0, sizeof one, &one);
		int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), wall = now_ns();
		while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu < 1000000)
			;
		is = now_ns() - wall > 1500000;
	}
	sched_setaffinity(0, sizeof all, &all);
	return is;
}

/* Seconds that a host withheld from this machine. */
static double stolen_s(void)
{
	char line[256];
	double steal = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (!f || !fgets(line, sizeof line, f) || sscanf(line, "cpu %*f %*f %*f %*f %*f %*f %*f %lf", &steal) != 1)
		steal = 0;
	if (f)
		fclose(f);
	return steal / (double)sysconf(_SC_CLK_TCK);
}

/* One turn of all. False where it does not count: the machine was not ours before it or after it, or not all of it was there. */
static bool take_turn(const struct row *row, int with, int n, bool look)
{
	double value[VALUES] = { 0 }, stolen = stolen_s();
	int64_t start_ns = now_ns();
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof all, &all);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	look = look && !quick && !(row->flags & STEADY);
	if (look && starved()) {
		rest_us(100000);
		return false;
	}
	told_nothing = false;
	if (row->flags & ALONE)
		sched_setaffinity(0, sizeof one, &one);
	/* Whoever is the first begins with a machine at rest: each in his turn. */
	for (size_t i = 0; i < COUNT(subjects) && !told_nothing; i++) {
		size_t s = (i + (size_t)n) % COUNT(subjects);

		if (s == NONE ? !(row->flags & ADDED) : !subjects[s].path)
			continue;
		row->measure(&subjects[s], with, value);
		for (int v = 0; v < VALUES; v++)
			samples[s][v][n] = value[v];
	}
	sched_setaffinity(0, sizeof all, &all);
	stolen = stolen_s() - stolen;
	return !told_nothing && (!look || (!starved() && (stolen < 0.03 || stolen < (double)(now_ns() - start_ns) / NS / 50)));
}

/* Returns how many turns counted. */
static int take_turns(const struct row *row)
{
	int turns = quick ? 1 : row->turns, with = quick && row->with > 300 ? 300 : row->with, n = 0;

	if (quick && row->measure == wakeups)
		with = 1;
	if (quick && (row->measure == instances || row->measure == forward || row->measure == forward_busy))
		with = 5;
	for (int tries = 0; n < turns && tries < 3 * turns; tries++) {
		bool good = take_turn(row, with, n, turns < 100 || tries % 8 == 0);

		turns_taken++;
		turns_starved += !good;
		n += good;
	}
	return n;
}

static int goals, met;
static char missed[8192];

/* By how much more foster's figure is than is wanted, of that; 0 and less: by nothing. */
static double excess(const struct row *row, double value, double ratio)
{
	double of_value = row->most > 0 ? value / row->most - 1 : -1, of_ratio = row->most_ratio > 0 ? ratio / row->most_ratio - 1 : -1;

	return of_ratio > of_value ? of_ratio : of_value;
}

/* What is said of a goal that is missed: by how much, what the floor has, how many turns foster had for itself, and why. */
static void regret(const struct row *row, const double value[], size_t best, double over, int n)
{
	static char *at = missed;
	const double *ours = samples[FOSTER][row->value], *theirs = samples[best][row->value];
	size_t room = (size_t)(missed + sizeof missed - at);
	int won = 0;

	for (int i = 0; i < n; i++)
		won += ours[i] <= theirs[i];
	at += snprintf(at, room, "- missed by %.0f %%: %s", over * 100, row->name);
	if (row->most_ratio > 0 && subjects[FLOOR].path)
		at += snprintf(at, room, ": the floor has %.2f of the best", value[FLOOR] / value[best]);
	if (row->most_ratio > 0 && n > 1)
		at += snprintf(at, room, ", foster was ahead of it in %d of %d turns%s", won, n,
			(2 * won - n) * (2 * won - n) <= 4 * n ? ", which shows no difference" : ""); /* within two standard deviations of a half */
	at += snprintf(at, room, "%s%s\n", row->why ? ": " : "", row->why ? row->why : "");
}

static void judge(const struct row *row, const double value_of[], size_t best, double ratio, int n)
{
	double value = value_of[FOSTER], over = excess(row, value, ratio);
	bool is_met = over < 0.005; /* as the ratio is printed */

	if (row->most > 0)
		printf(" %.0f", row->most);
	printf(row->most > 0 && row->most_ratio > 0 ? " and" : "");
	if (row->most_ratio > 0)
		printf(" %.2f of best", row->most_ratio);
	if (isnan(value) || (row->most_ratio > 0 && isnan(ratio))) {
		printf(": unknown |\n");
		return;
	}
	goals++;
	met += is_met;
	printf(is_met ? ": met |\n" : ": **missed by %.0f %%** |\n", over * 100);
	if (!is_met)
		regret(row, value_of, best, over, n);
}

static bool is_dynamic(const struct subject *s)
{
	static char bytes[1 << 16];
	FILE *f = fopen(s->path, "r");
	size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;

	if (f)
		fclose(f);
	return memmem(bytes, n, "/ld-", 4);
}

static void print_value(double value, const char *after)
{
	if (isnan(value))
		printf(" not counted |");
	else
		printf(" %.*f%s |", value == floor(value) || fabs(value) >= 100 ? 0 : fabs(value) < 10 ? 2 : 1, value, after);
}

static void print(const struct row *row, int n)
{
	double value[COUNT(subjects)], ratio = NAN;
	size_t best = NONE;
	bool enough = n * 2 >= (quick ? 1 : row->turns);

	rows_starved += !enough;
	printf("| %s |", row->name);
	for (size_t s = 0; s < COUNT(subjects); s++) {
		value[s] = s == NONE && !(row->flags & ADDED) ? 0 : enough ? quantile(samples[s][row->value], n, row->quantile) : NAN;
		if (s == NONE || !subjects[s].path)
			continue;
		value[s] -= value[NONE];
		if (s >= PEERS && (!best || value[s] < value[best]))
			best = s;
		if (enough)
			print_value(value[s], row->measure == file_size && is_dynamic(&subjects[s]) ? "+" : "");
		else
			printf(" starved |");
	}
	if (best && value[best] > 0)
		ratio = value[FOSTER] / value[best];
	if (isnan(ratio))
		printf(" |");
	else
		printf(" %.2f |", ratio);
	if (row->most > 0 || row->most_ratio > 0)
		judge(row, value, best, ratio, n);
	else
		printf(" |\n");
	fflush(stdout);
}

/*
 * As in a container nobody has a scheduling group for his session alone (sched(7), autogroup): dumb-init's program leads one, so that it would run on
 * while its init waits, which then has fewer switches. For that all of us are in one cgroup, by version 1 or 2.
 */
static const char *group_root;

static bool into_group(const char *root, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "%s%s/cgroup.procs", root, name);
	fd = open(path, O_WRONLY);
	bool done = fd >= 0 && write(fd, "0", 1) == 1;
	if (fd >= 0)
		close(fd);
	return done;
}

static void leave_group(void)
{
	char path[64];

	snprintf(path, sizeof path, "%s/foster-bench", group_root);
	(void)into_group(group_root, ""); /* else it stays, empty but for us */
	rmdir(path);
}

static void enter_group(void)
{
	static const char *const roots[] = { "/sys/fs/cgroup/cpu", "/sys/fs/cgroup" };
	char path[64];

	for (size_t i = 0; i < COUNT(roots) && !group_root; i++) {
		snprintf(path, sizeof path, "%s/foster-bench", roots[i]);
		if (mkdir(path, 0755) && errno != EEXIST)
			continue;
		if (into_group(roots[i], "/foster-bench"))
			group_root = roots[i];
		else
			rmdir(path);
	}
	if (group_root)
		atexit(leave_group);
	else
		fprintf(stderr, "bench: no cgroup can be made: programs that lead a session have a scheduling group of their own\n");
}

static double load_now(void)
{
	double load = 0;

	getloadavg(&load, 1);
	return load;
}

static void title(void)
{
	struct utsname machine;
	char date[32], line[256];
	time_t t = time(NULL);

	uname(&machine);
	strftime(date, sizeof date, "%Y-%m-%d", gmtime(&t));
	printf("%s, Linux %s, %s, %ld processors, load before it %.1f%s;", date, machine.release, machine.machine,
		sysconf(_SC_NPROCESSORS_ONLN), load_now(), quick ? ": QUICK, figures without meaning" : "");
	fflush(stdout);
	for (size_t s = FOSTER; s < COUNT(subjects); s++) {
		if (s == KERNEL || s == FLOOR || !subjects[s].path)
			continue;
		/* The version of the package, where one owns it, else its own word. */
		snprintf(line, sizeof line, "{ owner=$(dpkg-query -S '%s') && dpkg-query -Wf '${Version}' \"${owner%%%%:*}\" || '%s' --version; } 2>/dev/null | sed 's/^foster //'",
			subjects[s].path, subjects[s].path);
		FILE *f = popen(line, "r");
		if (f && fgets(line, sizeof line, f))
			printf("%s %s %.*s", s == FOSTER ? "" : ",", subjects[s].name, (int)strcspn(line, "\n"), line);
		if (f)
			pclose(f);
	}
	printf(".\n\n| |");
	for (size_t s = FOSTER; s < COUNT(subjects); s++)
		if (subjects[s].path)
			printf(" %s |", subjects[s].name);
	printf(" foster / best peer | wanted, at most |\n|---|");
	for (size_t s = FOSTER; s < COUNT(subjects); s++)
		if (subjects[s].path)
			printf("--:|");
	printf("--:|---|\n");
}

static void all_rows(const char *words)
{
	const struct row *measured = NULL;
	int n = 0;

	for (const struct row *row = rows; row < rows + COUNT(rows); row++) {
		if ((words && !strstr(row->name, words)) || (only_main && !(row->flags & MAIN)))
			continue;
		if (!measured || row->measure != measured->measure || row->with != measured->with || (row->flags ^ measured->flags) & ALONE)
			n = take_turns(row);
		measured = row;
		print(row, n);
	}
}

int main(int argc, char **argv)
{
	static char floor_path[sizeof self + 8];

	if (argc > 2 && !strcmp(argv[1], "entry"))
		return entry(argv + 2);
	quick = argc > 2 && !strcmp(argv[1], "quick");
	only_main = argc > 2 && !strcmp(argv[1], "main");
	argv += quick || only_main;
	if (!argv[1] || !realpath(argv[1], self))
		cannot("bench [quick|main] FOSTER [WORDS]");
	subjects[FOSTER].path = subjects[KERNEL].path = strdup(self);
	memset(self, 0, sizeof self);
	if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		cannot("/proc/self/exe");
	snprintf(floor_path, sizeof floor_path, "%.*s/floor", (int)(strrchr(self, '/') - self), self);
	subjects[FLOOR].path = floor_path;
	for (size_t s = FLOOR; s < COUNT(subjects); s++)
		if (access(subjects[s].path, X_OK))
			subjects[s].path = NULL;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		cannot("mmap");
	enter_group();
	sync(); /* pages of a file that was just written count as dirty */
	title();
	all_rows(argv[2]);
	printf("\nMedians; p10, p50 and p99 are those of one turn. %d of %d turns did not count, since others had the processors or all processes; load after it %.1f.\n", turns_starved, turns_taken, load_now());
	if (!quick)
		printf("%d of %d goals met%s\n%s%s", met, goals, *missed ? ":" : ".", *missed ? "\n" : "", missed);
	return rows_starved ? 1 : 0;
}
