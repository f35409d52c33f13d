"""Every example in the opening comment of a public header stands, line by line, in header_examples.cpp, which is compiled.

An example line is a comment line that begins with at least three spaces; trailing comments and white space do not count.

usage: check_header_examples.py INCLUDE_DIR EXAMPLES_CPP"""
import os
import re
import sys


def plain(line):
    return re.sub(r"\s+", " ", re.sub(r"\s*//.*$", "", line)).strip()


def example_lines(path):
    for line in open(path).read().split("\n"):
        if line.startswith("#include") or line.startswith("namespace"):
            return
        if line.startswith("//   "):
            yield plain(line[2:])


def main():
    include, examples = sys.argv[1:]
    compiled = {plain(line) for line in open(examples).read().split("\n")}
    missing, without = [], []
    for folder, _, files in sorted(os.walk(include)):
        for name in sorted(files):
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, include)
            if "/detail/" in path or not name.endswith(".hpp"):
                continue
            lines = [line for line in example_lines(path) if line]
            if not lines:
                without.append(shown)
            missing += [f"{shown}: not compiled: {line}" for line in lines if line not in compiled]
    print("\n".join(missing))
    print(f"headers without an example: {', '.join(without) or 'none'}")
    sys.exit(1 if missing else 0)


main()
