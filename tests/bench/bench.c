/*
 * What an init costs, foster's and its peers' side by side: a Markdown table of medians. Each figure is taken in turn, A B C A B C, in fresh PID
 * namespaces, and a turn during which this program did not get its processor counts for nobody. Needs root.
 *
 *	bench [quick] FOSTER [WORDS]   quick: one small turn of everything, to see that it works; its figures mean nothing
 *	                               WORDS: only rows with them in their name
 *	bench entry VERB ...           what runs below the init: see the table of entries
 */
#include <errno.h>
#include <fcntl.h>
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
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST_TURNS = 4000, STACK = 2048, NS = 1000000000 };

static struct subject {
	const char *name, *path;
} subjects[] = {
	{ "none", NULL }, { "foster", NULL }, { "tini", "/usr/bin/tini" }, { "tini-static", "/usr/bin/tini-static" },
	{ "dumb-init", "/usr/bin/dumb-init" }, { "catatonit", "/usr/bin/catatonit" },
};

enum { NONE, FOSTER, PEERS };

static bool quick;
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

/* The first field of /proc/1/schedstat: nanoseconds on a processor. */
static int64_t init_cpu_ns(void)
{
	char text[128] = "";
	int fd = open("/proc/1/schedstat", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		_exit(1);
	close(fd);
	return atoll(text);
}

static int gate[2];

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

/* N orphans, singly or as fast as can be, with K living ones beside; or N at once. Tells the CPU time of the init and how long it took. */
static int entry_orphans(char **operand)
{
	static _Alignas(16) char stack[STACK];
	int n = atoi(operand[1]), k = atoi(operand[2]);

	crowd(k);
	rest_us(50000);
	/* What is counted at first is how the init gets used to its surroundings. */
	for (int i = 0; i < 40; i++)
		until_reaped(orphan(dies, stack, CLONE_VFORK));
	if (!strcmp(operand[0], "once"))
		crowd(n);
	rest_us(50000);
	int64_t cpu = init_cpu_ns(), start = now_ns();
	if (!strcmp(operand[0], "once")) {
		close(gate[1]);
		while (!kill(-1, 0))
			rest_us(20);
	} else {
		for (int i = 0, last = 0; i < n; i++) {
			last = orphan(dies, stack, CLONE_VFORK);
			if (!strcmp(operand[0], "singly") || i == n - 1)
				until_reaped(last);
		}
		if (strcmp(operand[0], "singly"))
			rest_us(20000); /* the last one is not the last to be reaped */
	}
	int64_t took = now_ns() - start;
	tell((init_cpu_ns() - cpu) / n);
	tell(took);
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
	dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	close(out);
	if (wait_for >= 0 && read(wait_for, &c, 1) < 0)
		cannot("wait");
	setenv("PATH", "/usr/bin:/bin", 1);
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

static int64_t told(const struct run *r)
{
	int64_t value;

	if (read(r->out, &value, sizeof value) != sizeof value)
		cannot("the program told nothing");
	return value;
}

static void finish(struct run *r, bool by_force, struct rusage *used)
{
	if (by_force)
		kill(r->pid, SIGKILL);
	while (wait4(r->pid, NULL, 0, used) < 0 && errno == EINTR)
		;
	close(r->out);
}

/* A number behind a name in /proc/PID/FILE. */
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
			sum += atof(line + strcspn(line, ":") + 1);
	fclose(f);
	return sum;
}

/* ---- the rows ---- */

static double start_us(const struct subject *s, int unused)
{
	struct run r = launch(s, "first", -1);
	double us = (double)(told(&r) - shared->began_ns) / 1000;

	(void)unused;
	finish(&r, false, NULL);
	return us;
}

static double faults(const struct subject *s, int unused)
{
	struct run r = launch(s, "first", -1);
	struct rusage used;

	(void)unused;
	finish(&r, false, &used);
	return (double)used.ru_minflt;
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

/* What is done until the program is executed: system calls, or instructions. */
static double steps(const struct subject *s, int request)
{
	int go[2], status, pid, execs = s->path ? 0 : 1;
	double count = 0;
	long at = 0;

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
			count++;
		else if (execs && signal == SIGTRAP && !event && place(pid) != at) {
			at = place(pid);
			count++;
		}
		ptrace(execs ? request : PTRACE_CONT, pid, NULL, event || signal == (SIGTRAP | 0x80) || signal == SIGTRAP ? 0 : signal);
	}
	kill(r.pid, SIGKILL);
	while (waitpid(-1, &status, __WALL) > 0)
		;
	close(r.out);
	return count;
}

/* At rest: smaps_rollup and status. */
static double memory_kib(const struct subject *s, int what)
{
	static const struct { const char *file, *name; } where[] = { { "smaps_rollup", "Rss:" }, { "smaps_rollup", "Private_Dirty:" }, { "status", "VmPTE:" } };
	struct run r = launch(s, "rest 0", -1);

	told(&r);
	rest_us(20000);
	double kib = fact(r.pid, where[what].file, where[what].name);
	finish(&r, true, NULL);
	return kib;
}

static double instance_kib(const struct subject *s, int instances)
{
	struct run r[200];
	double before = fact(0, "meminfo", "MemAvailable:");

	for (int i = 0; i < instances; i++)
		r[i] = launch(s, "rest 0", -1);
	for (int i = 0; i < instances; i++)
		told(&r[i]);
	rest_us(300000);
	double kib = (before - fact(0, "meminfo", "MemAvailable:")) / instances;
	for (int i = 0; i < instances; i++)
		kill(r[i].pid, SIGKILL);
	for (int i = 0; i < instances; i++)
		finish(&r[i], true, NULL);
	rest_us(300000);
	return kib;
}

static double wakeups(const struct subject *s, int seconds)
{
	struct run r = launch(s, "rest 0", -1);

	told(&r);
	rest_us(500000);
	double before = fact(r.pid, "status", "ctxt_switches");
	rest_us(seconds * 1000000);
	double n = fact(r.pid, "status", "ctxt_switches") - before;
	finish(&r, true, NULL);
	return n;
}

static int64_t second_told;

static double orphan_cpu_us(const struct subject *s, const char *how, int n, int beside)
{
	char words[64];

	snprintf(words, sizeof words, "orphans %s %d %d", how, n, beside);
	struct run r = launch(s, words, -1);
	double us = (double)told(&r) / 1000;
	second_told = told(&r);
	finish(&r, true, NULL);
	return us;
}

static double singly_us(const struct subject *s, int beside)
{
	return orphan_cpu_us(s, "singly", quick ? 50 : beside >= 1000 ? 500 : 3000, beside);
}

static double fast_us(const struct subject *s, int n)
{
	return orphan_cpu_us(s, "fast", n, 0);
}

static double once_us(const struct subject *s, int n)
{
	return orphan_cpu_us(s, "once", n, 0);
}

static double once_lag_ms(const struct subject *s, int n)
{
	orphan_cpu_us(s, "once", n, 0);
	return (double)second_told / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *of, int n, double q)
{
	qsort(of, (size_t)n, sizeof *of, by_value);
	return n ? of[(int)(q * (n - 1) + 0.5)] : NAN;
}

/* From kill(2) to the program's return from waiting; percent: of that many signals. */
static double forward_us(const struct subject *s, int percent)
{
	static double took[MOST_TURNS];
	int n = quick ? 20 : 400;
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
	return quantile(took, n, percent / 100.0);
}

static double forward_busy_us(const struct subject *s, int percent)
{
	int busy[64], n = (int)sysconf(_SC_NPROCESSORS_ONLN);

	for (int i = 0; i < n && i < 64; i++)
		if (!(busy[i] = fork()))
			for (;;)
				;
	double us = forward_us(s, percent);
	for (int i = 0; i < n && i < 64; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
	return us;
}

static double end_ms(const struct subject *s, int orphans)
{
	char words[32];

	snprintf(words, sizeof words, "end %d", orphans);
	struct run r = launch(s, words, -1);
	int64_t ended = told(&r);
	finish(&r, false, NULL);
	return (double)(now_ns() - ended) / 1e6;
}

static const struct row {
	const char *name;
	double (*measure)(const struct subject *s, int with);
	int with, turns;
	double quantile;
	bool added; /* over no init at all */
	bool sorts; /* unaffected by a busy machine */
} rows[] = {
	{ "time added until the program's first instruction, us (p10)", start_us, 0, 1000, 0.1, true, false },
	{ "system calls before the program is executed", steps, PTRACE_SYSCALL, 5, 0, false, true },
	{ "instructions before the program is executed", steps, PTRACE_SINGLESTEP, 3, 0, false, true },
	{ "page faults of a whole life, added", faults, 0, 20, 0.5, true, true },
	{ "RSS at rest, KiB", memory_kib, 0, 5, 0.5, false, true },
	{ "private dirty at rest, KiB", memory_kib, 1, 5, 0.5, false, true },
	{ "page tables at rest, KiB", memory_kib, 2, 5, 0.5, false, true },
	{ "memory of one of 200 instances, added, KiB", instance_kib, 200, 5, 0.5, true, false },
	{ "wake-ups in 10 idle seconds", wakeups, 10, 1, 0.5, false, true },
	{ "CPU per orphan, one at a time, us", singly_us, 0, 15, 0.5, false, false },
	{ "the same beside 100 living ones", singly_us, 100, 7, 0.5, false, false },
	{ "beside 1,000", singly_us, 1000, 5, 0.5, false, false },
	{ "beside 3,000", singly_us, 3000, 5, 0.5, false, false },
	{ "beside 10,000", singly_us, 10000, 3, 0.5, false, false },
	{ "CPU per orphan, 100,000 as fast as can be, us", fast_us, 100000, 5, 0.5, false, false },
	{ "CPU per orphan, 20,000 at one instant, us", once_us, 20000, 5, 0.5, false, false },
	{ "until the last of them is reaped, ms", once_lag_ms, 20000, 5, 0.5, false, false },
	{ "signal forwarded, added, p50, us", forward_us, 50, 9, 0.5, true, false },
	{ "p99, us", forward_us, 99, 9, 0.5, true, false },
	{ "all processors busy: p50, us", forward_busy_us, 50, 5, 0.5, true, true },
	{ "p99, us", forward_busy_us, 99, 5, 0.5, true, true },
	{ "from the program's end to the init's, ms", end_ms, 0, 100, 0.5, true, false },
	{ "the same with 5,000 living orphans, ms", end_ms, 5000, 5, 0.5, false, false },
};

/* Whether somebody else has our processor: 2 ms of it take more than 3. */
static bool starved(void)
{
	int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), wall = now_ns();

	while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu < 2000000)
		;
	return now_ns() - wall > 3000000;
}

static double samples[COUNT(subjects)][MOST_TURNS];

/* Takes turns. Returns how many counted; those of a turn that was starved do not. */
static int take_turns(const struct row *row)
{
	int turns = quick ? 1 : row->turns, with = quick && row->with > 300 ? 300 : row->with, n = 0;

	if (quick && row->measure == wakeups)
		with = 1;
	if (quick && row->measure == instance_kib)
		with = 5;
	for (int tries = 0; n < turns && tries < 3 * turns; tries++) {
		bool bad = !quick && !row->sorts && tries % 8 == 0 && starved();

		for (size_t s = 0; s < COUNT(subjects) && !bad; s++)
			if ((s == NONE ? row->added : subjects[s].path != NULL))
				samples[s][n] = row->measure(&subjects[s], with);
		n += !bad;
	}
	return n;
}

static void print(const struct row *row, int n)
{
	double value[COUNT(subjects)], best = INFINITY;

	printf("| %s |", row->name);
	for (size_t s = 0; s < COUNT(subjects); s++) {
		value[s] = s == NONE && !row->added ? 0 : quantile(samples[s], n, row->quantile);
		if (s == NONE || !subjects[s].path)
			continue;
		value[s] -= value[NONE];
		if (s >= PEERS && value[s] < best)
			best = value[s];
		if (n * 2 < (quick ? 1 : row->turns))
			printf(" starved |");
		else
			printf(value[s] < 100 && value[s] != (int)value[s] ? " %.1f |" : " %.0f |", value[s]);
	}
	if (best > 0 && n * 2 >= row->turns)
		printf(" %.2f |\n", value[FOSTER] / best);
	else
		printf(" |\n");
	fflush(stdout);
}

static void title(void)
{
	struct utsname machine;
	double load[3] = { 0 };
	char date[32];
	time_t t = time(NULL);

	uname(&machine);
	getloadavg(load, 3);
	strftime(date, sizeof date, "%Y-%m-%d", gmtime(&t));
	printf("%s, Linux %s, %s, %ld processors, load before it %.1f%s\n\n", date, machine.release, machine.machine,
		sysconf(_SC_NPROCESSORS_ONLN), load[0], quick ? ": QUICK, figures without meaning" : "");
	printf("| |");
	for (size_t s = FOSTER; s < COUNT(subjects); s++)
		if (subjects[s].path)
			printf(" %s |", subjects[s].name);
	printf(" foster / best peer |\n|---|");
	for (size_t s = FOSTER; s < COUNT(subjects); s++)
		if (subjects[s].path)
			printf("--:|");
	printf("--:|\n");
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "entry"))
		return entry(argv + 2);
	quick = argc > 2 && !strcmp(argv[1], "quick");
	argv += quick;
	if (!argv[1] || !realpath(argv[1], self))
		cannot("bench [quick] FOSTER [WORDS]");
	subjects[FOSTER].path = strdup(self);
	memset(self, 0, sizeof self);
	if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		cannot("/proc/self/exe");
	for (size_t s = PEERS; s < COUNT(subjects); s++)
		if (access(subjects[s].path, X_OK))
			subjects[s].path = NULL;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		cannot("mmap");
	sync(); /* pages of a file that was just written count as dirty */
	title();
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!argv[2] || strstr(rows[i].name, argv[2]))
			print(&rows[i], take_turns(&rows[i]));
	return 0;
}
