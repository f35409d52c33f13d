"""Compiles each snippet with one compiler. `// refused: SENTENCE` must fail, and its first error must be that sentence;
`// accepted` must compile without a warning.

usage: check_refusals.py COMPILER INCLUDE_DIR BUILD_DIR SNIPPET_DIR [FLAG...]"""
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys

PREFIX = "#include <kue/queue.hpp>\n"  # what most of them need, and no more: g++ reads all of it each time


def main():
    compiler, include, build, snippets, *flags = sys.argv[1:]
    if shutil.which(compiler) is None:
        sys.exit(f"{compiler} is not installed; packaging/debian-packages.txt names it")
    os.makedirs(build, exist_ok=True)
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wno-missing-field-initializers",
               f"-I{include}", *flags]

    # The headers once instead of once a snippet.
    prefix = os.path.join(build, "prefix.hpp")
    with open(prefix, "w") as file:
        file.write(PREFIX)
    precompiled = prefix + (".pch" if "clang" in compiler else ".gch")
    subprocess.run([*command, "-x", "c++-header", prefix, "-o", precompiled], check=True)

    def wrong(path):
        """What is wrong with one snippet, or nothing."""
        with open(path) as file:
            first = file.readline().strip()
        done = subprocess.run([*command, "-fsyntax-only", "-Wfatal-errors", "-include", prefix, path], capture_output=True, text=True)
        errors = re.findall(r"(?:fatal )?error: (.*)", done.stderr)
        if first == "// accepted":
            return done.stderr if done.returncode != 0 or done.stderr else None
        if not first.startswith("// refused: "):
            return "its first line must be '// refused: SENTENCE' or '// accepted'"
        sentence = "kue: " + first.removeprefix("// refused: ")
        if done.returncode == 0:
            return f"it compiles, and should be refused with: {sentence}"
        if not errors or sentence not in errors[0]:
            return f"the first error should be: {sentence}\n" + "\n".join("  got: " + e for e in errors[:5])
        return None

    paths = sorted(glob.glob(os.path.join(snippets, "*.cpp")))
    if len(paths) < 50:
        sys.exit(f"only {len(paths)} snippets under {snippets}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(wrong, paths))
    bad = [(os.path.basename(path), why) for path, why in zip(paths, results) if why]
    for name, why in bad:
        print(f"{name}: {why}")
    print(f"{len(paths) - len(bad)} of {len(paths)} snippets as expected with {compiler}")
    sys.exit(1 if bad else 0)


main()
