"""Compiles what a page shows, as a reader sees the page: HTML comments are gone. Each C++ or CMake fence that has a name (its first line
`// hello.hpp`, or the last file that the paragraph above it names in backticks) is saved in a new folder, and the shown lines that
compile are typed there, as they are. Spark is an installed one, which the environment names.

usage: compile_as_rendered.py PAGE ..."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMMENT = re.compile(r"<!--.*?-->", re.S)
FENCE = re.compile(r"(?P<above>(?:[^\n]+\n)*)\n*^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
COMPILES = re.compile(r"^(?:g\+\+ .*|cmake -B build|cmake --build build)$", re.M)
FILE = re.compile(r"`(?:\w+/)*(\w+\.(?:cpp|hpp|txt))`")


def name_of(fence):
    first = re.match(r"// (\w+\.[ch]pp)\n", fence["text"])
    named = FILE.findall(fence["above"])
    return first[1] if first else named[-1] if named else None


def environment(folder):
    """With the compiler cache if there is one: the same lines are compiled at each run of this test, in another folder."""
    if not shutil.which("ccache"):
        return os.environ
    cache = subprocess.check_output(["ccache", "-k", "cache_dir"], text=True).strip()
    return os.environ | {"PATH": "/usr/lib/ccache:" + os.environ["PATH"], "CCACHE_DIR": cache, "CCACHE_BASEDIR": folder, "CCACHE_NOHASHDIR": "1"}


def follow(page, folder):
    """What is wrong with the page."""
    programs, typed = set(), []
    with open(page, encoding="utf-8") as file:
        rendered = COMMENT.sub("", file.read())
    for fence in FENCE.finditer(rendered):
        name = name_of(fence)
        if fence["language"] == "sh":
            typed += COMPILES.findall(fence["text"])
        elif fence["language"] in ("cpp", "cmake") and name:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(fence["text"])
        if fence["language"] == "cpp" and re.search(r"^int main\(", fence["text"], re.M):
            programs.add(name)
    for line in typed:
        done = subprocess.run(line, shell=True, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"this line fails: {line}\n{done.stdout}{done.stderr}"
    untold = [name for name in programs if not any(name and f" {name} " in line for line in typed)]
    if untold or not programs:
        return f"no line of the page compiles its program: {untold}"
    return None


def main():
    bad = []
    for page in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="spark-rendered-") as folder:
            if wrong := follow(page, folder):
                bad.append(f"{page}: {wrong}")
    print("\n".join(bad) or f"{len(sys.argv) - 1} pages compile as they are shown")
    sys.exit(1 if bad or len(sys.argv) < 2 else 0)


main()
