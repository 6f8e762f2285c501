#ifndef INSTALL_H
#define INSTALL_H

/*
 * Copies the running program to `path`, mode 0755, whole or not at all: what was there before stays until the copy is on the disk. Without /proc it is
 * looked for as `called`, the name that it was called by. 0, or an errno of open(2), sendfile(2), fsync(2) or rename(2). A one-shot, before the birth.
 */
int install(const char *path, const char *called);

#endif
