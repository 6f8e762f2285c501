/*
 * What is printed at length, by a process that does nothing else: people's text with columns that are counted as a terminal counts them, and JSON.
 * Names and command lines are of others' making, and may be written to a terminal by somebody with more power than they have.
 */
#include "print.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "signals.h"
#include "text.h"

enum { HIDDEN = 3 }; /* as a width: nothing to be shown as it is */

/* How wide characters are, from the first of sixteen on, up to the next entry: Unicode's East Asian Width and its general categories Mn, Cc, Cf. */
#define FROM(code, width) ((code) >> 4 << 2 | (width))
static const unsigned short widths[] = {
	FROM(0, HIDDEN), FROM(0x20, 1), FROM(0x80, HIDDEN), FROM(0xa0, 1), FROM(0x300, 0), FROM(0x370, 1), FROM(0x1100, 2), FROM(0x1160, 0),
	FROM(0x1200, 1), FROM(0x2000, HIDDEN), FROM(0x2010, 1), FROM(0x2060, HIDDEN), FROM(0x2070, 1), FROM(0x20d0, 0), FROM(0x2100, 1),
	FROM(0x2e80, 2), FROM(0xa4d0, 1), FROM(0xac00, 2), FROM(0xd7b0, 1), FROM(0xf900, 2), FROM(0xfb00, 1), FROM(0xfe00, 0), FROM(0xfe10, 2),
	FROM(0xfe20, 0), FROM(0xfe30, 2), FROM(0xfe70, 1), FROM(0xfef0, HIDDEN), FROM(0xff00, 2), FROM(0xff60, 1), FROM(0xffe0, 2),
	FROM(0xfff0, HIDDEN), FROM(0x10000, 1), FROM(0x1f300, 2), FROM(0x1f650, 1), FROM(0x1f680, 2), FROM(0x1f700, 1), FROM(0x1f900, 2),
	FROM(0x1fb00, 1), FROM(0x20000, 2),
};

static char out[1 << 15];
static size_t filled;
static int column, columns; /* where the line has come to, and where it ends; 0: nowhere */
static bool as_json, coloured, failed;

static void flush(void)
{
	for (size_t done = 0; done < filled && !failed;) {
		ssize_t n = write(STDOUT_FILENO, out + done, filled - done);

		failed = n < 0;
		done += n > 0 ? (size_t)n : 0;
	}
	filled = 0;
}

/* Bytes that take so many columns, as far as there is room for them, and nothing after them if there is not. ASCII can be cut. */
static void emit(const char *bytes, size_t length, int width)
{
	if (columns && column + width > columns)
		length = column < columns && (int)length == width ? (size_t)(columns - column) : 0;
	column += width;
	if (length > sizeof out - filled)
		flush();
	memcpy(out + filled, bytes, length);
	filled += length;
}

void print_begin(bool json, bool cut, char **environment)
{
	struct winsize size;
	const char *no = text_variable(environment, "NO_COLOR"), *term = text_variable(environment, "TERM");
	bool terminal = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);

	as_json = json;
	coloured = terminal && !json && !(no && *no) && !(term && !strcmp(term, "dumb"));
	columns = terminal && cut && !json ? size.ws_col : 0;
}

int print_end(void)
{
	flush();
	return -failed;
}

void print(const char *text)
{
	print_part(text, strlen(text));
}

void print_part(const char *text, size_t length)
{
	if (*text == '\n')
		column = -(int)length;
	emit(text, length, (int)length);
}

void print_number(int64_t n)
{
	char digits[TEXT_DIGITS + 1];

	*text_digits(digits, (unsigned)n) = '\0';
	print(digits);
}

void print_colour(unsigned colour)
{
	char sequence[8] = "\033[", *end = text_digits(sequence + 2, colour);

	*end++ = 'm';
	if (coloured)
		emit(sequence, (size_t)(end - sequence), 0);
}

/* One character of UTF-8, how many bytes it has, 0 where it is none: then `code` is a byte. */
static size_t decode(const char *text, unsigned *code)
{
	size_t n = text_character(text);

	*code = (unsigned char)*text & (n > 1 ? 0x7fU >> n : 0xff);
	for (size_t i = 1; i < n; i++)
		*code = *code << 6 | (text[i] & 0x3f);
	return n;
}

static int width_of(unsigned code)
{
	size_t i = sizeof widths / sizeof *widths;

	if (code == 0x7f || (code >= 0x2028 && code <= 0x202e) || code > 0x3ffff)
		return HIDDEN;
	while (widths[--i] >> 2 > code >> 4)
		;
	return widths[i] & 3;
}

/* \n, \x1b, \u001b. */
static void escape(unsigned n, char kind, int digits)
{
	char text[8] = { '\\', kind }, *at = text + 2;

	while (digits--)
		*at++ = "0123456789abcdef"[n >> 4 * digits & 15];
	emit(text, (size_t)(at - text), (int)(at - text));
}

static void hide(const char *bytes, size_t length, unsigned code)
{
	char control = *bytes == '\n' ? 'n' : *bytes == '\r' ? 'r' : *bytes == '\t' ? 't' : '\0';

	if (as_json)
		escape(length ? code : 0xfffd, 'u', 4);
	else if (control)
		escape(0, control, 0);
	else
		for (size_t i = 0; i < length + !length; i++)
			escape((unsigned char)bytes[i], 'x', 2);
}

/* How far it goes on in ASCII that means nothing to anybody. */
static size_t plain(const char *text)
{
	size_t n = 0;

	while (text[n] >= ' ' && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

void print_foreign(const char *text)
{
	unsigned code;

	for (size_t n; *text; text += n + !n) {
		n = plain(text);
		if (n) {
			emit(text, n, (int)n);
			continue;
		}
		n = decode(text, &code);
		int width = n ? width_of(code) : HIDDEN;
		if (width == HIDDEN && (!as_json || code <= 0xffff)) {
			hide(text, n, code);
			continue;
		}
		if (as_json && (*text == '"' || *text == '\\'))
			emit("\\", 1, 1);
		emit(text, n, width);
	}
}

/* In quotes, where it is JSON; with something before it, unless it is the first. */
static void item(bool first, const char *text)
{
	print(first ? "" : as_json ? "," : " ");
	print(as_json ? "\"" : "");
	print_foreign(text);
	print(as_json ? "\"" : "");
}

void print_command(const char *line, ssize_t length, const char *name)
{
	while (length > 0 && !line[length - 1])
		length--; /* titles are padded */
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(line + at) + 1)
		item(!at, line + at);
	if (length > 0 || as_json)
		return;
	print("[");
	print_foreign(name);
	print("]");
}

void print_signals(unsigned mask)
{
	char name[SIGNAL_NAME];

	for (int signal = 1; signal < 32; signal++)
		if (mask & signals_bit(signal))
			item(!(mask & (signals_bit(signal) - 1)), signals_name(signal, name));
}
