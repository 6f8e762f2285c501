#!/usr/bin/env python3
"""Which branches of src all tests together take, in both rooms, and a sample of the faults. Those that none takes are listed beside, with the reason.

The list is exact: a branch that is not taken and not listed fails, and so does one that is listed and taken, unless it is listed as `sometimes`.
What one run did not take, a second may: a branch that both missed is missing. The quick form finds what is listed and taken, or gone.
A branch is a condition and how it came out. clang counts one way and knows the other by subtraction, so a process that was killed in between, or left
from within a call, counts as the other way there.

    run.py             runs the tests, twice where it has to, and compares
    run.py --quick     runs some of them once, and looks for what is listed and taken, or gone
    run.py --compare   compares what was counted last
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
HOUSE = HERE.parent.parent
BUILT = HOUSE / "build" / "coverage"
FOSTER = BUILT / "foster"
SAMPLE = 61 # of the faults one in so many
QUICK = ("birth.bats", "exec_failures.bats", "options.bats", "reap_kernel.bats", "report.bats", "tree.bats")


def rows(name):
    """Lines that begin with a blank, each with the line before them that does not: its reason."""
    reason = None
    for line in (HERE / name).read_text().splitlines():
        if line[:1] == "\t":
            yield line.strip(), reason
        elif line and not line.startswith("#"):
            reason = line


def count_room(room, files, quick):
    """Runs the tests of one room, and a sample of the faults."""
    env = dict(os.environ, ROOM=room, FOSTER_BIN=str(FOSTER))
    with open(BUILT / f"{room}.tap", "w") as tap:
        subprocess.run(["bats", "--formatter", "tap", *files], cwd=HOUSE, env=env, stdout=tap, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if quick:
        return
    with open(BUILT / f"{room}.faults", "w") as told:
        subprocess.run(["tests/faults/run.py", "--init", "foster", "--room", room, "--every", str(SAMPLE)], cwd=HOUSE, env=env, stdout=told,
                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def forget():
    for old in BUILT.glob("*.profraw"):
        old.unlink()


def count(quick):
    """Adds to what was counted before."""
    left_out = dict(rows("left_out"))
    subprocess.run([FOSTER, "--version"], check=True, stdout=subprocess.DEVNULL)
    for counts in BUILT.glob("*.profraw"):
        counts.chmod(0o666) # foster has many users
    files = [str(f.relative_to(HOUSE)) for f in sorted(HOUSE.glob("tests/*.bats")) if f.name not in left_out and (not quick or f.name in QUICK)]
    rooms = [threading.Thread(target=count_room, args=(room, files, quick)) for room in ("pid1", "subreaper")]
    for room in rooms:
        room.start()
    for room in rooms:
        room.join()
    for tap in sorted(BUILT.glob("*.tap")):
        for line in tap.read_text().splitlines():
            name = re.sub(r"^not ok \d+ ", "", line)
            if line.startswith("not ok ") and name not in left_out:
                print(f"failed while it was counted, in {tap.stem}: {name}")


def condition(lines, at):
    """The words of a condition: from line and column to line and column."""
    first, column, last, end = at
    text = lines[first - 1:last]
    text[-1] = text[-1][:end - 1]
    text[0] = text[0][column - 1:]
    return " ".join(" ".join(text).split())


def branches():
    """Each branch as it is listed, and whether it was taken."""
    data = BUILT / "foster.profdata"
    subprocess.run(["llvm-profdata", "merge", *map(str, BUILT.glob("*.profraw")), "-o", str(data)], check=True)
    exported = subprocess.run(["llvm-cov", "export", str(FOSTER), "-instr-profile", str(data)], check=True, capture_output=True, text=True).stdout
    places = {}
    for function in json.loads(exported)["data"][0]["functions"]:
        name = function["name"].split(":")[-1]
        for *at, true, false, file, _, _ in function["branches"]:
            path = pathlib.Path(function["filenames"][file])
            if path.parent.name == "src":
                counts = places.setdefault((path.name, tuple(at)), [name, 0, 0])
                counts[1] += true
                counts[2] += false
    taken, met, texts = {}, {}, {}
    for (file, at), (name, true, false) in sorted(places.items()):
        lines = texts.setdefault(file, (HOUSE / "src" / file).read_text().splitlines())
        key = f"{file} {name}: {condition(lines, at)}"
        met[key] = met.get(key, 0) + 1
        if met[key] > 1:
            key += f" #{met[key]}"
        taken[key + ": true"] = true > 0
        taken[key + ": false"] = false > 0
    return taken


def compare(but_missing=False):
    """The branches that are missing, and those that are listed in vain; told of, the first unless they do not count."""
    taken = branches()
    known = dict(rows("uncovered"))
    sometimes = {key.removeprefix("sometimes "): why for key, why in known.items() if key.startswith("sometimes ")}
    always = {key: why for key, why in known.items() if not key.startswith("sometimes ")}
    missing = [key for key, was in taken.items() if not was and key not in always and key not in sometimes and not but_missing]
    stale = [key for key in (*always, *sometimes) if key not in taken] + [key for key in always if taken.get(key)]
    for title, those in (("not taken, and not in tests/coverage/uncovered", missing), ("in tests/coverage/uncovered, but taken or gone", stale)):
        if those:
            print(title + ":", *("\t" + key for key in those), sep="\n", flush=True)
    print(f"branches covered {sum(taken.values())} of {len(taken)}, listed {len(known)}", flush=True)
    return missing, stale


def main():
    quick = "--quick" in sys.argv
    if "--compare" in sys.argv:
        return any(compare())
    forget()
    count(quick)
    missing, stale = compare(quick)
    if missing and not stale:
        count(quick)
        missing, stale = compare()
    return bool(missing or stale)


if __name__ == "__main__":
    sys.exit(main())
