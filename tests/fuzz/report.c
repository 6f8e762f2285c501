/* report.c itself: whatever bytes a process has in its name, a string of JSON comes of them (RFC 8259), by the C library's word valid UTF-8. */
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "../../src/report.c" /* NOLINT: for its own functions */

void fuzz_report(const char *text);

/* The bytes of one character of a string of JSON; 0 where it is none. */
static size_t json_character(const char *at)
{
	mbstate_t none = { 0 };
	size_t n = mbrlen(at, MB_LEN_MAX, &none);

	if (*at == '\\')
		return at[1] == 'u' && strspn(at + 2, "0123456789abcdef") >= 4 ? 6 : 0;
	return (unsigned char)*at < ' ' || *at == '"' || n > MB_LEN_MAX ? 0 : n;
}

void fuzz_report(const char *text)
{
	static char to[ESCAPED * 4096 + 3];
	struct page page = { to, to + sizeof to - 1 };
	const char *at = to + 1;

	setlocale(LC_CTYPE, "C.UTF-8");
	put_string(&page, text);
	*page.at = '\0';
	for (size_t n; (n = json_character(at)); at += n)
		;
	if (to[0] != '"' || strcmp(at, "\"") != 0)
		abort();
}
