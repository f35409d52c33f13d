#!/usr/bin/env python3
"""Makes docs/benchmarks.md's figures and the plot from the recorded data: between two marks of the page, never by hand.

With --check it changes nothing and fails if the page or the plot is not what the data says.
"""

import argparse
import html
import json
import pathlib
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNITS = {"latency_p50_ms": "ms", "latency_p99_ms": "ms", "drain_mixed_wait_ms": "ms", "claim_wait_p999_ms": "ms", "idle_cpu_percent": "%",
         "child_mb": "MB", "bytes_per_job": "bytes", "claim_share_least": "of the busiest"}


class Figures:
    def __init__(self, values):
        self.of = {}
        for v in values:
            self.of.setdefault((v["work"], v["who"]), []).append(v["value"])

    def median(self, work, who):
        return statistics.median(self.of[(work, who)]) if (work, who) in self.of else None

    def ratio(self, work, who, other_work, other):
        a, b = self.median(work, who), self.median(other_work, other)
        return a / b if a is not None and b else None


def shown(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(figures):
    lines = ["| work | who | median | least | most | runs |", "|---|---|---:|---:|---:|---:|"]
    last = None
    for (work, who), values in sorted(figures.of.items(), key=lambda item: order(figures, item[0])):
        unit = UNITS.get(work, "jobs/s")
        name = f"`{work}`, {unit}" if work != last else ""
        mark = "**" if who.startswith("spark") else ""
        lines.append(f"| {name} | {mark}{who}{mark} | {mark}{shown(statistics.median(values))}{mark} | {shown(min(values))} | {shown(max(values))} | {len(values)} |")
        last = work
    return lines


def order(figures, key):
    works = list(dict.fromkeys(work for work, _ in figures.of))
    less_is_better = key[0] in UNITS
    median = figures.median(*key)
    return works.index(key[0]), median if less_is_better else -median


def goals(f):
    def best_loop():
        loops = [f.median("drain_10k", who) for who in ("bare loop, 1 process", "bare loop, 2 processes")]
        loops = [v for v in loops if v is not None]
        return max(loops) if loops else None

    def over(a, b):
        return a / b if a is not None and b else None

    full, process = "spark, full", "spark, process"
    m = f.median
    return [
        ("drain_10k : plainjob", over(m("drain_10k", full), m("drain_10k", "plainjob")), "at least", 15),
        ("drain_1m : plainjob's drain", over(m("drain_1m", full), m("drain_10k", "plainjob")), "at least", 15),
        ("drain_10k : bare loop", over(m("drain_10k", full), best_loop()), "at least", 0.4),
        ("drain_1m : drain_10k", over(m("drain_1m", full), m("drain_10k", full)), "at least", 0.8),
        ("enqueue_bulk, full : bare loop, full", f.ratio("enqueue_bulk", full, "enqueue_bulk", "bare loop, full"), "at least", 0.6),
        ("enqueue_bulk, process : plainjob", f.ratio("enqueue_bulk", process, "enqueue_bulk", "plainjob"), "at least", 1),
        ("enqueue_1x1, full : bare loop, full", f.ratio("enqueue_1x1", full, "enqueue_1x1", "bare loop, full"), "at least", 0.8),
        ("enqueue_1x1, process : bare loop, process", f.ratio("enqueue_1x1", process, "enqueue_1x1", "bare loop, process"), "at least", 0.8),
        ("enqueue_8x1 : enqueue_1x1, full", f.ratio("enqueue_8x1", full, "enqueue_1x1", full), "at least", 4),
        ("latency p50, process : beanstalkd with binlog, no fsync", f.ratio("latency_p50_ms", process, "latency_p50_ms", "beanstalkd, binlog"), "at most", 1),
        ("latency p99, process : beanstalkd with binlog, no fsync", f.ratio("latency_p99_ms", process, "latency_p99_ms", "beanstalkd, binlog"), "at most", 1),
        ("drain_mixed: longest wait with a worker, ms", m("drain_mixed_wait_ms", full), "at most", 150),
        ("8 processes, one job at a time: p99.9 of the wait, ms", m("claim_wait_p999_ms", full), "at most", 250),
        ("... and the share of the one that got least", m("claim_share_least", full), "at least", 0.1),
        ("child_mb", m("child_mb", full), "at most", 5),
        ("idle_cpu_percent", m("idle_cpu_percent", full), "at most", 0.1),
    ]


def goal_lines(f):
    lines = ["| goal | measured | wanted | |", "|---|---:|---:|---|"]
    for name, value, word, wanted in goals(f):
        if value is None:
            lines.append(f"| {name} | not measured | {word} {wanted:g} | |")
            continue
        met = value >= wanted if word == "at least" else value <= wanted
        lines.append(f"| {name} | {shown(value)} | {word} {wanted:g} | {'met' if met else '**missed**'} |")
    return lines


def condition_lines(data):
    c = data["conditions"]
    lines = [f"- {c['date']}, {c['machine']}; {c['system']}; commit {c['commit']}"]
    if c.get("note"):
        lines.append(f"- **{c['note']}**")
    lines += [f"- {name}: {version}" for name, version in c["versions"].items()]
    lines.append("- the store, read back: " + ", ".join(f"`{fact}`" for fact in data["store"]))
    return lines


def plot(f):
    works = (("drain_10k", "drain, jobs a second"), ("enqueue_bulk", "enqueue, 1,000 a call, jobs a second"))
    width, left, bar = 760, 190, 20
    parts, y = [], 10
    for work, title in works:
        group = sorted(((f.median(w, who), who) for w, who in f.of if w == work), reverse=True)
        if not group:
            continue
        most = group[0][0]
        parts.append(f'<text x="0" y="{y + 14}" class="title">{title}</text>')
        y += 24
        for value, who in group:
            long = (width - left - 90) * value / most
            low, high = (extreme(f.of[(work, who)]) / most * (width - left - 90) for extreme in (min, max))
            kind = "ours" if who.startswith("spark") else "loop" if who.startswith("bare") else "peer"
            parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{html.escape(who)}</text>')
            parts.append(f'<rect x="{left}" y="{y + 2}" width="{long:.1f}" height="{bar - 5}" class="{kind}"/>')
            parts.append(f'<path d="M{left + low:.1f} {y + bar / 2} H{left + high:.1f}" class="spread"/>')
            parts.append(f'<text x="{left + max(long, high) + 6:.1f}" y="{y + 14}">{shown(value)}</text>')
            y += bar
        y += 16
    style = ("text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.ours{fill:#c2410c}.loop{fill:#a8a29e}.peer{fill:#64748b}"
             ".spread{stroke:#111;stroke-width:1.5}@media(prefers-color-scheme:dark){text{fill:#ddd}.spread{stroke:#fff}}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" role="img" aria-label="jobs a second, medians; the lines show least and most">'
            f"<style>{style}</style>{''.join(parts)}</svg>\n")


def between(text, name, lines):
    begin, end = f"<!-- {name}: made by bench/report.py -->", f"<!-- end of {name} -->"
    head, rest = text.split(begin)
    return head + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--data", type=pathlib.Path, default=ROOT / "docs/benchmarks/data.json")
    words.add_argument("--page", type=pathlib.Path, default=ROOT / "docs/benchmarks.md")
    words.add_argument("--plot", type=pathlib.Path, default=ROOT / "docs/benchmarks/speed.svg")
    words.add_argument("--check", action="store_true")
    asked = words.parse_args()
    data = json.loads(asked.data.read_text())
    figures = Figures(data["values"])
    page = asked.page.read_text()
    made = page
    for name, lines in (("conditions", condition_lines(data)), ("goals", goal_lines(figures)), ("figures", table(figures))):
        made = between(made, name, lines)
    if asked.check:
        if made != page or asked.plot.read_text() != plot(figures):
            sys.exit("docs/benchmarks.md or its plot is not what docs/benchmarks/data.json says: run bench/report.py")
        return
    asked.page.write_text(made)
    asked.plot.write_text(plot(figures))


if __name__ == "__main__":
    main()
