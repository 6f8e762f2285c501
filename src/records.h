#ifndef RECORDS_H
#define RECORDS_H

/*
 * Tables whose rows end in strings, packed byte behind byte: no pointer, so nothing for the loader to relocate and no page of ours to write to, and no
 * padding. A table is written once, as a macro that is given what to make of each row:
 *
 *	#define ROWS(ROW) ROW(KEY, number, "text") ROW(OTHER, number, "text")
 *	static const struct { ROWS(RECORD_MEMBER) char end; } rows = { ROWS(RECORD_VALUE) 0 };
 */

#define RECORD_MEMBER(key, number, text) unsigned char key_##key, number_##key; char text_##key[sizeof text];
#define RECORD_VALUE(key, number, text) (key) + 1, (unsigned char)(number), text,

/* One row; key and number as they stood in the table. */
struct record {
	unsigned char key;
	signed char number;
	const char *text;
};

/* The row at `at`, and where the next one is; NULL where there is none. */
const char *record_next(const char *at, struct record *to);

/* The text of the first row with this key, NULL where there is none. */
const char *record_text(const void *rows, unsigned char key);

#endif
