"""Every file and folder that docs/internals/tour.md names exists, and its walks are as short as they are meant to be: a push and a claim pass
at most 12 C++ files each. A file that is to come is named without its folder.

usage: check_tour.py SOURCE"""
import os
import re
import sys

MOST = 12
PATH = re.compile(r"`((?:src|include|tests|examples|docs)/[\w./-]*)`")
ROOM = re.compile(r"^((?:src|include|examples)/[\w./]*)", re.M)
TO_COME = {"src/kue/stores/postgres/", "src/kue/stores/redis/"}
ROW = re.compile(r"^\| *(\d+) *\| `([^`]+\.(?:hpp|cpp))` \|", re.M)
WALKS = {"A push on SQLite": MOST, "A claim on SQLite": MOST, "An end": MOST}


def main():
    source = sys.argv[1]
    with open(os.path.join(source, "docs", "internals", "tour.md")) as file:
        text = file.read()
    sections = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", text, flags=re.M)}
    names = set(PATH.findall(text)) | set(ROOM.findall(text))
    wrong = [f"{name}: there is no such file" for name in sorted(names) if not os.path.exists(os.path.join(source, name)) and name not in TO_COME]
    wrong += [f"{name}: it is there; take it off the list of what is to come" for name in sorted(TO_COME) if os.path.exists(os.path.join(source, name))]
    for walk, most in WALKS.items():
        rows = ROW.findall(sections.get(walk, ""))
        files = [name for _, name in rows]
        wrong += [f"{walk}: row {number} should be {at}" for at, (number, _) in enumerate(rows, 1) if int(number) != at]
        wrong += [f"{walk}: {name} stands there twice" for name in sorted(set(files)) if files.count(name) > 1]
        if not 1 <= len(files) <= most:
            wrong.append(f"{walk}: {len(files)} files; it should have 1 to {most}")
        print(f"{walk}: {len(files)} files")
    print("\n".join(wrong))
    print(f"{len(names)} names, {len(wrong)} problems")
    sys.exit(1 if wrong or len(names) < 40 else 0)


main()
