/* How packed tables are read. */
#include "records.h"

#include <string.h>

const char *record_next(const char *at, struct record *to)
{
	if (!*at)
		return NULL;
	*to = (struct record){ (unsigned char)(at[0] - 1), (signed char)at[1], at + 2 };
	return at + 2 + strlen(at + 2) + 1;
}

const char *record_text(const void *rows, unsigned char key)
{
	struct record r;

	for (const char *at = rows; (at = record_next(at, &r));)
		if (r.key == key)
			return r.text;
	return NULL;
}
