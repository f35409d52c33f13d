"""Compiles every C++ fence of README.md and docs/ (syntax only, warnings are errors).

A fence stands for itself: it is a file. It may include an earlier fence of the page whose first line is `// NAME.hpp`. A comment on the
line above may say otherwise:

  <!-- fence: file, after NAME -->      a file that needs what an earlier fence of the page (or tests/docs/NAME.hpp) declares
  <!-- fence: function, after NAME -->  the body of a function with `spark::Application& app` at hand
  <!-- fence: skip, because WHY -->     not compiled; WHY is printed, and there may be at most MAX_SKIPPED of them

usage: check_fences.py --compiler CXX --source DIR"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

MAX_SKIPPED = 3
FENCE = re.compile(r"^(?:<!-- fence: (?P<note>.*?) -->\n)?```cpp\n(?P<code>.*?)^```$", re.M | re.S)
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
         "-Wno-unused-function", "-Werror"]


def pages(source):
    yield os.path.join(source, "README.md")
    for folder, _, files in os.walk(os.path.join(source, "docs")):
        yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".md"))


def context(names, earlier, here, page):
    """What a fence builds on: an earlier fence that declares the name, or a header of this folder."""
    parts = []
    for name in names:
        declaring = [code for code in earlier if re.search(rf"\b(?:struct|class)\s+{name}\b", code)]
        header = os.path.join(here, f"{name}.hpp")
        if declaring:
            parts.append(declaring[-1])
        elif os.path.exists(header):
            parts.append(f'#include "{header}"\n')
        else:
            sys.exit(f"{page}: a fence builds on {name}, which no earlier fence and no tests/docs/{name}.hpp declares")
    return "".join(parts)


def pasted(code, earlier, page):
    """The code, with an earlier fence in place of each #include "NAME.hpp"."""
    def fence(match):
        named = [text for text in earlier if text.startswith(f"// {match[1]}\n")]
        return named[-1] if named else sys.exit(f"{page}: no earlier fence begins with // {match[1]}")

    return re.sub(r'^#include "(.*)"$', fence, code, flags=re.M)


def fences(page, here):
    """(line, translation unit or None, reason to skip) of each fence of a page."""
    text = open(page).read()
    earlier = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("code")) + 1
        note, code = match["note"] or "file", match["code"]
        if note.startswith("skip"):
            yield line, None, note.partition("because ")[2] or sys.exit(f"{page}:{line}: a skipped fence must say why")
            continue
        names = re.findall(r"\w+", note.partition("after ")[2])
        before = context(names, earlier, here, page)
        if "#include" not in code and note == "file":
            sys.exit(f"{page}:{line}: a file that includes nothing; what a reader copies has to compile")
        if note.startswith("function"):
            code = "#include <spark/spark.hpp>\n" + before + "\n[[maybe_unused]] static void fence(spark::Application& app) {\n" + code + "}\n"
        else:
            code = before + pasted(code, earlier, page)
        earlier.append(match["code"])
        yield line, code, None


def precompiled(options, folder):
    """The header that all of them include, read once: most of the time of a fence is this."""
    header = os.path.join(folder, "prefix.hpp")
    with open(header, "w") as file:
        file.write("#include <spark/spark.hpp>\n")
    compiled = header + (".pch" if "clang" in options.compiler else ".gch")
    flags = [flag for flag in FLAGS if flag != "-fsyntax-only"]
    subprocess.run([options.compiler, *flags, "-I", os.path.join(options.source, "include"), "-x", "c++-header", header, "-o", compiled], check=True)
    return header


def compile_fence(job):
    page, line, code, options = job
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        unit.write(code)
        unit.flush()
        stand_ins = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_ins")
        includes = ["-I", os.path.join(options.source, "include"), "-isystem", stand_ins]
        if "#include <spark/spark.hpp>" in code:  # else the fence must say itself what it includes
            includes += ["-include", options.prefix]
        command = [options.compiler, *FLAGS, *includes, unit.name]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if result.returncode == 0 else f"{page}:{line}: does not compile\n{result.stderr[:3000]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--source", required=True)
    options = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    jobs, skipped = [], []
    for page in pages(options.source):
        shown = os.path.relpath(page, options.source)
        for line, code, why in fences(page, here):
            (jobs.append((shown, line, code, options)) if code else skipped.append(f"{shown}:{line}: skipped, {why}"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as folder:
        options.prefix = precompiled(options, folder)
        bad = [said for said in pool.map(compile_fence, jobs) if said]
    print("\n".join(skipped + bad))
    print(f"{len(jobs)} fences compiled, {len(bad)} bad, {len(skipped)} skipped")
    sys.exit(1 if bad or len(skipped) > MAX_SKIPPED or not jobs else 0)


main()
