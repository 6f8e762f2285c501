/*
 * Why a program could not be executed, in words. execve(2) says ENOENT of a script that is there but whose interpreter is not, and ENOEXEC of
 * a program for another machine: both have cost people days. Runs before there is a life, and ends it all.
 */
#include "why.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "text.h"

enum { HEAD = 4096 };

static const struct machine {
	unsigned short number;
	char name[10];
} machines[] = {
	{ EM_386, "i386" }, { EM_X86_64, "x86_64" }, { EM_ARM, "arm" }, { EM_AARCH64, "aarch64" }, { EM_PPC64, "ppc64" }, { EM_S390, "s390x" },
	{ EM_MIPS, "mips" }, { 243 /* EM_RISCV */, "riscv" }, { 258 /* EM_LOONGARCH */, "loongarch" },
};

/* Our own ELF header: the linker lays it before our first byte. */
extern const unsigned char __ehdr_start[];

/* What is looked at: the beginning of a file, zeroes behind it. */
struct head {
	int fd;
	ssize_t length;
	unsigned char bytes[HEAD];
};

/* A little- or big-endian number of an ELF file, 0 where the file is too short. */
static uint64_t number(const struct head *h, uint64_t at, unsigned size)
{
	uint64_t n = 0;

	if (at > HEAD - size)
		return 0;
	for (unsigned i = 0; i < size; i++)
		n = n << 8 | h->bytes[at + (h->bytes[EI_DATA] == ELFDATA2MSB ? i : size - 1 - i)];
	return n;
}

static bool is_elf(const struct head *h)
{
	return !memcmp(h->bytes, ELFMAG, SELFMAG);
}

static const char *machine(unsigned number)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (machines[i].number == number)
			return machines[i].name;
	return "another machine";
}

static unsigned machine_of_ours(void)
{
	uint16_t ours;

	memcpy(&ours, __ehdr_start + offsetof(Elf32_Ehdr, e_machine), sizeof ours);
	return ours;
}

/* The interpreter of a script, as execve(2) reads it: up to a blank or the end of the line; NULL where there is none. The head is its room. */
static const char *interpreter(struct head *h)
{
	char *line = (char *)h->bytes;

	if (memcmp(line, "#!", 2))
		return NULL;
	line += 2 + text_while(line + 2, " \t");
	line[text_until(line, " \t\n")] = '\0';
	return line;
}

/* The loader of a dynamic program, PT_INTERP of elf(5); NULL where there is none. The head is its room. */
static const char *loader(struct head *h)
{
	bool wide = h->bytes[EI_CLASS] == ELFCLASS64;
	unsigned word = wide ? 8 : 4;
	uint64_t at = number(h, wide ? offsetof(Elf64_Ehdr, e_phoff) : offsetof(Elf32_Ehdr, e_phoff), word);
	uint64_t size = number(h, wide ? offsetof(Elf64_Ehdr, e_phentsize) : offsetof(Elf32_Ehdr, e_phentsize), 2);
	uint64_t count = is_elf(h) ? number(h, wide ? offsetof(Elf64_Ehdr, e_phnum) : offsetof(Elf32_Ehdr, e_phnum), 2) : 0;

	for (; count && number(h, at, 4) != PT_INTERP; count--)
		at += size;
	if (!count)
		return NULL;
	uint64_t name_at = number(h, at + (wide ? offsetof(Elf64_Phdr, p_offset) : offsetof(Elf32_Phdr, p_offset)), word);
	h->bytes[0] = '\0';
	(void)!pread(h->fd, h->bytes, sizeof h->bytes - 1, (off_t)name_at); /* what cannot be read has no name */
	return (const char *)h->bytes;
}

/* Finds the event that tells most, and the name of what is missing. */
static enum event diagnose(struct head *h, int error, struct fact *f)
{
	if (error == EACCES && openat(AT_FDCWD, f->text, O_PATH | O_DIRECTORY | O_CLOEXEC) >= 0)
		return IS_DIRECTORY;
	if (error == ENOENT && h->fd < 0)
		return NOT_FOUND;
	if (error == ENOENT && (f->more = interpreter(h)))
		return NO_INTERPRETER;
	if (error == ENOENT && (f->more = loader(h)))
		return NO_LOADER;
	unsigned theirs = (unsigned)number(h, offsetof(Elf32_Ehdr, e_machine), 2);
	if (error != ENOEXEC || !is_elf(h) || theirs == machine_of_ours())
		return NOT_EXECUTABLE;
	f->more = machine(theirs);
	f->expected = machine(machine_of_ours());
	return WRONG_MACHINE;
}

_Noreturn void why_and_die(const struct plan *plan, const char *name, const char *path, int error, int pid)
{
	struct head head = { .fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) };
	struct fact fact = { .option = name, .text = *path && error != ENOENT ? path : name, .error = error, .pid = pid };

	if (head.fd >= 0)
		head.length = read(head.fd, head.bytes, sizeof head.bytes - 1);
	enum event event = diagnose(&head, error, &fact);
	unsigned char code = plan->code_not_executable;
	if (event == NOT_FOUND)
		code = plan->code_not_found;
	else if (event == NO_INTERPRETER || event == NO_LOADER)
		code = plan->code_no_interpreter;
	else if (error == EACCES)
		code = plan->code_denied;
	die(code, event, &fact);
}
