"""Runs a benchmark with all who take part, in turn, and prints what each took: python benches/run.py six|hundred

What is missing is made: the data, and the programs in Rust. Each contender runs once to warm up and then
--runs times, whole process, from start to exit. After every run its action list must be that of Guanxi.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

BENCHES = Path(__file__).resolve().parent
ROOT = BENCHES.parent
TODAY = "2026-11-21"
# In the order of the table.
CONTENDERS = {
    "six": ("guanxi", "duckdb", "datafusion", "polars", "by-hand-index", "by-hand-hash"),
    "hundred": (
        "guanxi",
        *(f"{engine}-{form}" for form in ("shared", "statements") for engine in ("duckdb", "datafusion", "polars")),
    ),
}
MEASURES = {"wall": ("wall, s", 2), "cpu": ("CPU, s", 2), "memory": ("memory, MiB", 0)}


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("benchmark", choices=CONTENDERS)
    parser.add_argument("--contenders", help="some of them, with commas: " + ", ".join(CONTENDERS["six"] + CONTENDERS["hundred"][1:]))
    parser.add_argument("--runs", type=int, default=5, help="of each contender, after the warm-up (default 5)")
    parser.add_argument("--from", dest="source", choices=("csv", "parquet", "both"), default="both")
    parser.add_argument("--customers", type=int, default=1_000_000, help="ten purchases each on the average (default 1000000)")
    parser.add_argument("--rules", type=int, default=100, help="of `hundred` (default 100)")
    parser.add_argument("--threads", type=int, help="for each contender (default: as many as there are cores)")
    parser.add_argument("--data", type=Path, help="a folder with `csv` and `parquet` (default: benches/data/CUSTOMERS, made if missing)")
    parser.add_argument("--guanxi", type=Path, help="the program to measure (default: built from this repository)")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    chosen = parser.parse_args()
    known = CONTENDERS[chosen.benchmark]
    chosen.contenders = chosen.contenders.split(",") if chosen.contenders else list(known)
    for name in chosen.contenders:
        if name not in known:
            parser.error(f"`{chosen.benchmark}` has no contender `{name}`; there are {', '.join(known)}")
    chosen.data = chosen.data or BENCHES / "data" / str(chosen.customers)
    return chosen


def say(text):
    print(text, file=sys.stderr, flush=True)


def build(*arguments):
    """Builds a program in Rust; where it lies, or None."""
    made = subprocess.run(
        ["cargo", "build", "--release", "--quiet", "--message-format=json", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if made.returncode != 0:
        return None
    lines = (json.loads(line) for line in made.stdout.splitlines())
    return [line["executable"] for line in lines if line.get("executable")][-1]


def make_data(folder, kind, customers):
    """A file half written is never taken for the data."""
    if (folder / kind).is_dir():
        return
    say(f"making {folder / kind}")
    generator = build("--example", "generate-campaign-six") or sys.exit("the generator could not be built")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        out = Path(unfinished) / kind
        subprocess.run([generator, "--out", out, "--format", kind, "--customers", str(customers)], check=True)
        out.rename(folder / kind)


class Programs:
    """How each contender is called."""

    def __init__(self, chosen):
        self.chosen = chosen
        self.threads = [] if chosen.threads is None else [str(chosen.threads)]
        ours = chosen.guanxi or build("--bin", "guanxi") or sys.exit("guanxi could not be built")
        self.built = {"guanxi": ours}
        if any(name.startswith("by-hand") for name in chosen.contenders):
            self.built["by-hand"] = build("--manifest-path", "benches/by-hand/Cargo.toml")
        self.workspace = BENCHES / f"campaign-{chosen.benchmark}" / "workspace"
        if chosen.benchmark == "hundred" and chosen.rules != 100:
            self.workspace = chosen.data / f"rules-{chosen.rules}"
            made = [BENCHES / "campaign-hundred" / "generate.py", "--rules", chosen.rules, "--out", self.workspace]
            subprocess.run([sys.executable, *map(str, made)], check=True)

    def missing(self, name):
        """Why a contender cannot run, or None."""
        if name == "guanxi":
            return None
        if name.startswith("by-hand"):
            return None if self.built["by-hand"] else "it could not be built"
        module = name.split("-")[0]
        wanted = [module, "pyarrow"] if module == "datafusion" else [module]
        lacking = [m for m in wanted if importlib.util.find_spec(m) is None]
        return f"there is no module `{lacking[0]}` (pip install {lacking[0]})" if lacking else None

    def command(self, name, kind, out):
        data = self.chosen.data / kind
        engine, _, form = name.partition("-")
        if name == "guanxi":
            command = [self.built["guanxi"], "run", self.workspace, "--data", data, "--today", TODAY]
            command += ["--format", "csv", "--out", out] + (["--threads", *self.threads] if self.threads else [])
        elif engine == "by":
            command = [self.built["by-hand"], data, kind, out, "--keys", name.removeprefix("by-hand-")]
            command += ["--threads", *self.threads] if self.threads else []
        elif self.chosen.benchmark == "six":
            command = [sys.executable, BENCHES / "campaign-six" / f"{engine}_six.py", data, kind, out, *self.threads]
        else:
            script = BENCHES / "campaign-hundred" / f"{engine}_hundred.py"
            command = [sys.executable, script, data, kind, out, form, self.chosen.rules, *self.threads]
        return [str(part) for part in command]


def run(command, threads):
    """What a whole process takes: seconds, seconds of all its threads, MiB. None if it fails."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    # Polars has no other way to say it.
    environment |= {"POLARS_MAX_THREADS": str(threads)} if threads else {}
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            say("".join(said.readlines()[-5:])[-1_000:])
            return None
    # Linux counts KiB.
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}


def checked(ours, theirs):
    """In a process of its own: what this one holds would count as memory of its children."""
    compared = subprocess.run([sys.executable, BENCHES / "compare.py", ours, theirs], capture_output=True, text=True)
    if compared.returncode != 0:
        say(compared.stdout + compared.stderr)
    return compared.returncode == 0


def measure(programs, names, kind, folder):
    """The runs of each contender, in turn, so that what slows the machine slows all of them."""
    chosen = programs.chosen
    ours = folder / "ours.csv"
    if run(programs.command("guanxi", kind, ours), chosen.threads) is None:
        sys.exit("guanxi failed")
    runs = {name: [] for name in names}
    for turn in range(chosen.runs + 1):
        for name in list(runs):
            out = folder / f"{name}.csv"
            out.unlink(missing_ok=True)
            took = run(programs.command(name, kind, out), chosen.threads)
            if took is None or not checked(ours, out):
                say(f"{name} left out: " + ("it failed" if took is None else "another action list"))
                del runs[name]
                programs.failed = True
                continue
            say(f"{kind} {'warm-up' if turn == 0 else turn}: {name} {took['wall']:.2f} s")
            if turn > 0:
                runs[name].append(took)
    return runs


def figures(runs):
    """Medians, and medians of the turns' ratios ours / theirs."""
    ours = runs.get("guanxi")
    told = {}
    for name, took in runs.items():
        told[name] = {"median": {m: median(r[m] for r in took) for m in MEASURES}, "runs": took}
        if ours:
            told[name]["ours / theirs"] = {m: median(o[m] / t[m] for o, t in zip(ours, took)) for m in MEASURES}
    return told


def table(told):
    heads = [title for title, _ in MEASURES.values()]
    ratios = [f"ours / theirs, {m}" for m in MEASURES]
    lines = ["| | " + " | ".join(heads + ratios) + " |", "|---" * (1 + 2 * len(MEASURES)) + "|"]
    for name, figures in told.items():
        cells = [f"{figures['median'][m]:.{digits}f}" for m, (_, digits) in MEASURES.items()]
        of = figures.get("ours / theirs")
        cells += [f"{of[m]:.2f}" if of and name != "guanxi" else "" for m in MEASURES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine(programs):
    def first(path, key):
        lines = Path(path).read_text().splitlines() if Path(path).exists() else []
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "unknown")

    memory = first("/proc/meminfo", "MemTotal").split()[0]
    return {
        "processor": first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": f"{int(memory) / 2**20:.0f} GiB" if memory.isdigit() else memory,
        "kernel": f"{platform.system()} {platform.release()}",
        "guanxi": subprocess.run([programs.built["guanxi"], "--version"], capture_output=True, text=True).stdout.strip(),
        "rustc": subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip(),
        "python": platform.python_version(),
    } | {m: importlib.metadata.version(m) for m in ("duckdb", "datafusion", "polars") if importlib.util.find_spec(m)}


def main():
    chosen = options()
    programs = Programs(chosen)
    programs.failed = False
    names = []
    for name in chosen.contenders:
        why = programs.missing(name)
        if why:
            say(f"{name} left out: {why}")
        else:
            names.append(name)
    about = machine(programs)
    report = {"benchmark": chosen.benchmark, "customers": chosen.customers, "threads": chosen.threads, "machine": about}
    if chosen.benchmark == "hundred":
        report["rules"] = chosen.rules
    print("\n".join(f"{key}: {value}" for key, value in about.items()), flush=True)
    for kind in ("csv", "parquet") if chosen.source == "both" else (chosen.source,):
        make_data(chosen.data, kind, chosen.customers)
        folder = Path(tempfile.mkdtemp(prefix="guanxi-bench-"))
        try:
            report[kind] = figures(measure(programs, names, kind, folder))
        finally:
            shutil.rmtree(folder)
        print(f"\nFrom {kind}, medians of {chosen.runs} runs:\n\n{table(report[kind])}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=2) + "\n")
    sys.exit(1 if programs.failed else 0)


if __name__ == "__main__":
    main()
