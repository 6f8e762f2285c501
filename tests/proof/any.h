#ifndef ANY_H
#define ANY_H

/*
 * What nothing is known of but its bounds: Frama-C's EVA goes on with all of its values at once. A proof_ function is an entry of its own, and the
 * comment of its file names the files of src that are analysed with it.
 */
#include <stdint.h>
#include <string.h>

/*@ assigns \result \from from, to;
    ensures from <= \result <= to; */
int any(int from, int to);

/*@ assigns \result \from from, to;
    ensures from <= \result <= to; */
int64_t any_long(int64_t from, int64_t to);

/*@ assigns \result \from \nothing; */
uint64_t any_bits(void);

/*@ assigns \nothing;
    ensures \false; */
_Noreturn void nowhere(void);

/* `length` bytes that are not NUL, then one, which is the last of its object: nothing may be read behind it. */
enum { ROOM = 64 };
struct any_text {
	char room[ROOM];
};

static inline char *any_bytes(char *at, int length, int least)
{
	for (int i = 0; i < length; i++)
		at[i] = (char)(unsigned char)any(least, 255);
	return at;
}

static inline char *any_text(struct any_text *t, int length)
{
	char *at = t->room + ROOM - 1 - length;

	t->room[ROOM - 1] = '\0';
	return any_bytes(at, length, 1);
}

#endif
