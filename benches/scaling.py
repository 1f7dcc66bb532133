"""How time and memory grow with rows, rules and threads: text tables and plots.

    python benches/scaling.py [--out docs/performance] [--quick]

Needs the release build of `guanxi` and of the example `generate-campaign-six`; data are made below benches/data where they are
missing (ten million customers with a hundred million purchases need 7 GB there for both formats). Whole process, reading to
writing: the median of three runs after a warm-up; of the largest size one run after another one. Plots are SVG, and the tables
go to standard output as Markdown.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

from run import make_data

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "benches" / "data"
PROGRAM = ROOT / "target" / "release" / "guanxi"
SIX = ROOT / "benches" / "campaign-six" / "workspace"
TODAY = "2026-11-21"


def measure(command, runs):
    """Medians of wall seconds, CPU seconds and MiB of the process's greatest resident memory."""
    found = []
    for turn in range(runs + 1):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}\n{said.decode()}")
        if turn > 0:
            found.append((wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return [statistics.median(column) for column in zip(*found)]


def data(customers, form):
    folder = DATA / str(customers)
    make_data(folder, form, customers)
    return folder / form


def run(workspace, customers, form, threads=None, runs=3):
    command = [PROGRAM, "run", workspace, "--data", data(customers, form), "--today", TODAY]
    command += ["--format", "csv", "--out", DATA / "scaling.csv"]
    if threads:
        command += ["--threads", str(threads)]
    return measure(command, runs)


def table(title, head, rows):
    print(f"\n{title}\n\n| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def seconds(value):
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 40, 50
COLOURS = ["#0b6e4f", "#c84630", "#33658a", "#9a6324"]


def plot(path, title, across, up, lines):
    """Both axes logarithmic; `lines`: name, points. A dotted line through each first point says what doubling would be."""
    from math import ceil, floor, log10

    xs = [x for _, points in lines for x, _ in points]
    ys = [y for _, points in lines for _, y in points]
    x0, x1 = floor(log10(min(xs))), ceil(log10(max(xs)))
    y0, y1 = floor(log10(min(ys))), ceil(log10(max(ys)))
    y1 = max(y1, y0 + 1)

    def at(x, y):
        return (
            LEFT + (log10(x) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - (log10(y) - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM),
        )

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="#444">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{title}</text>',
    ]
    for power in range(x0, x1 + 1):
        x, y = at(10**power, 10**y0)
        out.append(f'<path d="M{x:.1f} {TOP}V{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y0, y1 + 1):
        x, y = at(10**x0, 10**power)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        name = f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
        out.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{name}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{across}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">{up}</text>')
    for place, (name, points) in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        path_data = "L".join("{:.1f} {:.1f}".format(*at(x, y)) for x, y in points)
        out.append(f'<path d="M{path_data}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in points:
            px, py = at(x, y)
            out.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>')
        px, py = at(*points[-1])
        out.append(f'<text x="{px + 8:.1f}" y="{py + 4:.1f}" fill="{colour}">{name}</text>')
    # What grows in proportion, through the last point of the first line.
    x, y = lines[0][1][-1]
    share = max(10**y0 / y, min(xs) / x)
    start, end = at(x * share, y * share), at(x, y)
    out.append(
        f'<path d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" stroke="#888" stroke-dasharray="2 4" fill="none"/>'
    )
    out.append("</svg>\n")
    path.write_text("\n".join(out), encoding="utf-8")


def by_rows(out, sizes):
    rows, walls, memories = [], {}, {}
    for form in ["csv", "parquet"]:
        for customers in sizes:
            wall, cpu, memory = run(SIX, customers, form, runs=1 if customers >= 10**7 else 3)
            walls.setdefault(form, []).append((customers, wall))
            memories.setdefault(form, []).append((customers, memory))
            each = wall / customers / 11 * 1e9
            per_million = memory / (customers * 11 / 1e6)
            name = {"csv": "CSV", "parquet": "Parquet"}[form]
            rows.append([name, f"{customers:,}", f"{customers * 10:,}", seconds(wall), seconds(cpu), f"{each:.0f} ns", f"{memory:,.0f} MiB", f"{per_million:.0f} MiB"])
            print(rows[-1], file=sys.stderr)
    table("By rows: campaign-six", ["from", "customers", "purchases", "wall", "CPU", "wall a row", "peak memory", "of it a million rows"], rows)
    plot(out / "rows.svg", "campaign-six: wall seconds by customers", "customers (with ten purchases each)", "seconds", [("CSV", walls["csv"]), ("Parquet", walls["parquet"])])
    plot(out / "memory.svg", "campaign-six: peak memory by customers", "customers (with ten purchases each)", "MiB", [("CSV", memories["csv"]), ("Parquet", memories["parquet"])])


def hundred(rules):
    """A workspace with so many rules."""
    folder = DATA / f"rules-{rules}"
    folder.mkdir(parents=True, exist_ok=True)
    make = ROOT / "benches" / "campaign-hundred" / "generate.py"
    subprocess.run([sys.executable, make, "--rules", str(rules), "--out", folder], check=True)
    return folder


def by_rules(out, customers):
    rows, points = [], []
    for rules in [1, 10, 100, 1000]:
        wall, cpu, memory = run(hundred(rules), customers, "parquet")
        points.append((rules, cpu))
        rows.append([f"{rules:,}", seconds(wall), seconds(cpu), f"{memory:,.0f} MiB"])
        print(rows[-1], file=sys.stderr)
    table(f"By rules: campaign-hundred's, {customers:,} customers from Parquet", ["rules", "wall", "CPU", "peak memory"], rows)
    plot(out / "rules.svg", f"CPU seconds by rules, {customers:,} customers", "rules", "seconds", [("CPU", points)])


def by_threads(customers):
    rows = []
    for form in ["csv", "parquet"]:
        for threads in [1, 2]:
            wall, cpu, memory = run(SIX, customers, form, threads)
            rows.append([{"csv": "CSV", "parquet": "Parquet"}[form], str(threads), seconds(wall), seconds(cpu), f"{memory:,.0f} MiB"])
            print(rows[-1], file=sys.stderr)
    table(f"By threads: campaign-six, {customers:,} customers", ["from", "threads", "wall", "CPU", "peak memory"], rows)


def main():
    global PROGRAM
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "performance")
    options.add_argument("--quick", action="store_true", help="a tenth of the rows")
    options.add_argument("--only", choices=["rows", "rules", "threads"])
    options.add_argument("--guanxi", type=pathlib.Path, default=PROGRAM, help="another build")
    asked = options.parse_args()
    PROGRAM = asked.guanxi
    asked.out.mkdir(parents=True, exist_ok=True)
    most = 6 if asked.quick else 7
    middle = 10 ** (most - 1)
    if asked.only in (None, "rows"):
        by_rows(asked.out, [10**power for power in range(4, most + 1)])
    if asked.only in (None, "threads"):
        by_threads(middle)
    if asked.only in (None, "rules"):
        by_rules(asked.out, middle)


main()
