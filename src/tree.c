/* --tree: every process in its place, one line each, in columns that are as wide as they have to be. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "print.h"
#include "signals.h"
#include "text.h"
#include "view.h"

enum {
	CELL = 40,
	DEEPEST = 32 /* levels that lines are indented by */
};

/* The columns, all but the last one. */
enum { PID, STATE, TIME, USER, BLOCKED, IGNORED, CAUGHT, CELLS };
static const char headings[] = "PID\0S\0AGE\0USER\0BLOCKED\0IGNORED\0CAUGHT";

/* Signals by which people stop and reload programs, and that of a death. */
static const unsigned char matters[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD };

static char users[16384]; /* /etc/passwd, or what fits; zeroes behind it */

static void read_users(void)
{
	int fd = openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);

	(void)!read(fd, users, sizeof users - 8); /* else there are numbers alone */
	(void)close(fd); /* nothing was written to it */
}

/* The name of a uid where there is one that is plain and not long; how long it is, else 0. */
static size_t user_name(unsigned uid, const char **name)
{
	for (const char *line = users; *line; line += text_until(line, "\n") + 1) {
		size_t n = text_until(line, ":\n"), plain = 0;
		const char *number = line + n + 1 + text_until(line + n + 1, ":\n") + 1;
		size_t digits = text_until(number, ":\n");
		unsigned theirs;

		if (line[n] != ':' || number[-1] != ':' || number[digits] != ':' || !text_number(number, digits, ~0U, &theirs) || theirs != uid)
			continue;
		while (line[plain] > ' ' && line[plain] < 0x7f && line[plain] != ':')
			plain++;
		*name = line;
		return n < CELL && plain == n ? n : 0;
	}
	return 0;
}

static void signals_cell(unsigned mask, char *to)
{
	char name[SIGNAL_NAME], *at = to;
	size_t n = 0;

	strcpy(to, "-");
	for (size_t i = 0; i < sizeof matters; i++)
		if (mask & signals_bit(matters[i]))
			at = text_copy(n++ ? text_copy(at, ",") : at, signals_name(matters[i], name));
	if (n == sizeof matters)
		strcpy(to, "all");
}

/* What stands in a column; how wide it is. */
static size_t cell(const struct place *at, int column, char to[CELL])
{
	static unsigned after; /* the last one's uid and 1: those of a user stand together, and /etc/passwd may be long */
	static const char *name;
	static size_t n;
	const struct process *p = &at->process;

	switch (column) {
	case PID: *text_digits(to, (unsigned)p->pid) = '\0'; break;
	case STATE: to[0] = p->state; to[1] = '\0'; break;
	case TIME: (void)view_time(view_age(p), to); break;
	case USER:
		if (at->uid + 1 != after)
			n = user_name(at->uid, &name);
		after = at->uid + 1;
		*(n ? (char *)memcpy(to, name, n) + n : text_digits(to, at->uid)) = '\0';
		break;
	default: signals_cell(column == BLOCKED ? p->blocked : column == IGNORED ? p->ignored : p->caught, to);
	}
	return strlen(to);
}

/* To the left or, as numbers, to the right, and a blank behind it: in one piece, of what has blanks on both sides. */
static void print_cell(const char *text, int column, size_t width)
{
	char wide[3 * CELL], *from = wide + CELL;

	memset(wide, ' ', sizeof wide);
	char *end = text_copy(from, text);
	*end = ' ';
	print_part(column == PID || column == TIME ? end - width : from, width + 1);
}

static void print_headings(size_t widths[CELLS])
{
	const char *heading = headings;

	print_colour(1);
	for (int column = 0; column < CELLS; column++, heading += strlen(heading) + 1)
		print_cell(heading, column, widths[column]);
	print("COMMAND");
	print_colour(0);
	print("\n");
}

static void print_line(const struct place *at, int depth, size_t widths[CELLS])
{
	char state = at->process.state, text[CELL];
	unsigned colour = state == 'Z' ? 31 : state == 'T' || state == 't' ? 33 : 0;

	if (colour)
		print_colour(colour);
	for (int column = 0; column < CELLS; column++) {
		(void)cell(at, column, text);
		print_cell(text, column, widths[column]);
	}
	for (int level = 1; level < depth && level < DEEPEST; level++)
		print("  ");
	print_command(census_line(at), at->length, at->process.name);
	if (colour)
		print_colour(0);
	print("\n");
}

/* How wide the columns have to be. */
static void measure(size_t widths[CELLS])
{
	const char *heading = headings;
	char text[CELL];

	for (int column = 0; column < CELLS; column++, heading += strlen(heading) + 1) {
		widths[column] = strlen(heading);
		for (int i = 1; i < census_count; i++) {
			size_t n = cell(&census[i], column, text);

			if (widths[column] < n)
				widths[column] = n;
		}
	}
}

int view_tree(bool json)
{
	size_t widths[CELLS];
	int depth = 0;

	read_users();
	if (json) {
		print("[");
	} else {
		measure(widths);
		print_headings(widths);
	}
	for (int at = 0; (at = census_next(at, &depth));) {
		if (json) {
			print(at == census[0].child ? "\n" : ",\n");
			view_put("{\"pid\":%p,\"ppid\":%P,\"state\":\"%z\",\"age_s\":%a,\"uid\":%u,\"name\":\"%n\",\"command\":[%c],"
				"\"blocked\":[%b],\"ignored\":[%i],\"caught\":[%g]}", &census[at]);
		} else {
			print_line(&census[at], depth, widths);
		}
	}
	print(json ? "\n]\n" : "");
	return 0;
}
