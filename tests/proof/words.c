/* All that is ever said, of facts as others make them. With say.c words.c records.c signals.c text.c */
#include "any.h"
#include "options.h"
#include "say.h"
#include "words.h"

#include <signal.h>
#include <sys/uio.h>
#include <poll.h>
#include <unistd.h>

#include "voices.h"

enum { PIDS = 1 << 22, MOST = 3 };

ssize_t write(int fd, const void *from, size_t length)
{
	return any(0, 1) ? (ssize_t)length : -1;
}

off_t lseek(int fd, off_t to, int from)
{
	return any_long(-1, INT64_MAX);
}

int poll(struct pollfd *on, nfds_t n, int timeout_ms)
{
	on->revents = (short)any(0, 0x7fff);
	return any(-1, 1);
}

int descriptors_control(int fd, int what, int value)
{
	return (int)any_bits();
}

pid_t getpid(void)
{
	return any(1, PIDS);
}

long syscall(long call, ...)
{
	return any_long(-1, 4096);
}

static void any_fact(struct fact *f, struct any_text t[4])
{
	*f = (struct fact){
		.option = any_text(&t[0], MOST), .text = any_text(&t[1], MOST), .more = any_text(&t[2], MOST), .expected = any_text(&t[3], MOST),
		.ms = any_long(-1, INT64_MAX), .pid = any(-PIDS, PIDS), .signal = any(1, 64), .sent = any(1, 64), .code = (int)any_bits(), .status = (int)any_bits(),
		.error = any(0, 133), .from_pid = any(0, PIDS), .from_uid = (unsigned)any_bits(), .state = (char)any(-128, 127),
	};
}

/* Each letter that stands for a fact, wherever on the page. Level 200. */
void proof_letters(void)
{
	static char line[64];
	struct any_text text[4];
	struct fact f;

	any_fact(&f, text);
	words_name = any(0, 1) ? "/sbin/foster" : "foster";
	for (int letter = 'A'; letter <= 'z'; letter++) {
		const char words[] = { 'a', '%', (char)letter, '\0' };
		struct page page = { line + any(0, sizeof line), line + sizeof line };

		words_put(&page, words, &f);
	}
}

static void all_words(const struct persona *persona)
{
	for (int verbosity = -1; verbosity < 9; verbosity += 5)
		say_with(persona_voice(persona), verbosity, NULL);
	for (int event = 0; event < EVENTS; event++) {
		(void)say_heard((enum event)event);
		(void)say_words((enum event)event);
	}
}

/* Level 10000. */
void proof_voices(void)
{
	all_words((const void *)&foster);
	all_words((const void *)&tini);
	all_words((const void *)&dumb_init);
	all_words((const void *)&catatonit);
	all_words((const void *)&init_lxc);
	say_also(LEFT);
	(void)say_uses_stdout();
	say_nothing();
}
