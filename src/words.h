#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#include "say.h"

/* The name that we were called by: set once, before the birth. */
extern const char *words_name;

/* A page that is being written. */
struct page {
	char *at, *end;
};

/*
 * Puts text on a page, up to its end. A % and a letter stand for a fact: b and B our name, with and without its path; o option, s text, m more,
 * w expected; S and N the signal's name and number, T the number that is sent; p pid, P its parent's, i our own; f the sender, t where it goes; x and X how it ended (x with code 0: what was expected),
 * c the status, d how long it took, e and E the error, l the option's letter, z the state. Bytes of others' making are made harmless.
 */
void words_put(struct page *page, const char *text, const struct fact *fact);

/* Puts text on a page as it is, all of it or at most so many bytes, up to the end of the page. */
void words_copy(struct page *page, const char *text);
void words_part(struct page *page, const char *text, size_t most);

#endif
