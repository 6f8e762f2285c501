"""Compares what foster --tree --json prints with /proc: census.py FOSTER ROUNDS. Says how long foster took, and how long ps(1)
did, at the shortest and in ms of a processor, so that what else runs on the machine does not count.

Whoever was there before and after, unchanged, has to be there as he was, once; of the others only those who were there at some time.
"""
import json
import os
import resource
import signal
import subprocess
import sys

KERNEL_THREAD = 0x200000


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def look():
    seen = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                stat = file.read()
            uid = os.stat(f"/proc/{entry}").st_uid
        except OSError:
            continue
        name, rest = stat[stat.index(b"(") + 1:stat.rindex(b")")], stat[stat.rindex(b")") + 2:].split()
        if int(rest[6]) & KERNEL_THREAD:
            continue
        masks = tuple(int(mask) for mask in rest[29:32])
        seen[int(entry)] = (int(rest[1]), rest[0] == b"Z", name, uid, int(rest[19]), masks)
    return seen


def numbers(names):
    return sum(1 << (getattr(signal, "SIG" + name) - 1) for name in names)


def compare(before, printed, after, own):
    pids = [process["pid"] for process in printed]
    assert len(pids) == len(set(pids)), "somebody stands there twice"
    by_pid = {process["pid"]: process for process in printed}
    assert own in by_pid, "foster itself is not there"
    for pid, facts in before.items():
        if after.get(pid) != facts:
            continue
        parent, zombie, name, uid, _, masks = facts
        process = by_pid.get(pid)
        assert process, f"{pid} is not there"
        assert process["ppid"] == parent, process
        assert (process["state"] == "Z") == zombie, process
        assert process["uid"] == uid, process
        assert process["name"].encode() == name, process
        if pid == os.getpid():
            continue  # who starts foster, and blocks signals meanwhile
        assert tuple(numbers(process[mask]) for mask in ("blocked", "ignored", "caught")) == masks, process
    places = {pid: place for place, pid in enumerate(pids)}
    for pid, place in places.items():
        parent = by_pid[pid]["ppid"]
        if before.get(pid, [0])[0] == after.get(pid, [0])[0] == parent and parent in places:
            assert places[parent] < place, f"{pid} stands before its parent"
    return len(set(before) & set(after)), len(set(pids) - set(after))


def run(*command):
    start = spent()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    assert process.returncode == 0 and not err, (process.returncode, err)
    return out, process.pid, (spent() - start) * 1000


def main():
    foster, rounds = sys.argv[1], int(sys.argv[2])
    fosters, others = [], []
    for _ in range(rounds):
        before = look()
        out, pid, ms = run(foster, "--tree", "--json")
        fosters.append(ms)
        stayed, gone = compare(before, json.loads(out), look(), pid)
        print(f"{stayed} stayed, {gone} have gone since")
        others.append(run("ps", "-e", "-o", "pid,ppid,stat,user,etimes,blocked,ignored,caught,args")[2])
    print(f"foster {min(fosters):.0f}\nps {min(others):.0f}")


main()
