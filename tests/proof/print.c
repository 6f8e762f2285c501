/* Text of others' making on standard output, for people and as JSON. With signals.c text.c */
#include "any.h"
#include "../../src/print.c"

enum { MOST = 3 };

ssize_t write(int fd, const void *from, size_t length)
{
	return any(0, 1) ? (ssize_t)length : -1;
}

int ioctl(int fd, int what, ...)
{
	__builtin_va_list rest;

	__builtin_va_start(rest, what);
	((struct winsize *)__builtin_va_arg(rest, void *))->ws_col = (unsigned short)any(0, 0xffff);
	__builtin_va_end(rest);
	return any(-1, 0);
}

static void begin(void)
{
	char *environment[] = { NULL };

	print_begin(any(0, 1), any(0, 1), environment);
	filled = (size_t)any(0, sizeof out);
	column = any(-(1 << 30), 1 << 30);
}

/* Level 40. */
void proof_foreign(void)
{
	struct any_text t;

	begin();
	for (int length = 0; length <= MOST; length++)
		print_foreign(any_text(&t, length));
	(void)print_end();
}

/* Level 40. */
void proof_process(void)
{
	struct any_text name;
	char line[MOST];

	begin();
	print_colour((unsigned)any(0, 107));
	print_number(any_long(INT64_MIN, INT64_MAX));
	print_signals((unsigned)any_bits());
	for (int length = -1; length <= MOST; length++)
		print_command(any_bytes(line, length, 0), length, any_text(&name, 1));
	print("\n");
	(void)print_end();
}
