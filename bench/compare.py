#!/usr/bin/env python3
"""Ours, the bare loop and the peers, interleaved: every round goes once through all rows, so that what the machine does
meanwhile happens to all of them. ./dev bench compare builds and runs this.

Writes every single value to docs/benchmarks/data.json; bench/report.py makes the page and the plot of it. A run that was cut off
goes on where it stopped (--fresh begins again); --seconds N stops after about N seconds.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
DATA = ROOT / "docs/benchmarks/data.json"


class Row:
    def __init__(self, work, who, command, figures=None, first_round_only=False):
        self.work, self.who, self.command = work, who, command
        self.figures = figures or [work]
        self.first_round_only = first_round_only


def ours(spark, work, durability, figures=None, **more):
    command = [spark, "bench", "--json", "--work", work, "--durability", durability, "--store", "sqlite:{file}"]
    return Row(work, f"spark, {durability}", command, figures, **more)


def rows(build, peers, lab):
    spark, raw, stalk = (str(build / "bin" / name) for name in ("spark", "raw_sqlite", "beanstalkd_peer"))
    node = ["node", str(peers / "plainjob.mjs")]
    bun = [str(peers / "node_modules/.bin/bun"), str(peers / "bunqueue.mjs")]
    table = []
    for work, jobs in (("enqueue_1x1", (4000, 4000, 2000)), ("enqueue_bulk", (300000, 100000, 10000))):
        for durability in ("full", "process"):
            table.append(ours(spark, work, durability, ["enqueue_bulk", "bytes_per_job"] if work == "enqueue_bulk" else None))
            table.append(Row(work, f"bare loop, {durability}", [raw, "{file}", work, durability, str(jobs[0])]))
        table.append(Row(work, "plainjob", node + [work, "{file}", str(jobs[1])]))
        table.append(Row(work, "bunqueue", bun + [work, "{file}", str(jobs[2])]))
        for mode, some in (("memory", jobs[1]), ("binlog", jobs[1]), ("fsync", 2000)):
            table.append(Row(work, f"beanstalkd, {mode}", [stalk, mode, work, "{file}-log", str(some)]))
    table.append(ours(spark, "enqueue_8x1", "full"))
    table.append(ours(spark, "drain_10k", "full"))
    for processes in (1, 2):
        table.append(Row("drain_10k", f"bare loop, {processes} process{'es' if processes > 1 else ''}",
                         [raw, "{file}", "drain", "full", "100000", str(processes)]))
    table.append(Row("drain_10k", "plainjob", node + ["drain", "{file}", "10000"]))
    table.append(Row("drain_10k", "bunqueue", bun + ["drain", "{file}", "5000"]))
    for mode, some in (("memory", 50000), ("binlog", 50000), ("fsync", 2000)):
        table.append(Row("drain_10k", f"beanstalkd, {mode}", [stalk, mode, "drain", "{file}-log", str(some)]))
    table.append(ours(spark, "drain_1m", "full"))
    table.append(ours(spark, "drain_mixed", "full", ["drain_mixed", "drain_mixed_wait_ms"]))
    both = ["latency_p50_ms", "latency_p99_ms"]
    for durability in ("full", "process"):
        table.append(ours(spark, "latency_p50_ms", durability, both))
        table.append(Row("latency_p50_ms", f"bare loop, {durability}", [raw, "{file}", "latency", durability, "300"], both))
    table.append(Row("latency_p50_ms", "bare loop, process, handed over", [raw, "{file}", "latency_handed", "process", "300"], both))
    for mode in ("memory", "binlog", "fsync"):
        table.append(Row("latency_p50_ms", f"beanstalkd, {mode}", [stalk, mode, "latency", "{file}-log", "300"], both))
    table.append(ours(spark, "claim_wait_p999_ms", "full", ["claim_wait_p999_ms", "claim_share_least"]))
    table.append(ours(spark, "child_mb", "full"))
    table.append(ours(spark, "idle_cpu_percent", "full"))
    return table


def run(row, lab):
    file = str(lab / "bench.db")
    command = [word.replace("{file}", file) for word in row.command]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    for left in lab.iterdir():  # of a peer that was cut off
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    if answer.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {answer.returncode}\n{answer.stdout}{answer.stderr}")
    if "--json" in command:
        document = json.loads(answer.stdout)
        values = {result["work"]: result["value"] for result in document["results"]}
        return {name: values[name] for name in row.figures}, document["conditions"] + ["file_system = " + document["file_system"]]
    return dict(zip(row.figures, (float(word) for word in answer.stdout.split()))), None


def said_by(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def conditions(peers):
    def version(name):
        return json.loads((peers / "node_modules" / name / "package.json").read_text())["version"]

    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = next(int(line.split()[1]) // 2**20 for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores of {model}, {memory} GiB",
        "system": f"{platform.freedesktop_os_release().get('PRETTY_NAME', 'Linux')}, Linux {platform.release()}",
        "commit": said_by("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "versions": {
            "plainjob": f"{version('plainjob')} on better-sqlite3 {version('better-sqlite3')}, node {said_by('node', '--version')}",
            "bunqueue": f"{version('bunqueue')} on bun {version('bun')}",
            "beanstalkd": said_by("beanstalkd", "-v"),
        },
    }


def install(peers):
    peers.mkdir(parents=True, exist_ok=True)
    for file in list((HERE / "peers").glob("*.mjs")) + [HERE / "peers/package.json"]:
        shutil.copy(file, peers / file.name)
    if not (peers / "node_modules/.bin/bun").exists() or not (peers / "node_modules/plainjob").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=peers, check=True)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    words.add_argument("--data", type=pathlib.Path, default=DATA)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--seconds", type=float, default=1e9, help="stop after about so many, to go on another time")
    words.add_argument("--fresh", action="store_true", help="begin again")
    words.add_argument("--install", action="store_true", help="only install the peers")
    words.add_argument("--note", default="", help="a sentence about the run, for the page: what else the machine did")
    words.add_argument("--only", default="", help="only rows whose work or name holds this word")
    asked = words.parse_args()
    peers, lab = asked.build / "peers", asked.build / "bench-lab"
    install(peers)
    if asked.install:
        return
    lab.mkdir(exist_ok=True)
    data = {"conditions": conditions(peers), "store": [], "values": []}
    if asked.note:
        data["conditions"]["note"] = asked.note
    if asked.data.exists() and not asked.fresh:
        data = json.loads(asked.data.read_text())
    began = time.monotonic()
    for turn in range(asked.rounds):
        for row in rows(asked.build, peers, lab):
            known = any(v["round"] == turn and v["row"] == row.work and v["who"] == row.who for v in data["values"])
            if known or asked.only not in row.work + " " + row.who:
                continue
            if time.monotonic() - began > asked.seconds:
                print("stopped; the same command goes on from here", file=sys.stderr)
                return
            values, facts = run(row, lab)
            if facts and row.who == "spark, full":
                data["store"] = [fact for fact in facts if not fact.startswith("wake_file")]  # a path of this machine
            for work, value in values.items():
                data["values"].append({"round": turn, "row": row.work, "work": work, "who": row.who, "value": value})
                print(f"{time.monotonic() - began:6.0f} s  round {turn + 1}  {work:<20} {row.who:<22} {value:14.2f}", flush=True)
            asked.data.parent.mkdir(parents=True, exist_ok=True)
            asked.data.write_text(json.dumps(data, indent=1) + "\n")
    if asked.data == DATA:  # the page shows no other
        subprocess.run([sys.executable, str(HERE / "report.py")], check=True)


if __name__ == "__main__":
    main()
