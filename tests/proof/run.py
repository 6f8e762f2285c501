#!/usr/bin/env python3
"""What Frama-C's EVA shows of the pure parts for all inputs at once: no run-time error, but for the alarms that the list beside gives a reason for.

Each proof_ function in a file beside is an entry: it makes the inputs arbitrary within bounds, and calls what is to be proved in the files of src that
its file names. The list is exact: an alarm that is not listed fails, and so does one that is listed and gone.
"""
import concurrent.futures
import csv
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
HOUSE = HERE.parent.parent
MUSL = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
CPP = ["gcc", "-E", "-C", "-nostdinc", "-isystem", f"/usr/include/{MUSL.replace('-gnu', '-musl')}", "-isystem", f"/usr/include/{MUSL}", "-isystem", "/usr/include",
       "-D_GNU_SOURCE", "'-D_Alignas(x)='", "'-D__asm__(x)='", "'-DVERSION=\"1\"'", "'-DHASH=\"x\"'", "-Isrc", "-Itests/proof"]
EVA = ["frama-c", "-c11", "-machdep", "gcc_x86_64", "-no-frama-c-stdlib", "-cpp-command", " ".join(CPP), "-no-cpp-frama-c-compliant", "-pp-annot", "-no-warn-pointer-downcast",
       "-kernel-warn-key", "*=inactive", "-eva", "-eva-split-return", "full", "-eva-warn-key", "*=inactive", "-eva-msg-key=-final-states,-initial-state"]


def entries(driver):
    text = driver.read_text()
    files = re.search(r"With ([a-z_0-9. ]+) \*/", text)
    precision = re.search(r"Precision (\d+)", text)
    for level, name in re.findall(r"^(?:/\*[^/]*?Level (\d+)\. \*/\n)?void (proof_\w+)\(void\)", text, re.M):
        yield driver, files.group(1).split() if files else [], name, ["-eva-precision", precision.group(1) if precision else "11", "-eva-slevel", level or "200"]


def analyse(entry):
    """Alarms as (file, function, kind, property), and how many statements of each function were reached, of how many."""
    driver, files, name, level = entry
    began = time.monotonic()
    table = HOUSE / "build" / "proof" / f"{driver.stem}.{name}.csv"
    run = subprocess.run(EVA + [*level, "-main", name, str(driver.relative_to(HOUSE)), "tests/proof/libc.c", *(f"src/{f}" for f in files),
                                "-then", "-report-csv", str(table), "-metrics", "-metrics-eva-cover"],
                         cwd=HOUSE, capture_output=True, text=True, timeout=900)
    table.with_suffix(".log").write_text(run.stdout + run.stderr)
    if run.returncode or "[metrics] Statements analyzed by Eva" not in run.stdout:
        raise SystemExit(f"{driver.name} {name}: {run.stdout[-1500:]}")
    alarms = set()
    with open(table, newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["status"] in ("Unknown", "Invalid") and row["property kind"] not in ("assigns clause", "from clause"):
                alarms.add(tuple(re.sub(r"_\d+\b", "", " ".join(row[of].split())) for of in ("file", "function", "property kind", "property")))
    reached = {re.sub(r"_\d+$", "", m[1]): (int(m[2]), int(m[3])) for m in re.finditer(r"^  (\w+): (\d+) stmts out of (\d+)", run.stdout, re.M)}
    return alarms, reached, time.monotonic() - began


def listed():
    """The list: lines that begin with a blank are alarms, the line before them is why they are none."""
    known = {}
    reason = None
    for line in (HERE / "alarms").read_text().splitlines():
        if line[:1] == "\t":
            known[tuple(line.strip().split(": ", 3))] = reason
        elif line and not line.startswith("#"):
            reason = line
    return known


def main():
    wanted = sys.argv[1:]
    (HOUSE / "build" / "proof").mkdir(parents=True, exist_ok=True)
    todo = [e for driver in sorted(HERE.glob("*.c")) for e in entries(driver) if not wanted or driver.stem in wanted or e[2] in wanted]
    alarms, reached = set(), {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for entry, (found, of, took) in zip(todo, pool.map(analyse, todo)):
            alarms |= found
            if wanted:
                print(f"{entry[0].stem} {entry[2]}: {took:.0f} s", *("\t" + ": ".join(a) for a in sorted(found)), sep="\n", flush=True)
            for name, (n, most) in of.items():
                reached[name] = max(reached.get(name, (0, most)), (n, most))
    ours = set(re.findall(r"^(?:\w[\w *]*[ *])(\w+)\([^;]*$", "\n".join(f.read_text() for f in HOUSE.glob("src/*.[ch]")), re.M))
    reached = {name: of for name, of in reached.items() if name in ours}
    known = listed()
    new, gone = alarms - known.keys(), known.keys() - alarms if not wanted else set()
    for title, those in (("not in tests/proof/alarms", new), ("in tests/proof/alarms, and no more", gone)):
        if those:
            print(f"{title}:", *("\t" + ": ".join(a) for a in sorted(those)), sep="\n")
    print(f"{len(reached)} functions analysed, {sum(n for n, _ in reached.values())} of their {sum(n for _, n in reached.values())} statements reached, "
          f"{len(alarms)} alarms, {len(alarms) - len(new)} justified")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
