/*
 * The witness: one static program that the tests run beside, around and below foster. It shows what a process was started with,
 * tells which signals reached it, makes orphans and leftovers, and starts commands under unusual circumstances.
 *
 *	witness VERB [OPERAND]... [-- COMMAND [ARGUMENT]...]
 *
 * The table of verbs is at the end. Signal masks are raw 64-bit words throughout, because musl hides 32, 33 and 34.
 * Where something cannot be done as asked the witness ends with 99, a code that no test expects.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <grp.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CANNOT = 99, SIGNALS = 64, ALWAYS = -1 };

static const char *verb_name = "?";

__attribute__((noreturn, format(printf, 1, 2))) static void cannot(const char *format, ...)
{
	const int error = errno;
	va_list args;

	va_start(args, format);
	fprintf(stderr, "witness %s: ", verb_name);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(CANNOT);
}

static long must(long result, const char *what)
{
	if (result < 0)
		cannot("%s", what);
	return result;
}

static long number(const char *text)
{
	char *end;
	const long value = strtol(text, &end, 0);

	if (end == text || *end)
		cannot("not a number: %s", text);
	return value;
}

/* ---- time ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void nap_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* How long to wait for a condition, written in seconds: the moment when it is too late. */
static double deadline(const char *seconds)
{
	char *end;
	const double value = strtod(seconds, &end);

	if (end == seconds || *end)
		cannot("not a time: %s", seconds);
	return now() + value;
}

/* ---- signals, raw ---- */

/* The kernel's own struct sigaction, without a handler of ours: nothing here ever catches a signal, it blocks and takes it. */
struct action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static const char *const signal_names[] = {
	"0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
	"STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};

static int signal_number(const char *text)
{
	for (size_t i = 0; i < COUNT(signal_names); i++)
		if (!strcmp(text, signal_names[i]))
			return (int)i;
	if (!strncmp(text, "RTMIN+", 6))
		return 34 + (int)number(text + 6);
	return (int)number(text);
}

static uint64_t bit(int signal)
{
	return signal > 0 ? UINT64_C(1) << (signal - 1) : 0;
}

/* "all", or names, numbers and ranges of numbers: TERM,10,32-34 */
static uint64_t signal_set(const char *list)
{
	char *copy = strdup(list);
	uint64_t set = 0;

	for (char *word = strtok(copy, ","); word; word = strtok(NULL, ",")) {
		char *dash = strchr(word, '-');
		int last;

		if (!strcmp(word, "all")) {
			set = UINT64_MAX;
			continue;
		}
		if (dash)
			*dash = 0;
		last = signal_number(dash ? dash + 1 : word);
		for (int i = signal_number(word); i <= last; i++)
			set |= bit(i);
	}
	free(copy);
	return set;
}

static uint64_t mask_change(int how, uint64_t set)
{
	uint64_t old = 0;

	must(syscall(SYS_rt_sigprocmask, how, &set, &old, sizeof set), "rt_sigprocmask");
	return old;
}

static void *disposition(int signal)
{
	struct action action = { 0 };

	(void)syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof action.mask); /* every number from 1 to 64 is valid */
	return action.handler;
}

static void dispose(uint64_t set, void *handler)
{
	const struct action action = { .handler = handler };

	for (int i = 1; i <= SIGNALS; i++)
		if (set & bit(i))
			(void)syscall(SYS_rt_sigaction, i, &action, NULL, sizeof action.mask); /* KILL and STOP refuse */
}

/* By signalfd, and not by sigtimedwait, during which the kernel does not show that a signal is blocked; unless that is refused. */
static int take(uint64_t set, siginfo_t *info)
{
	const int fd = (int)syscall(SYS_signalfd4, -1, &set, sizeof set, O_CLOEXEC);
	struct signalfd_siginfo in;
	ssize_t n;

	while ((n = fd < 0 ? syscall(SYS_rt_sigtimedwait, &set, info, NULL, sizeof set) : read(fd, &in, sizeof in)) < 0)
		if (errno != EINTR)
			cannot("taking a signal");
	if (fd < 0)
		return (int)n;
	close(fd);
	*info = (siginfo_t){ .si_signo = (int)in.ssi_signo, .si_code = in.ssi_code };
	info->si_pid = (pid_t)in.ssi_pid;
	info->si_uid = in.ssi_uid;
	info->si_value.sival_ptr = (void *)(uintptr_t)in.ssi_ptr; /* NOLINT: a number all the way */
	return info->si_signo;
}

/* ---- being ready: said on stdout, or to whoever left us behind ---- */

static int ready_fd = -1;

static void ready(void)
{
	const pid_t self = getpid();

	if (ready_fd < 0) {
		puts("READY");
		fflush(stdout);
		return;
	}
	must(write(ready_fd, &self, sizeof self), "write");
	close(ready_fd);
	ready_fd = -1;
}

/* ---- verbs that show ---- */

static void show_signals(FILE *file)
{
	uint64_t ignored = 0, caught = 0;

	for (int i = 1; i <= SIGNALS; i++) {
		void *const handler = disposition(i);

		if (handler == (void *)1)
			ignored |= bit(i);
		else if (handler)
			caught |= bit(i);
	}
	fprintf(file, "mask %016llx\n", (unsigned long long)mask_change(SIG_BLOCK, 0));
	fprintf(file, "ignored %016llx\n", (unsigned long long)ignored);
	fprintf(file, "caught %016llx\n", (unsigned long long)caught);
}

static pid_t foreground(void)
{
	const int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	pid_t group = -1;

	if (tty < 0)
		return -1;
	if (ioctl(tty, TIOCGPGRP, &group) < 0)
		group = -1;
	close(tty);
	return group;
}

static void show_process(FILE *file)
{
	int death = 0, subreaper = 0;
	char cwd[4096];
	const mode_t mask = umask(0);

	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	fprintf(file, "pid %d\nppid %d\ngroup %d\nsession %d\nforeground %d\n",
		getpid(), getppid(), getpgrp(), getsid(0), foreground());
	fprintf(file, "pdeathsig %d\nsubreaper %d\n", death, subreaper);
	fprintf(file, "cwd %s\numask %03o\n", getcwd(cwd, sizeof cwd) ? cwd : "?", (unsigned)mask);
	fprintf(file, "dumpable %d\nno_new_privs %d\ntimerslack %d\npriority %d\n", prctl(PR_GET_DUMPABLE),
		prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_TIMERSLACK), getpriority(PRIO_PROCESS, 0));
}

static void show_descriptor(FILE *file, int fd, int flags)
{
	char path[64], target[4096];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	length = readlink(path, target, sizeof target - 1);
	target[length < 0 ? 0 : length] = 0;
	fprintf(file, "fd %d %s%s\n", fd, length < 0 ? "?" : target, flags & O_NONBLOCK ? " nonblocking" : "");
}

/* show [FILE]: what this process was started with, one fact a line. Descriptors are looked at before FILE is opened. */
static int show(char **args)
{
	enum { MOST = 256 };
	int flags[MOST];
	FILE *file = stdout;

	for (int fd = 0; fd < MOST; fd++)
		flags[fd] = fcntl(fd, F_GETFL);
	for (int fd = 0; args[0] && fd <= 2; fd++)
		if (flags[fd] < 0) /* so that FILE does not take its place */
			must(open("/", O_RDONLY), "open /");
	if (args[0] && !(file = fopen(args[0], "we")))
		cannot("%s", args[0]);
	show_signals(file);
	show_process(file);
	for (int fd = 0; fd < MOST; fd++)
		if (flags[fd] >= 0)
			show_descriptor(file, fd, flags[fd]);
	return fclose(file) ? CANNOT : 0;
}

static void show_siginfo(FILE *file, const siginfo_t *info)
{
	fprintf(file, "signal=%d code=%d pid=%d uid=%d value=%ld\n", info->si_signo, info->si_code, info->si_pid,
		(int)info->si_uid, (long)info->si_value.sival_ptr);
	fflush(file);
}

/* signals N | signals until SIGNAL: holds all signals, says READY, then one line for each signal that reached it */
static int signals(char **args)
{
	const int last = args[1] ? signal_number(args[1]) : 0;
	const long count = args[1] ? ALWAYS : number(args[0]);
	siginfo_t info;

	mask_change(SIG_BLOCK, UINT64_MAX);
	ready();
	for (long i = 0; i != count; i++) {
		const int signal = take(UINT64_MAX, &info);

		show_siginfo(stdout, &info);
		if (signal == last)
			break;
	}
	return 0;
}

/* record FILE: holds all signals and appends one line to FILE for each that reached it; only KILL ends it */
static int record(char **args)
{
	siginfo_t info;
	FILE *file;

	mask_change(SIG_BLOCK, UINT64_MAX); /* first: who waits for the file may send at once */
	if (!(file = fopen(args[0], "ae")))
		cannot("%s", args[0]);
	for (ready();;) {
		take(UINT64_MAX, &info);
		show_siginfo(file, &info);
	}
}

/* flush MS FILE: a worker that needs MS milliseconds after TERM to bring its data to FILE */
static int flush(char **args)
{
	siginfo_t info;
	FILE *file;

	mask_change(SIG_BLOCK, bit(SIGTERM));
	ready();
	take(bit(SIGTERM), &info);
	nap_ms(number(args[0]));
	if (!(file = fopen(args[1], "ae")))
		cannot("%s", args[1]);
	fputs("flushed\n", file);
	return fclose(file) ? CANNOT : 0;
}

/* stopped FILE: a worker that is stopped, and writes to FILE when it is continued and has got TERM */
static int stopped(char **args)
{
	char *without_delay[] = { (char[]){ "0" }, args[0], NULL };
	const int fd = ready_fd;

	mask_change(SIG_BLOCK, bit(SIGTERM));
	ready();
	kill(getpid(), SIGSTOP);
	ready_fd = fd < 0 ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
	return flush(without_delay);
}

/* tree MS FILE: a worker and its own worker, in sessions of their own; both flush */
static int tree(char **args)
{
	mask_change(SIG_BLOCK, bit(SIGTERM));
	if (!must(fork(), "fork")) {
		setsid();
		ready_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		_exit(flush(args));
	}
	return flush(args);
}

/* stubborn [block]: ignores (or blocks) all that can be ignored */
static int stubborn(char **args)
{
	if (args[0])
		mask_change(SIG_BLOCK, UINT64_MAX);
	else
		dispose(UINT64_MAX, (void *)1);
	ready();
	while (pause())
		; /* it returns for no signal that is ignored or ends us */
	return 0;
}

/* eat MIB: so much memory, touched; and goes on if that was to be had */
static int eat(char **args)
{
	const size_t size = (size_t)number(args[0]) << 20;
	char *const memory = malloc(size);

	if (!memory)
		cannot("malloc");
	for (size_t i = 0; i < size; i += 512)
		((volatile char *)memory)[i] = 1;
	free(memory);
	return 0;
}

/* plain: waits for a signal to end it */
static int plain(char **args)
{
	(void)args;
	ready();
	while (pause())
		; /* it returns for no signal that is ignored or ends us */
	return 0;
}

/* forker: never the same process for long, and deaf to TERM */
static int forker(char **args)
{
	(void)args;
	dispose(bit(SIGTERM), (void *)1);
	for (ready();;)
		if (fork() > 0)
			_exit(0);
}

/* bomb: orphans that make orphans, as many as there can be, deaf to TERM */
static int bomb(char **args)
{
	(void)args;
	dispose(bit(SIGTERM), (void *)1);
	for (ready();;)
		if (fork() > 0 && fork() > 0) /* NOLINT(misc-redundant-expression): two children */
			_exit(0);
}

/* leave N VERB [OPERAND]... [-- COMMAND]: leaves N processes behind, each in a session of its own, each ready when this returns */
static int run_verb(char **args);

static void leave_one(char **args, int fd)
{
	const pid_t pid = (pid_t)must(fork(), "fork");
	int status;

	if (!pid) {
		ready_fd = fd;
		setsid();
		_exit(run_verb(args));
	}
	must(write(fd, &pid, sizeof pid), "write");
	if (!strcmp(args[0], "stopped"))
		must(waitpid(pid, &status, WUNTRACED), "waitpid");
	_exit(0);
}

static int leave(char **args)
{
	const long count = number(args[0]);
	pid_t pid;
	int ends[2];

	for (long i = 0; i < count; i++) {
		must(pipe2(ends, O_CLOEXEC), "pipe2");
		const pid_t between = (pid_t)must(fork(), "fork");

		if (!between)
			leave_one(args + 1, ends[1]);
		close(ends[1]);
		must(waitpid(between, NULL, 0), "waitpid");
		for (int told = 0; told < 2; told++) /* that there is one, and that it is ready, if it comes to that before it is ended */
			if (read(ends[0], &pid, sizeof pid) != sizeof pid && !told)
				cannot("no leftover");
		close(ends[0]);
		printf("left %d\n", pid);
	}
	fflush(stdout);
	return 0;
}

/* ---- verbs that die, stop and make orphans ---- */

static int leave_with(char **args)
{
	return (int)number(args[0]);
}

static int die(char **args)
{
	const int signal = signal_number(args[0]);

	dispose(bit(signal), NULL);
	mask_change(SIG_UNBLOCK, UINT64_MAX);
	must(kill(getpid(), signal), "kill");
	pause();
	return CANNOT;
}

/* stop SIGNAL [-- COMMAND]: stops itself, and says so before and after */
static int stop(char **args)
{
	puts("STOPPING");
	fflush(stdout);
	must(kill(getpid(), signal_number(args[0])), "kill");
	puts("CONTINUED");
	fflush(stdout);
	return 0;
}

enum { BATCH = 50 };

static int patience_ms = 30000; /* for a pid to be had, where all are taken by zombies */

/* An orphan lives in its parent's memory, which makes it some ten times cheaper to make than by fork. */
static int orphan(void *pipe)
{
	char byte;

	if (pipe)
		(void)syscall(SYS_read, *(int *)pipe, &byte, 1); /* it ends with the pipe */
	(void)syscall(SYS_exit, 0);
	return 0;
}

static void make_orphan(char *stack_end, int *pipe)
{
	const int shared = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND;

	while (clone(orphan, stack_end, shared | SIGCHLD, pipe) < 0) {
		if (errno != EAGAIN || !patience_ms--)
			cannot("clone");
		nap_ms(1);
	}
}

/* One parent that makes `count` orphans and goes. With a pipe they live until its writing end is closed. */
static void orphan_batch(long count, int *ends)
{
	static char stacks[BATCH][4096] __attribute__((aligned(16)));
	const pid_t between = (pid_t)must(fork(), "fork");
	int status;

	if (between) {
		must(waitpid(between, &status, 0), "waitpid");
		if (status)
			exit(CANNOT);
		return;
	}
	if (ends)
		close(ends[1]);
	for (long i = 0; i < count; i++)
		make_orphan(stacks[i] + sizeof *stacks, ends);
	_exit(0);
}

/* orphans N [once]: N orphans, each dead as soon as can be, or all at one instant */
static int orphans(char **args)
{
	int ends[2];

	if (args[1])
		must(pipe2(ends, O_CLOEXEC), "pipe2");
	for (long left = number(args[0]); left > 0; left -= BATCH)
		orphan_batch(left < BATCH ? left : BATCH, args[1] ? ends : NULL);
	if (args[1])
		close(ends[1]);
	return 0;
}

/* deaths: orphans without end */
static int deaths(char **args)
{
	(void)args;
	for (ready(); getppid(); ) /* 0 only for who came by docker exec */
		orphan_batch(BATCH, NULL);
	return 0;
}

/* crowd N: N processes, of which the eldest is replaced by another each millisecond */
static int crowd(char **args)
{
	const long count = number(args[0]);
	pid_t *const members = calloc((size_t)count, sizeof *members);

	for (long i = 0; members; i = (i + 1) % count) {
		if (members[i]) {
			nap_ms(1);
			kill(members[i], SIGKILL);
			must(waitpid(members[i], NULL, 0), "waitpid");
		}
		members[i] = (pid_t)must(fork(), "fork");
		while (!members[i])
			pause();
		if (i == count - 1)
			ready();
	}
	return CANNOT;
}

/* chain N: N processes, each the child of the one before, gone when the first one is */
static int chain(char **args)
{
	long left = number(args[0]);
	int ends[2];
	char byte;

	must(pipe2(ends, O_CLOEXEC), "pipe2");
	while (left-- && !must(fork(), "fork"))
		close(ends[1]);
	if (left < 0)
		ready();
	return read(ends[0], &byte, 1) ? CANNOT : 0;
}

/* ---- serve N: a prefork server as nginx is one. QUIT lets the requests come to their end, TERM does not. A request lasts for as long
 * as its client likes: one line begins it, the next one asks for the answer ---- */

static void answer(int client)
{
	static const char *const lines[] = { "working\n", "answer\n" };
	char asked[64];

	for (size_t i = 0; i < COUNT(lines) && read(client, asked, sizeof asked) > 0; i++)
		must(write(client, lines[i], strlen(lines[i])), "write");
	close(client);
}

static void serve_until_quit(int server)
{
	const uint64_t quit = bit(SIGQUIT);
	const int signal = (int)must(syscall(SYS_signalfd4, -1, &quit, sizeof quit, O_CLOEXEC), "signalfd");
	struct pollfd on[] = { { server, POLLIN, 0 }, { signal, POLLIN, 0 } };

	mask_change(SIG_UNBLOCK, bit(SIGTERM));
	while (must(poll(on, COUNT(on), -1), "poll") && !on[1].revents) {
		const int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);

		if (client >= 0) /* else another worker was faster */
			answer(client);
	}
}

static int listen_somewhere(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int server = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
	socklen_t size = sizeof to;

	must(bind(server, (struct sockaddr *)&to, size), "bind");
	must(listen(server, 8), "listen");
	must(getsockname(server, (struct sockaddr *)&to, &size), "getsockname");
	printf("port %d\n", ntohs(to.sin_port));
	return server;
}

static int serve(char **args)
{
	const int server = listen_somewhere();
	pid_t workers[16];
	const size_t count = (size_t)number(args[0]) % COUNT(workers);
	siginfo_t info;

	mask_change(SIG_BLOCK, bit(SIGQUIT) | bit(SIGTERM));
	for (size_t i = 0; i < count; i++) {
		if ((workers[i] = (pid_t)must(fork(), "fork")))
			continue;
		serve_until_quit(server);
		_exit(0);
	}
	ready();
	take(bit(SIGQUIT) | bit(SIGTERM), &info);
	printf("ending by %d\n", info.si_signo);
	fflush(stdout);
	for (size_t i = 0; i < count; i++)
		kill(workers[i], info.si_signo);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

/* ---- verbs that send ---- */

/* send PID SIGNAL [VALUE]: by kill, or queued with a value; says who sent it */
static int send_one(char **args)
{
	const pid_t pid = (pid_t)number(args[0]);
	const int signal = signal_number(args[1]);
	siginfo_t info = { .si_signo = signal, .si_code = SI_QUEUE };

	printf("sent by pid=%d uid=%d\n", getpid(), (int)getuid());
	if (!args[2])
		return (int)must(kill(pid, signal), "kill");
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_ptr = (void *)number(args[2]); /* NOLINT: a number all the way */
	if (args[3]) { /* as whoever queues by himself may claim: si_code and sender */
		info.si_code = (int)number(args[3]);
		info.si_pid = (pid_t)number(args[4]);
	}
	return (int)must(syscall(SYS_rt_sigqueueinfo, pid, signal, &info), "rt_sigqueueinfo");
}

/* storm PID SIGNALS: sends them without end */
static int storm(char **args)
{
	const pid_t pid = (pid_t)number(args[0]);
	const uint64_t set = signal_set(args[1]);

	for (ready();;)
		for (int i = 1; i <= SIGNALS; i++)
			if (set & bit(i) && kill(pid, i) && errno == ESRCH)
				return 0;
}

/* ---- verbs that start a command under some circumstance: what is after "--" runs when they return 0 ---- */

static int block(char **args)
{
	mask_change(SIG_BLOCK, signal_set(args[0]));
	return 0;
}

static int ignore(char **args)
{
	dispose(signal_set(args[0]), (void *)1);
	return 0;
}

/* pend SIGNAL: the command starts with SIGNAL blocked and pending, sent by another process */
static int pend(char **args)
{
	const int signal = signal_number(args[0]);
	pid_t sender;

	mask_change(SIG_BLOCK, bit(signal));
	sender = (pid_t)must(fork(), "fork");
	if (!sender)
		_exit((int)must(kill(getppid(), signal), "kill"));
	return (int)must(waitpid(sender, NULL, 0), "waitpid") & 0;
}

/* clean: nothing blocked, nothing ignored, no descriptor above 2 */
static int clean(char **args)
{
	(void)args;
	dispose(UINT64_MAX, NULL);
	mask_change(SIG_SETMASK, 0);
	return (int)must(syscall(SYS_close_range, 3, ~0U, 0), "close_range");
}

static int close_some(char **args)
{
	for (char *word = strtok(args[0], ","); word; word = strtok(NULL, ","))
		close((int)number(word));
	return 0;
}

static int open_as(int fd, const char *path, int flags)
{
	const int got = (int)must(open(path, flags, 0666), path);

	if (got != fd) {
		must(dup2(got, fd), "dup2");
		close(got);
	}
	return fd;
}

static int open_one(char **args)
{
	open_as((int)number(args[0]), args[1], O_RDONLY);
	return 0;
}

/* lock FD FILE: the command starts with FILE locked through FD */
static int lock(char **args)
{
	const int fd = open_as((int)number(args[0]), args[1], O_RDWR | O_CREAT);

	return (int)must(flock(fd, LOCK_EX | LOCK_NB), "flock");
}

/* limit WHAT N: the soft limit, so that the command may raise it again */
static int limit(char **args)
{
	static const struct { const char *name; int what; } limits[] = {
		{ "core", RLIMIT_CORE }, { "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "sigpending", RLIMIT_SIGPENDING },
	};
	struct rlimit value;

	for (size_t i = 0; i < COUNT(limits); i++)
		if (!strcmp(args[0], limits[i].name)) {
			must(getrlimit(limits[i].what, &value), args[0]);
			value.rlim_cur = (rlim_t)number(args[1]);
			return (int)must(setrlimit(limits[i].what, &value), args[0]);
		}
	cannot("unknown limit %s", args[0]);
}

/* By name, or by number, as strace -n writes it. */
static int system_call(const char *name)
{
#define CALL(name) { #name, SYS_##name }
	static const struct { const char *name; int number; } calls[] = {
		CALL(chdir), CALL(clock_gettime), CALL(clone), CALL(clone3), CALL(close_range), CALL(dup3), CALL(fcntl), CALL(fstat),
		CALL(getdents64), CALL(getpid), CALL(getppid), CALL(getuid), CALL(ioctl), CALL(kill), CALL(mount), CALL(openat), CALL(pidfd_open),
		CALL(pidfd_send_signal), CALL(pipe2), CALL(ppoll), CALL(prctl), CALL(pread64), CALL(prlimit64), CALL(pwritev2), CALL(read),
		CALL(readlinkat), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigqueueinfo), CALL(rt_tgsigqueueinfo), CALL(setpgid), CALL(setsid),
		CALL(signalfd4), CALL(sysinfo), CALL(timer_create), CALL(timerfd_create), CALL(tgkill), CALL(uname), CALL(waitid), CALL(write),
		CALL(capget), CALL(capset), CALL(execve), CALL(memfd_create), CALL(mmap), CALL(mprotect), CALL(seccomp), CALL(socket),
		CALL(unlinkat), CALL(unshare), CALL(reboot), CALL(sync), CALL(umount2),
#ifdef SYS_open
		CALL(open), CALL(fork), CALL(vfork), CALL(dup2), CALL(poll), CALL(readlink), CALL(signalfd), CALL(getpgrp),
#endif
	};

	for (size_t i = 0; i < COUNT(calls); i++)
		if (!strcmp(name, calls[i].name))
			return calls[i].number;
	if (*name >= '0' && *name <= '9')
		return (int)number(name);
	cannot("unknown system call %s", name);
}

static uint32_t refusal(const char *name)
{
	static const struct { const char *name; uint32_t action; } refusals[] = {
		{ "eperm", SECCOMP_RET_ERRNO | EPERM }, { "enosys", SECCOMP_RET_ERRNO | ENOSYS },
		{ "eagain", SECCOMP_RET_ERRNO | EAGAIN }, { "emfile", SECCOMP_RET_ERRNO | EMFILE },
		{ "fault", SECCOMP_RET_TRAP },
	};

	for (size_t i = 0; i < COUNT(refusals); i++)
		if (!strcmp(name, refusals[i].name))
			return refusals[i].action;
	cannot("unknown refusal %s", name);
}

/* deny CALL,... HOW: the kernel refuses the command these system calls */
static int deny(char **args)
{
	enum { MOST = 32 };
	const struct sock_filter load = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[2 * MOST + 2] = { load };
	struct sock_fprog program = { 1, code };
	const uint32_t action = refusal(args[1]);

	for (char *word = strtok(args[0], ","); word && program.len < 2 * MOST; word = strtok(NULL, ",")) {
		const uint32_t call = (uint32_t)system_call(word);

		code[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
		code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	}
	program.filter[program.len++] = allow;
	if (!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return 0;
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	return (int)must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

/* dropcaps CAP,...: the command and its descendants can never have them */
static int dropcaps(char **args)
{
	static const struct { const char *name; int cap; } caps[] = {
		{ "KILL", CAP_KILL }, { "SETUID", CAP_SETUID }, { "SETGID", CAP_SETGID }, { "SYS_ADMIN", CAP_SYS_ADMIN },
		{ "SYS_BOOT", CAP_SYS_BOOT },
	};

	for (char *word = strtok(args[0], ","); word; word = strtok(NULL, ","))
		for (size_t i = 0; i < COUNT(caps); i++)
			if (!strcmp(word, caps[i].name))
				must(prctl(PR_CAPBSET_DROP, caps[i].cap), word);
	return 0;
}

static int as_user(char **args)
{
	const uid_t uid = (uid_t)number(args[0]);

	(void)setgroups(0, NULL); /* refused to a copy of the witness that is merely set-user-ID */
	(void)setresgid(uid, uid, uid);
	return (int)must(setresuid(uid, uid, uid), "setresuid");
}

/* listenpid: the command is told that systemd's sockets are for it */
static int listenpid(char **args)
{
	char text[16];

	(void)args;
	snprintf(text, sizeof text, "%d", getpid());
	return setenv("LISTEN_PID", text, 1);
}

/* regroup: the command runs in a group that has not its number, and nobody is left in the one it was born in */
static int regroup(char **args)
{
	const pid_t helper = (pid_t)must(fork(), "fork");

	(void)args;
	if (!helper)
		for (;;)
			pause();
	must(setpgid(helper, helper), "setpgid");
	must(setpgid(0, helper), "setpgid");
	kill(helper, SIGKILL);
	return (int)must(waitpid(helper, NULL, 0), "waitpid") & 0;
}

static int session(char **args)
{
	(void)args;
	return (int)must(setsid(), "setsid") & 0;
}

/* control: a new session whose controlling terminal is stdin */
static int control(char **args)
{
	session(args);
	return (int)must(ioctl(0, TIOCSCTTY, 0), "TIOCSCTTY");
}

/* ---- verbs that run a command and stay ---- */

static int code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

__attribute__((noreturn)) static void become(char **command)
{
	if (!command)
		_exit(CANNOT);
	execvp(command[0], command);
	fprintf(stderr, "witness: %s: %s\n", command[0], strerror(errno));
	_exit(CANNOT);
}

static char **command; /* what was after "--" */

/* parent: a parent that can be killed without its child, which it has put in a group of its own as a shell does, and of which it
 * tells when it stops and goes on */
static int parent(char **args)
{
	const pid_t pid = (pid_t)must(fork(), "fork");
	int status;

	(void)args;
	(void)setpgid(pid, pid ? pid : 0); /* from both sides: the later one may fail */
	if (!pid)
		become(command);
	while (must(waitpid(pid, &status, WUNTRACED | WCONTINUED), "waitpid") && (WIFSTOPPED(status) || WIFCONTINUED(status))) {
		printf(WIFSTOPPED(status) ? "stopped by %d\n" : "continued\n", WSTOPSIG(status));
		fflush(stdout);
	}
	return code_of(status);
}

/* guard FILE: runs the command in a session away from the caller's terminal and in its own group, writes its exit code to FILE,
 * and goes on reaping all that comes to it until nothing is left */
static void write_status(const char *path, int code)
{
	char part[4096];
	FILE *file;

	snprintf(part, sizeof part, "%s.part", path);
	if (!(file = fopen(part, "we")))
		cannot("%s", part);
	fprintf(file, "%d\n", code);
	fclose(file);
	must(rename(part, path), path);
}

static int guard(char **args)
{
	pid_t pid, dead;
	int status;

	(void)setsid(); /* fails where it is done already */
	must(prctl(PR_SET_CHILD_SUBREAPER, 1), "subreaper");
	pid = (pid_t)must(fork(), "fork");
	(void)setpgid(pid, pid ? pid : 0); /* from both sides: the later one may fail */
	if (!pid)
		become(command);
	while ((dead = waitpid(-1, &status, 0)) > 0)
		if (dead == pid)
			write_status(args[0], code_of(status));
	return 0;
}

static int relay(int from, int to)
{
	char buffer[4096];
	const ssize_t length = read(from, buffer, sizeof buffer);

	return length > 0 && write(to, buffer, (size_t)length) == length;
}

/* pty: the command on a new pseudo-terminal, this process's stdin and stdout at the other end of it */
static int open_pty(int *slave)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 200 };
	const int master = (int)must(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");

	must(grantpt(master), "grantpt");
	must(unlockpt(master), "unlockpt");
	*slave = (int)must(open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC), "slave");
	(void)ioctl(master, TIOCSWINSZ, &size); /* a courtesy to the shell */
	return master;
}

static int pty(char **args)
{
	int slave, status;
	const int master = open_pty(&slave);
	const pid_t pid = (pid_t)must(fork(), "fork");
	struct pollfd ends[] = { { 0, POLLIN, 0 }, { master, POLLIN, 0 }, { -1, POLLIN, 0 } };

	(void)args;
	if (!pid) {
		for (int fd = 0; fd <= 2; fd++)
			dup2(slave, fd);
		become(command);
	}
	close(slave);
	ends[2].fd = (int)must(syscall(SYS_pidfd_open, pid, 0), "pidfd_open");
	while (must(poll(ends, COUNT(ends), -1), "poll")) {
		if (ends[1].revents & POLLIN) {
			relay(master, 1);
			continue;
		}
		if (ends[2].revents)
			break;
		if (ends[1].revents)
			ends[1].fd = -1;
		if (ends[0].revents && !relay(0, master))
			ends[0].fd = -1;
	}
	must(waitpid(pid, &status, 0), "waitpid");
	return code_of(status);
}

/* ---- verbs that look at other processes ---- */

struct process {
	pid_t pid, parent;
	char state, name[32];
};

static int look(pid_t pid, struct process *process)
{
	char path[64], text[512];
	const char *end;
	FILE *file;
	size_t length;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	if (!(file = fopen(path, "re")))
		return 0;
	length = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[length] = 0;
	if (!(end = strrchr(text, ')')))
		return 0;
	process->pid = pid;
	snprintf(process->name, sizeof process->name, "%.*s", (int)(end - strchr(text, '(') - 1), strchr(text, '(') + 1);
	return sscanf(end + 1, " %c %d", &process->state, &process->parent) == 2;
}

/* Calls `visit` for each descendant, parents first, until it returns something else than 0. */
static long walk(pid_t root, long (*visit)(const struct process *, const void *), const void *data)
{
	char path[64];
	struct process process;
	long result = 0;
	pid_t pid;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", root, root);
	if (!(file = fopen(path, "re")))
		return 0;
	while (!result && fscanf(file, "%d", &pid) == 1) {
		if (look(pid, &process))
			result = visit(&process, data);
		if (!result)
			result = walk(pid, visit, data);
	}
	fclose(file);
	return result;
}

static int runs(pid_t pid, const char *program)
{
	char path[64], target[4096];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	length = readlink(path, target, sizeof target - 1);
	target[length < 0 ? 0 : length] = 0;
	return !strcmp(target, program);
}

static pid_t root_of_search;

static long if_runs(const struct process *process, const void *program)
{
	if (!runs(process->pid, program))
		return 0;
	/* A newborn still runs it too, and its parent, unless it is the root, may not have done so a moment ago. */
	return process->parent != root_of_search && runs(process->parent, program) ? process->parent : process->pid;
}

static long if_other(const struct process *process, const void *program)
{
	return process->state != 'Z' && !runs(process->pid, program) && !runs(process->pid, "") ? process->pid : 0;
}

static long kill_it(const struct process *process, const void *seen)
{
	(void)seen;
	if (process->state != 'Z')
		printf("%d %s\n", process->pid, process->name);
	kill(process->pid, SIGKILL);
	return 0;
}

static int print_pid(long pid)
{
	if (pid)
		printf("%ld\n", pid);
	return !pid;
}

/* find ROOT PROGRAM SECONDS: waits for a descendant of ROOT that runs PROGRAM and prints its pid */
static int find(char **args)
{
	const double end = deadline(args[2]);
	long pid;

	root_of_search = (pid_t)number(args[0]);
	while (!(pid = walk(root_of_search, if_runs, args[1])) && now() < end)
		nap_ms(1);
	return print_pid(pid);
}

/* child PARENT PROGRAM SECONDS: waits for a descendant of PARENT that does not run PROGRAM, and prints its pid */
static int child(char **args)
{
	const double end = deadline(args[2]);
	long pid;

	while (!(pid = walk((pid_t)number(args[0]), if_other, args[1])) && now() < end)
		nap_ms(1);
	return print_pid(pid);
}

/* sweep ROOT SECONDS: kills all below ROOT, until ROOT has gone too; prints whom */
static int sweep(char **args)
{
	const pid_t root = (pid_t)number(args[0]);
	const double end = deadline(args[1]);
	struct process process;

	while (look(root, &process) && process.state != 'Z') {
		walk(root, kill_it, NULL);
		if (now() > end)
			return 1;
		nap_ms(2);
	}
	return 0;
}

/* await FILE SECONDS: until FILE is there */
static int await(char **args)
{
	const double end = deadline(args[1]);

	while (access(args[0], F_OK))
		if (now() > end)
			return 1;
		else
			nap_ms(1);
	return 0;
}

/* line FILE EXPRESSION SECONDS: until a line of FILE matches it, which is printed */
static int matches(const char *path, const regex_t *expression)
{
	char text[4096];
	FILE *const file = fopen(path, "re");
	int found = 0;

	while (file && !found && fgets(text, sizeof text, file))
		found = !regexec(expression, text, 0, NULL, 0);
	if (found)
		fputs(text, stdout);
	if (file)
		fclose(file);
	return found;
}

static int line(char **args)
{
	const double end = deadline(args[2]);
	regex_t expression;

	if (regcomp(&expression, args[1], REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
		cannot("%s", args[1]);
	while (!matches(args[0], &expression))
		if (now() > end)
			return 1;
		else
			nap_ms(1);
	return 0;
}

/* gone PID SECONDS: until it has ended */
static int gone(char **args)
{
	const double end = deadline(args[1]);
	struct process process;

	while (look((pid_t)number(args[0]), &process) && process.state != 'Z')
		if (now() > end)
			return 1;
		else
			nap_ms(1);
	return 0;
}

/* state PID LETTERS SECONDS: until its state is one of LETTERS */
static int state(char **args)
{
	const double end = deadline(args[2]);
	struct process process;

	while (look((pid_t)number(args[0]), &process) && now() < end) {
		if (strchr(args[1], process.state))
			return 0;
		nap_ms(1);
	}
	return 1;
}

/* reaped PARENT SECONDS: until PARENT has no zombie */
static int zombies_of(pid_t parent)
{
	DIR *const proc = opendir("/proc");
	struct process process;
	int count = 0;

	if (!proc)
		cannot("/proc");
	for (struct dirent *entry; (entry = readdir(proc));)
		if (look(atoi(entry->d_name), &process) && process.state == 'Z' && process.parent == parent)
			count++;
	closedir(proc);
	return count;
}

static int reaped(char **args)
{
	const double end = deadline(args[1]);
	int left;

	while ((left = zombies_of((pid_t)number(args[0]))) && now() < end)
		nap_ms(2);
	if (left)
		fprintf(stderr, "witness reaped: %d zombies are left\n", left);
	return left > 0;
}

/* ---- early N SIGNAL ROOM -- COMMAND: N times, starts it and sends SIGNAL the instant its signals are held ---- */

static int holds_all(pid_t pid)
{
	char path[64], text[256];
	unsigned long long mask = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	if (!(file = fopen(path, "re")))
		return 1;
	while (fgets(text, sizeof text, file))
		if (sscanf(text, "SigBlk: %llx", &mask) == 1)
			break;
	fclose(file);
	return (mask | bit(SIGKILL) | bit(SIGSTOP)) == UINT64_MAX;
}

static pid_t start_in(const char *room)
{
	const unsigned long alone = CLONE_NEWPID | CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0);
	const int pid1 = !strcmp(room, "pid1");
	const pid_t pid = (pid_t)must(syscall(SYS_clone, SIGCHLD | (pid1 ? alone : 0), 0, 0, 0, 0), "clone");

	if (pid)
		return pid;
	if (pid1)
		must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) | mount("proc", "/proc", "proc", 0, NULL), "mount");
	become(command);
}

static int early(char **args)
{
	const int signal = signal_number(args[1]);

	for (long left = number(args[0]); left > 0; left--) {
		const pid_t pid = start_in(args[2]);
		struct pollfd end = { (int)must(syscall(SYS_pidfd_open, pid, 0), "pidfd_open"), POLLIN, 0 };
		const double patience = now() + 10;
		int status;

		while (!holds_all(pid) && now() < patience)
			;
		kill(pid, signal);
		if (!must(poll(&end, 1, 10000), "poll")) {
			printf("lost, %ld rounds before the end\n", left);
			kill(pid, SIGKILL);
		}
		close(end.fd);
		must(waitpid(pid, &status, 0), "waitpid");
		if (code_of(status) != 0 && code_of(status) != 128 + signal)
			return code_of(status);
	}
	return 0;
}

/* ---- what another process is let to do ---- */

#ifdef __x86_64__
/* Has a tracee that was stopped in a system call make another one, all of its arguments 0, and then go back. Its result, or a signal's number + 1000. */
static long call_of(int pid, long call, unsigned short by)
{
	struct user_regs_struct before, now;
	int status;

	must(ptrace(PTRACE_GETREGS, pid, NULL, &before), "PTRACE_GETREGS");
	const unsigned long at = before.rip - sizeof by, code = (unsigned long)ptrace(PTRACE_PEEKTEXT, pid, at, NULL);
	now = before;
	now.rip = at;
	now.rax = (unsigned long)call;
	now.orig_rax = (unsigned long)-1; /* nothing is to be begun again */
	now.rdi = now.rsi = now.rdx = now.r10 = now.r8 = now.r9 = now.rbx = now.rcx = 0;
	must(ptrace(PTRACE_POKETEXT, pid, at, (code & ~0xffffUL) | by), "PTRACE_POKETEXT");
	must(ptrace(PTRACE_SETREGS, pid, NULL, &now), "PTRACE_SETREGS");
	must(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), "PTRACE_SINGLESTEP");
	must(waitpid(pid, &status, __WALL), "waitpid");
	must(ptrace(PTRACE_GETREGS, pid, NULL, &now), "PTRACE_GETREGS");
	must(ptrace(PTRACE_POKETEXT, pid, at, code), "PTRACE_POKETEXT");
	must(ptrace(PTRACE_SETREGS, pid, NULL, &before), "PTRACE_SETREGS");
	return WSTOPSIG(status) == SIGTRAP ? (long)now.rax : 1000 + WSTOPSIG(status);
}
#endif

/* calls PID CALL...: has it make these, and tells their results; "i386" is number 0 by the door of 32 bits: read(2) here, restart_syscall(2) there. */
static int make_calls(char **args)
{
	const int pid = (int)number(*args++);
	int status;

	must(ptrace(PTRACE_SEIZE, pid, NULL, NULL), "PTRACE_SEIZE");
	must(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL), "PTRACE_INTERRUPT");
	must(waitpid(pid, &status, __WALL), "waitpid");
	for (; *args; args++) {
#ifdef __x86_64__
		const bool other = !strcmp(*args, "i386");

		printf("%s %ld\n", *args, call_of(pid, other ? 0 : system_call(*args), other ? 0x80cd : 0x050f));
#else
		cannot("the registers of this machine are not known");
#endif
	}
	return (int)must(ptrace(PTRACE_DETACH, pid, NULL, NULL), "PTRACE_DETACH");
}

/* ---- the table ---- */

enum { STAYS, STARTS };

static const struct verb {
	const char *name;
	int operands; /* at least */
	int starts;   /* runs the command after it, in its own place */
	int (*run)(char **args);
} verbs[] = {
	{ "show", 0, STAYS, show },
	{ "signals", 1, STAYS, signals },
	{ "record", 1, STAYS, record },
	{ "flush", 2, STAYS, flush },
	{ "stopped", 1, STAYS, stopped },
	{ "tree", 2, STAYS, tree },
	{ "stubborn", 0, STAYS, stubborn },
	{ "plain", 0, STAYS, plain },
	{ "eat", 1, STAYS, eat },
	{ "forker", 0, STAYS, forker },
	{ "bomb", 0, STAYS, bomb },
	{ "exit", 1, STAYS, leave_with },
	{ "die", 1, STAYS, die },
	{ "orphans", 1, STAYS, orphans },
	{ "deaths", 0, STAYS, deaths },
	{ "crowd", 1, STAYS, crowd },
	{ "chain", 1, STAYS, chain },
	{ "serve", 1, STAYS, serve },
	{ "send", 2, STAYS, send_one },
	{ "storm", 2, STAYS, storm },
	{ "find", 3, STAYS, find },
	{ "child", 3, STAYS, child },
	{ "sweep", 2, STAYS, sweep },
	{ "await", 2, STAYS, await },
	{ "line", 3, STAYS, line },
	{ "gone", 2, STAYS, gone },
	{ "state", 3, STAYS, state },
	{ "reaped", 2, STAYS, reaped },
	{ "early", 3, STAYS, early },
	{ "calls", 1, STAYS, make_calls },
	{ "parent", 0, STAYS, parent },
	{ "guard", 1, STAYS, guard },
	{ "pty", 0, STAYS, pty },
	{ "leave", 2, STARTS, leave },
	{ "stop", 1, STARTS, stop },
	{ "block", 1, STARTS, block },
	{ "ignore", 1, STARTS, ignore },
	{ "pend", 1, STARTS, pend },
	{ "clean", 0, STARTS, clean },
	{ "close", 1, STARTS, close_some },
	{ "open", 2, STARTS, open_one },
	{ "lock", 2, STARTS, lock },
	{ "limit", 2, STARTS, limit },
	{ "deny", 2, STARTS, deny },
	{ "dropcaps", 1, STARTS, dropcaps },
	{ "as", 1, STARTS, as_user },
	{ "listenpid", 0, STARTS, listenpid },
	{ "regroup", 0, STARTS, regroup },
	{ "session", 0, STARTS, session },
	{ "control", 0, STARTS, control },
};

static const struct verb *verb_named(const char *name)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (name && !strcmp(name, verbs[i].name))
			return &verbs[i];
	return NULL;
}

static int run_verb(char **args)
{
	const struct verb *const verb = verb_named(args[0]);
	int given = 0;

	while (args[0] && args[given + 1])
		given++;
	if (!verb || given < verb->operands) {
		fprintf(stderr, "witness: no such verb, or too few operands: %s\n", args[0] ? args[0] : "");
		return CANNOT;
	}
	verb_name = verb->name;
	return verb->run(args + 1);
}

int main(int argc, char **argv)
{
	int split = 1, code;

	while (split < argc && strcmp(argv[split], "--"))
		split++;
	if (split + 1 < argc)
		command = argv + split + 1;
	argv[split] = NULL;
	code = run_verb(argv + 1);
	fflush(stdout);
	if (code || !command || !verb_named(argv[1])->starts)
		return code;
	become(command);
}
