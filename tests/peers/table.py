"""The table of cases, and the list of allowed differences.

A case is a block in cases/PEER: a line `== its name`, then lines `key: value`. A key may end in @pid1 or @sub: for that room alone.

  args        the init's arguments, split as a shell splits them; WITNESS is the program of that name beside this file, and
              SIGNALS N, SENDERS N, PLAIN are build/witness: `signals until N` (SENDERS: shown with sender and payload), `plain`
  script      instead of args: what sh is to run in the room; $PEER is the init, WITNESS as above, BUILT is build/witness
  argv0       what the init is called (BIN is the folder of its link); the peer's name if not said
  env         variables besides PATH, HOME and LC_ALL; the word INIT in a value is the init's pid
  room        pid1 sub (both if not said)
  over        FIRST..LAST: once for each number, %N in the other lines, and %M for the next of 256
  tty         leader: the init leads a session that a terminal controls     input: the same, but only 0 is the terminal
              elsewhere: the same, but none of 0, 1, 2 is the terminal     plain: 0, 1, 2 are a terminal that controls nothing
              job: the init is a shell's foreground job                    background: a shell's background job
  stdin       null (if not said) or pipe       closed: descriptors that the init starts without
  full        yes: standard error is a pipe that is full and never read
  mask        signals that are blocked, ignored: that are ignored, when the init starts
  session     inherited: not made anew         drop: a capability's number that nobody below has any more
  needs       root
  patience    seconds after which a wait, or the init, is given up (then its exit is "hung")

  do          while it runs, in this order:
                settle           until the init and all below it sleep, and no signal waits for the init
                await TEXT       until the witness said a line that begins so; then settle
                holding          until the init holds its signals (where there is no child to wait for)
                send S...        signals to the init, one after the other (each settles);   burst S...: at once
                queue S VALUE    a signal with a value                 tell S: a signal to the child
                type TEXT        on the terminal (^C, ^J)              hangup: the terminal's other end goes
                write TEXT, eof  on standard input                     note TEXT: a line for the report
                see init|child WORD...     parent group session tty foreground cwd fds std state alive SigIgn SigCgt cmdline
                see out ended               see tree

  like        FIELD /EXPRESSION/: of this field only such named properties are compared, and whether it is empty
  hide        FIELD /EXPRESSION/: lines that are left out               sort: fields whose order does not count
  peer        what the peer must do for the case to mean anything, foster: what foster does where it differs:
                exit CODE, hung, out|err|saw /EXPRESSION/, no FIELD, no FIELD /EXPRESSION/
  differs     ID FIELD...: these fields (exit out err saw) differ, for the reason that `differences` gives for ID
"""
import os
import shlex
import signal
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
WITNESS = os.path.join(HERE, "witness")
BUILT = os.path.realpath(os.path.join(HERE, "../../build/witness"))
PROGRAMS = {"WITNESS": [WITNESS], "SIGNALS": [BUILT, "signals", "until"], "SENDERS": [BUILT, "signals", "until"], "PLAIN": [BUILT, "plain"]}
PEERS = ("tini", "dumb-init", "catatonit", "init.lxc")
FIELDS = ("exit", "out", "err", "saw")
ROOMS = ("pid1", "sub")


def signal_number(name):
    if name.isdigit():
        return int(name)
    return int(signal.Signals["SIG" + name])


def expression(text):
    return text.strip().removeprefix("/").removesuffix("/")


class Case:
    """One block of a table, for one number of its `over:` range. Read-only once it is made."""

    def __init__(self, peer, name, lines, where, number=None):
        self.peer, self.name, self.where = peer, name, where
        self.rooms, self.over, self.needs = list(ROOMS), None, None
        self.argv0, self.args, self.script, self.env, self.senders = peer, [], None, {}, False
        self.tty, self.stdin, self.closed, self.full = None, "null", [], False
        self.mask, self.ignored, self.session, self.drop = [], [], True, None
        self.do, self.patience = [], 15.0
        self.like, self.hide, self.sort = {}, [], []
        self.claims, self.differs = [], []
        for line in lines:
            key, _, text = line.partition(":")
            if key != "over" and number is not None:
                text = text.replace("%N", str(number)).replace("%M", str((number + 1) % 256))
            key, _, room = key.strip().partition("@")
            if room and room not in ROOMS:
                sys.exit(f"{where}: no such room: {room}")
            self.set(key, room, text.strip())

    def set(self, key, room, text):
        field, _, rest = text.partition(" ")
        if key in ("argv0", "tty", "stdin", "needs"):
            setattr(self, key, text)
        elif key in ("mask", "ignored"):
            setattr(self, key, [signal_number(word) for word in text.split()])
        elif key == "room":
            self.rooms = text.split()
        elif key == "over":
            first, last = text.split("..")
            self.over = range(int(first), int(last) + 1)
        elif key == "args":
            self.senders = "SENDERS" in text
            self.args = [word for given in shlex.split(text) for word in PROGRAMS.get(given, [given])]
        elif key == "script":
            self.script = text.replace("WITNESS", WITNESS).replace("BUILT", BUILT)
        elif key == "env":
            self.env.update(word.split("=", 1) for word in shlex.split(text))
        elif key == "closed":
            self.closed = [int(word) for word in text.split()]
        elif key == "full":
            self.full = True
        elif key == "session":
            self.session = False
        elif key == "drop":
            self.drop = int(text)
        elif key == "patience":
            self.patience = float(text)
        elif key == "do":
            self.do.append(text.split())
        elif key == "like":
            self.like.setdefault(field, []).append(expression(rest))
        elif key == "hide":
            self.hide.append((field, expression(rest)))
        elif key == "sort":
            self.sort = text.split()
        elif key in ("peer", "foster"):
            self.claims.append((key, room, text))
        elif key == "differs" and rest and set(rest.split()) <= set(FIELDS):
            self.differs.append((room, field, rest.split()))
        else:
            sys.exit(f"{self.where}: no such key, or not its value: {key}: {text}")

    def allowed(self, room):
        """Which fields may, and then must, differ in this room: {field: ID}."""
        return {field: word for where, word, fields in self.differs if where in ("", room) for field in fields}


def read_cases(peer):
    """The cases of one peer, as a list of lists: one list for each block, with one case, or one for each number of `over:`."""
    path, blocks = os.path.join(HERE, "cases", peer), []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("== "):
                if line[3:] in (name for name, _, _ in blocks):
                    sys.exit(f"{path}:{number}: the second case of this name")
                blocks.append((line[3:], [], f"cases/{peer}:{number}"))
            elif line.strip() and not line.startswith("#"):
                blocks[-1][1].append(line.strip())
    cases = []
    for name, lines, where in blocks:
        case = Case(peer, name, lines, where)
        if not case.like and not any(side == "peer" for side, _, _ in case.claims):
            sys.exit(f"{where}: a case that claims nothing of the peer")
        cases.append([case] if case.over is None else
                     [Case(peer, f"{name} ({number})", lines, where, number) for number in case.over])
    return cases


def read_differences():
    """{ID: reason}"""
    listed = {}
    with open(os.path.join(HERE, "differences"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                word, colon, reason = line.partition(":")
                if not colon or not reason.strip() or word in listed:
                    sys.exit(f"differences: not one `ID: reason` for each ID: {line}")
                listed[word] = reason.strip()
    return listed
