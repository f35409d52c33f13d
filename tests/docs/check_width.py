"""The prose of every page is wrapped at 100 columns. Tables, headings, fences, HTML, indented code and what bench/report.py writes may be
wider, and so may a line that a link's address or a code span makes long.

usage: check_width.py SOURCE"""
import os
import re
import sys

from pages import guide_pages

COLUMNS = 100
BESIDE = re.compile(r"^```.*?^```$|^<!-- \w+: made by .*?^<!-- end of |<!--.*?-->", re.M | re.S)
FREE = re.compile(r"\s*(?:\||#|<|!\[|    )")


def too_wide(page):
    with open(page, encoding="utf-8") as file:
        text = BESIDE.sub(lambda match: "\n" * match[0].count("\n"), file.read())
    for number, line in enumerate(text.split("\n"), 1):
        breakable = re.sub(r"\]\([^)]*\)|`[^`]*`", "", line)
        if len(line) > COLUMNS and " " in breakable.strip("-*. ") and not FREE.match(line):
            yield f"{page}:{number}: {len(line)} columns"


def main():
    source = sys.argv[1]
    pages = [*guide_pages(source), *(os.path.join(source, name) for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"))]
    bad = [found for page in pages for found in too_wide(page)]
    print("\n".join(bad))
    print(f"{len(pages)} pages, {len(bad)} lines of prose over {COLUMNS} columns")
    sys.exit(1 if bad or len(pages) < 10 else 0)


main()
