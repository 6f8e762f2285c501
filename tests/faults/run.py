#!/usr/bin/env python3
"""Every system call of an init fails once, in every way that it can, over a whole life, and always; is late once; and meets a signal once.

strace injects: one point is one call, the how manieth of its name, and an errno, a delay or a signal. An undisturbed life tells which points there
are, so a call that is new is found by itself, and what this init promises: at every point the same must come about, or, before the birth, a message
and a code of failure with nothing started; a signal that comes while the program lives must reach it.
The other inits live the same lives where they can, side by side. What is left out, or of which less is asked, stands in left_out, with its reason.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import errno
import fnmatch
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

import lives

HERE = os.path.dirname(os.path.abspath(__file__))
HOUSE = os.path.dirname(os.path.dirname(HERE))
PROGRAM = f"{HOUSE}/build/faults-program"

libc = ctypes.PyDLL(None, use_errno=True)  # with the interpreter's lock held, so that a clone is whole
SYS_CLONE = 56 if os.uname().machine == "x86_64" else 220
CLONE_NEWNS, CLONE_NEWPID, MS_REC_PRIVATE = 0x20000, 0x20000000, 0x4000 | 0x40000
PR_CAPBSET_DROP, CAP_KILL, PTRACE_TRACEME, PTRACE_DETACH = 24, 5, 0, 17

ERRNOS = "EINTR EAGAIN ENOMEM EPERM ENOSYS EMFILE EINVAL ESRCH ECHILD EIO".split()
DENIED, EVER = ("EPERM", "ENOSYS"), "1+"  # what a filter answers, each time
DELAYS = "delay_enter=20ms", "delay_exit=20ms"

# strace sends a signal at the call's entry, and holds the call's end up (6.1 forgets the signal where it holds up the entry).
def meets(number):
    return f"signal={int(number)}:delay_exit=5ms"


MET = 1  # a signal of nobody else's, and the lowest: whatever else waits comes after it
STOPS = meets(signal.SIGSTOP)  # from outside; and once it is seen to be stopped it is continued
STREAMED = 50  # one that comes again and again, numbered
PATIENCE = {"foster": 30}  # seconds after which a condition will not come about any more
OTHERS_PATIENCE = 10
REPEATS = 3  # of a point where a condition did not come about in time, alone: all of them must be survived
# The libc's own start, before main: the last of these calls, of the first ones of all.
LIBC = {"arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "munmap", "mprotect", "getrandom", "mmap", "brk"}
FIRST = 60
CALL = re.compile(r"^(?:(\d+) +)?(\w+)\(")

Point = collections.namedtuple("Point", "init life room half call nth how")


class Ended(Exception):
    """The init has, in the middle of a step."""


class Amiss(Exception):
    """A condition has not come about."""


def left_out():
    with open(f"{HERE}/left_out", encoding="utf-8") as file:
        return [line.split(None, 5)[:5] for line in file if line.strip() and not line.startswith("#")]


def hold(pid):
    """Waits for the exec of a child that asked to be traced, and leaves it stopped."""
    _, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        raise SystemExit("the init cannot be run")
    libc.ptrace(PTRACE_DETACH, pid, 0, int(signal.SIGSTOP))


def beside(become, outcome):
    """PID 1 of a room where the init is not: starts it, reaps all, tells its code, and how many were left."""
    pid = os.fork()
    if pid == 0:
        become()
    os.close(1)
    os.close(2)
    hold(pid)
    os.write(outcome, b"held\n")
    code, left = None, 0
    while code is None:
        dead, status = os.wait()
        code = os.waitstatus_to_exitcode(status) if dead == pid else None
    for name in os.listdir("/proc"):
        left += name.isdigit() and name != "1" and state(name) not in ("Z", "")
    os.write(outcome, f"{code} {left}\n".encode())
    os._exit(0)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


class Life:
    """One life of one init, with at most one fault."""

    def __init__(self, point, folder, lacks, less):
        self.lacks = lacks  # lines that this init does not bring about at all
        self.less = less
        self.point, self.plan = point, lives.LIVES[point.life]
        self.patience = PATIENCE.get(point.init, OTHERS_PATIENCE)
        self.log = f"{folder}/log"
        self.out = b""
        self.streamed, self.streaming = 0, False
        self.again = lambda: None  # what the last step was
        self.stopped_for = 0  # looks
        self.before_term = 0  # calls that were done when the program was first asked to end, or to stop: what came before reaches it
        self.argv = [lives.path(point.init, HOUSE)] + lives.words(point.init, point.life, PROGRAM)

    def birth(self):
        """In a PID namespace, as its PID 1 or beside one. Held after its exec, before its first instruction, so that nothing of ours is counted."""
        self.told, out = os.pipe()
        self.errors, err = os.pipe()
        self.outcome, outcome = os.pipe()
        limit = time.monotonic() + self.patience
        while (room := libc.syscall(SYS_CLONE, signal.SIGCHLD | CLONE_NEWPID | CLONE_NEWNS, 0, 0, 0, 0)) < 0:
            if ctypes.get_errno() != errno.EAGAIN or time.monotonic() > limit:  # who else is on the machine may have all its pids for a while
                raise OSError(ctypes.get_errno(), "clone")
            time.sleep(0.1)
        self.room = room
        if self.room == 0:
            try:
                self.furnish(out, err)
                if self.point.room == "pid1":
                    self.become()
                else:
                    beside(self.become, outcome)
            finally:
                os._exit(99)
        for fd in out, err, outcome:
            os.close(fd)
        self.pid = self.room if self.point.room == "pid1" else int(os.read(self.outcome, 64) and children(self.room)[0])
        self.end = os.pidfd_open(self.pid)
        if self.point.room == "pid1":
            hold(self.pid)

    def furnish(self, out, err):
        if libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None) or libc.mount(b"proc", b"/proc", b"proc", 0, None):
            os._exit(99)
        for number in signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
        for fd, to in (os.open("/dev/null", os.O_RDWR), 0), (out, 1), (err, 2):
            os.dup2(fd, to)

    def become(self):
        os.setsid()
        if self.plan.without_kill:
            libc.prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0)
        libc.ptrace(PTRACE_TRACEME, 0, 0, 0)
        os.execve(self.argv[0], self.argv, {"PATH": "/usr/bin:/bin", **self.plan.environment.get(self.point.init, {})})

    def trace(self):
        how = ["-f", "-b", "execve"] if self.point.half == "newborn" else []
        if self.point.call:
            fault = self.point.how if "=" in self.point.how else f"error={self.point.how}"
            how += ["-e", f"inject={self.point.call}:{fault}:when={self.point.nth}"]
        self.strace = subprocess.Popen(["strace", "-o", self.log, "-e", "trace=all", "-e", "signal=none", *how, "-p", str(self.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if b"attached" not in self.strace.stderr.readline():
            raise SystemExit("strace cannot attach")
        os.kill(self.pid, signal.SIGCONT)

    # -- conditions

    def until(self, condition, patience=None):
        """Reads what is told until the condition holds. Raises Ended where the init has ended instead."""
        # Without close_range(2) they are closed one by one, 65,536 system calls under strace.
        limit = time.monotonic() + (patience or self.patience) * (12 if self.point.call == "close_range" else 1)
        while not condition():
            if time.monotonic() > limit:
                return False
            self.stream()
            self.go_on()
            ready, _, _ = select.select([self.told, self.end] if self.told >= 0 else [self.end], [], [], 0.002 if self.streaming else 0.005)
            self.listen(ready)
            if self.end in ready and not condition():
                raise Ended
        return True

    def stream(self):
        if self.streaming and self.streamed - len(self.come()) < 8:
            self.streamed += 1
            libc.sigqueue(self.pid, STREAMED, ctypes.c_void_p(self.streamed))

    def go_on(self):
        """A stop by the tracer is over the next moment."""
        if self.point.how == STOPS:
            self.stopped_for = self.stopped_for + 1 if state(self.pid) in ("t", "T") else 0
            if self.stopped_for % 4 == 3:
                os.kill(self.pid, signal.SIGCONT)

    def come(self):
        """Which of them."""
        return [line.split()[1] for line in self.lines() if line.startswith(f"{STREAMED} ")]

    def listen(self, ready):
        if self.told in ready:
            text = os.read(self.told, 4096)
            self.out += text
            if not text:
                os.close(self.told)
                self.told = -1

    def lines(self):
        return self.out.decode().splitlines()

    def zombies(self):
        try:
            return [pid for pid in children(self.pid) if state(pid) == "Z"]
        except FileNotFoundError:
            return []

    # -- steps, by name

    def do_line(self, text):
        number = f"{text.split()[0]} 0"  # where no queueing is to be had the payload is lost, and nothing else
        if text in self.lacks:
            return
        here = lambda: text in self.lines() or (self.less == "payload" and number in self.lines())
        if self.less == "signal" and not self.until(here, 1):
            self.again()
        if not self.until(here):
            raise Amiss(f"lost: {text}")

    def do_reaped(self):
        if not self.until(lambda: not self.zombies()):
            raise Amiss("zombies stay")

    def do_send(self, number):
        if number in (signal.SIGTERM, signal.SIGUSR2) and not self.before_term:
            self.before_term = len(self.calls()[0])
        self.again = lambda: os.kill(self.pid, number)
        self.again()

    def do_queue(self, number, value):
        self.again = lambda: libc.sigqueue(self.pid, number, ctypes.c_void_p(value))
        self.again()

    def do_early(self, number):
        """The signal that the point is about, at the first moment, unless it is strace that sends it."""
        if self.point.how == meets(number):
            if self.until(lambda: f"{number} 0" in self.lines(), 3):
                return
            if self.calls()[1] is not None:
                raise Amiss(f"lost: {number} 0")
        self.do_held()
        self.do_send(number)

    def do_stream(self):
        """From now on: once signals are held, so that none comes too early."""
        self.do_held()
        self.streaming = True

    def do_drained(self, least):
        if not self.until(lambda: self.streamed >= least):
            raise Amiss("nothing streams")
        self.streaming = False
        if not self.until(lambda: len(self.come()) >= self.streamed):
            raise Amiss(f"lost: {self.streamed - len(self.come())} of {self.streamed} that were streamed")

    def do_stopped(self):
        below = children(self.pid)
        if not self.until(lambda: any(state(pid) == "T" for pid in below)):
            raise Amiss("the program does not stop")

    def do_held(self):
        """The init holds its signals, or waits for them, which shows as none held."""
        if not self.until(lambda: blocked(self.pid) >> 14 & 1 or state(self.pid) == "S"):
            raise Amiss("TERM is never held")

    # -- the whole

    def live(self):
        began = time.monotonic()
        self.birth()
        self.trace()
        amiss = None
        try:
            for step, *operands in self.plan.steps:
                getattr(self, f"do_{step}")(*operands)
        except Ended:
            amiss = "died early"
        except Amiss as what:
            amiss = str(what)
        facts = self.finish(amiss)
        facts["seconds"] = time.monotonic() - began
        facts["lines"] = [line for line in self.lines() if line != "READY"]
        return facts

    def finish(self, amiss):
        hung = False
        if not amiss:
            try:
                if self.less == "signal" and not self.until(lambda: False, 1):
                    self.again()
                hung = not self.until(lambda: False)
            except Ended:
                pass
        if hung or amiss not in (None, "died early"):
            os.kill(self.pid, signal.SIGKILL)
        self.strace.stderr.close()
        _, status = os.waitpid(self.room, 0)  # and with it all of the room
        code, left = os.waitstatus_to_exitcode(status), 0
        if self.point.room != "pid1":
            code, left = map(int, os.read(self.outcome, 64).split())
        while self.told >= 0:
            self.listen([self.told])
        self.strace.wait()
        os.set_blocking(self.errors, False)
        errors = os.read(self.errors, 65536).decode(errors="replace")
        for fd in self.errors, self.end, self.outcome:
            os.close(fd)
        in_order = self.come() == [str(i + 1) for i in range(self.streamed)]
        return {"amiss": "hangs" if hung else amiss, "code": code, "left": left, "errors": errors, "in_order": in_order}

    def calls(self):
        """All calls of this half as strace writes them, in their order; at which of them the fault has come about, or None."""
        texts, first, newborn, injected = [], None, None, None
        with open(self.log, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = CALL.match(line)
                if not match:
                    continue
                if injected is None and ("(INJECTED)" in line or "(DELAYED)" in line):
                    injected = len(texts)
                pid = match[1]
                first = first or pid
                newborn = newborn or (pid if pid != first else None)
                if self.point.half == "init" or pid == newborn:
                    texts.append(line[match.start(2):].rstrip())
        return texts, injected


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def blocked(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return int(re.search(r"^SigBlk:\t(\w+)", file.read(), re.M)[1], 16)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def lived(point, lacks=(), less=None):
    with tempfile.TemporaryDirectory(prefix="faults.") as folder:
        life = Life(point, folder, (*lacks, *lives.FROM_LEFTOVERS) if less == "left" else lacks, less)
        facts = life.live()
        facts["calls"], facts["injected"] = life.calls()
        # The last of them was perhaps not over yet.
        facts["met"] = point.how == meets(MET) and facts["injected"] is not None and facts["injected"] < life.before_term - 1
        return facts


def undisturbed(init, life, room, half):
    """What it promises, or None where it does not live such a life."""
    point, lacks = Point(init, life, room, half, None, 0, None), ()
    facts = lived(point)
    while init != "foster" and (facts["amiss"] or "").startswith("lost: ") and len(lacks) < 3:
        lacks += (facts["amiss"][6:],)
        facts = lived(point, lacks)
    facts["lacks"] = lacks
    facts["lines"] = [line for line in facts["lines"] if not line.startswith(f"{STREAMED} ")]  # they are another number each time
    plan = lives.LIVES[life]
    whole = not facts["amiss"] and facts["code"] == plan.code.get(init, plan.code["foster"]) and not facts["left"] and facts["in_order"]
    if init == "foster" and not (whole and set(plan.lines) <= set(facts["lines"])):
        raise SystemExit(f"undisturbed, foster's life '{life}' in room {room} is not what it promises: "
            f"{ {name: fact for name, fact in facts.items() if name != 'calls'} }")
    return facts if whole else None


def refused(facts):
    return "started" not in facts["lines"] and facts["code"] in (1, 2, 125, 126, 127) and facts["errors"].strip()


def verdict(point, less, facts, promise):
    """Why this is not what is promised; None where it is."""
    if refused(facts) or (facts["amiss"] is None and facts["code"] in (126, 127) and refused(promise)):
        return None
    if point.how.startswith("signal=") and "started" not in facts["lines"] and facts["code"] == 128 + int(re.search(r"\d+", point.how)[0]):
        return None  # it came before the program could hold it
    if facts["amiss"]:
        return f"{facts['amiss']} (code {facts['code']})"
    if facts["code"] != promise["code"]:
        return f"code {facts['code']}, not {promise['code']}"
    come = facts["lines"] if less != "payload" else [*facts["lines"], *(f"{line.split()[0]} 4711" for line in facts["lines"])]
    due = [*promise["lines"], *([f"{MET} 0"] if facts["met"] and lives.LIVES[point.life].lines else [])]
    lost = [line for line in due if line not in come and not (less == "left" and line in lives.FROM_LEFTOVERS)]
    if lost:
        return f"lost: {', '.join(lost)}"
    if not facts["in_order"] and less not in ("payload", "signal"):
        return "streamed signals in another order"
    if facts["left"] and less != "left":
        return f"{facts['left']} left behind"
    # What sweeps for somebody whom it cannot see does so for some seconds, and yet sleeps between.
    most = 3 * len(promise["calls"]) + 200 + 1000 * facts["seconds"]
    spent = [text for text in facts["calls"] if not text.startswith("close(")]  # what close_range refuses is closed one by one
    if point.half == "init" and lives.LIVES[point.life].fails and len(spent) > most:
        return f"spins: {len(spent)} calls"
    return None


def name_of(text):
    return text.partition("(")[0]


def points_of(init, life, room, half, promise):
    """Each with the text of its call."""
    plan, texts = lives.LIVES[life], promise["calls"]
    start = max([i + 1 for i, text in enumerate(texts[:FIRST]) if name_of(text) in LIBC], default=0) if half == "init" else 0
    seen = collections.Counter()
    hows = *(ERRNOS if plan.fails else ()), *DELAYS, *(map(meets, plan.meets) if half == "init" else [])
    for i, text in enumerate(texts):
        name = name_of(text)
        seen[name] += 1
        if i >= start:
            for how in hows:
                yield Point(init, life, room, half, name, seen[name], how), text
    for name in dict.fromkeys(map(name_of, texts[start:])):
        for how in DENIED if plan.fails and half == "init" else ():
            yield Point(init, life, room, half, name, EVER, how), name


def less_of(point, text, rows):
    """What does not count at this point: all, if it is left out; None: all counts."""
    facts = f"{point.how}+" if point.nth == EVER else point.how, point.life, point.init
    for call, *patterns, less in rows:
        if any(fnmatch.fnmatch(of, call) for of in (point.call, text)) and all(map(fnmatch.fnmatch, facts, patterns)):
            return less
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--init", action="append", help="foster, or one of the others; repeatable; all")
    parser.add_argument("--life", action="append", choices=lives.LIVES, help="repeatable; all")
    parser.add_argument("--room", action="append", choices=("pid1", "subreaper"))
    parser.add_argument("--call", help="this one alone")
    parser.add_argument("--how", help="an errno, or what strace calls a delay; this one alone")
    parser.add_argument("--always", action="store_true", help="only what fails each time")
    parser.add_argument("--once", action="store_true", help="only what happens once")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one point of N")
    parser.add_argument("--verbose", action="store_true", help="name what the others did not survive, too")
    parser.add_argument("--jobs", type=int, default=2 * os.cpu_count())
    asked = parser.parse_args()

    os.nice(5)
    rows = left_out()
    promises, points, less, out = {}, [], {}, 0
    with concurrent.futures.ProcessPoolExecutor(asked.jobs) as pool:
        keys = [(init, life, room, half) for init in asked.init or lives.INITS for life in asked.life or lives.LIVES
            for room in asked.room or ("pid1", "subreaper") for half in ("init", "newborn") if lives.offered(init, life, room)]
        for key, promise in zip(keys, pool.map(undisturbed, *zip(*keys))):
            if not promise:
                continue
            promises[key] = promise
            for point, text in points_of(*key, promise):
                less[point] = less_of(point, text, rows)
                if less[point] == "all":
                    out += 1
                elif asked.call in (None, point.call) and asked.how in (None, point.how) and not (asked.always and point.nth != EVER or asked.once and point.nth == EVER):
                    points.append(point)
        points = points[::asked.every]
        results = pool.map(lived, points, [promises[point[:4]]["lacks"] for point in points], [less[point] for point in points], chunksize=4)
        if asked.every > 1:
            print(f"one point of {asked.every}")
        return tell(points, results, promises, less, out, "all" if asked.verbose else "foster")


def once_more(point, promise, less):
    """Of a condition that did not come about in time: that of a loaded machine, or ours? Alone it must, each time."""
    for _ in range(REPEATS):
        facts = lived(point, promise["lacks"], less)
        why = verdict(point, less, facts, promise)
        if why:
            return why
    return None


def tell(points, results, promises, less, out, told_of):
    table = collections.defaultdict(collections.Counter)
    began, late = time.monotonic(), []
    for point, facts in zip(points, results):
        column = table[point.init]
        if facts["injected"] is None:
            column["not met"] += 1
            continue
        why = verdict(point, less[point], facts, promises[point[:4]])
        column["injected"] += 1
        column["survived"] += not why
        if why and point.init == "foster" and facts["amiss"] not in (None, "died early"):
            late.append((point, why))
        elif why and (told_of == "all" or point.init == "foster"):
            print(f"not survived: {' '.join(map(str, point))}: {why}", flush=True)
    for point, before in late:
        why = once_more(point, promises[point[:4]], less[point])
        table[point.init]["survived"] += not why
        print(f"not survived: {' '.join(map(str, point))}: {why}" if why else
            f"out of time beside others, survived {REPEATS} times alone: {' '.join(map(str, point))}: {before}", flush=True)
    for init, column in table.items():
        lived_in = len({key[1] for key in promises if key[0] == init})
        print(f"{init:10} {column['survived']:6} survived of {column['injected']:6} points injected,"
            f" {lived_in} lives, {column['not met']} points not met again")
    print(f"{out} points left out, less asked of {sum(map(bool, less.values())) - out}, for the reasons in tests/faults/left_out;"
        f" {time.monotonic() - began:.0f} s")
    foster = table["foster"]
    return 0 if foster["survived"] == foster["injected"] and table else 1


if __name__ == "__main__":
    if os.environ.get("FAULTS_ROOM"):
        sys.exit(main())
    # Whatever goes wrong here, no other process of the machine is in reach, and nothing stays.
    os.execvp("unshare", ["unshare", "-pf", "--mount-proc", "--kill-child", "--", "env", "FAULTS_ROOM=1", sys.executable, *sys.argv])
