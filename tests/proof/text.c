/* Numbers and words out of bytes, and back. With text.c */
#include "any.h"
#include "text.h"

enum { MOST = 12 };

void proof_numbers(void)
{
	char digits[TEXT_DIGITS + 1];
	struct any_text t;
	unsigned n;

	*text_digits(digits, any_bits()) = '\0';
	for (int length = 0; length <= MOST; length++) {
		char *text = any_text(&t, length);

		(void)text_count_digits(text);
		any_bytes(text, length, 0);
		(void)text_number(text, (size_t)length, (unsigned)any_bits(), &n);
	}
}

void proof_words(void)
{
	struct any_text t;

	for (int length = 0; length <= MOST; length++) {
		char *text = any_text(&t, length);
		char copy[MOST + 1];

		(void)text_until(text, ", ");
		(void)text_while(text, " \t+");
		(void)text_is("group:", text, (size_t)length);
		(void)text_copy(copy + MOST - length, text);
		(void)text_character(text);
	}
}

void proof_variables(void)
{
	struct any_text one, other;

	for (int length = 0; length <= MOST; length++) {
		char *environment[] = { any_text(&one, length), any_text(&other, length / 2), NULL };

		(void)text_variable(environment, "PATH");
		(void)text_variable(environment, "");
	}
}
