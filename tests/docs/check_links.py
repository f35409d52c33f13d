"""Every link of the documentation to a file of this repository leads somewhere, and so does its #anchor; every page of the guide is in
the guide's list.

usage: check_links.py SOURCE"""
import os
import re
import sys

from pages import guide_pages

LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(path):
    """Of the headings, as they are made from them on the web: small letters, '-' for a blank, nothing for other signs."""
    with open(path) as file:
        text = re.sub(r"^```.*?^```$", "", file.read(), flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.M)}


def main():
    source = sys.argv[1]
    wrong, count = [], 0
    for page in guide_pages(source):
        with open(page) as file:
            text = re.sub(r"^```.*?^```$", "", file.read(), flags=re.M | re.S)
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            count += 1
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            shown = f"{os.path.relpath(page, source)}: {link}"
            if not os.path.exists(target):
                wrong.append(f"{shown}: there is no such file")
            elif anchor and anchor not in anchors(target):
                wrong.append(f"{shown}: there is no such heading")
    guide = os.path.join(source, "docs", "guide")
    with open(os.path.join(guide, "README.md")) as file:
        listed = set(LINK.findall(file.read()))
    wrong += [f"docs/guide/README.md does not list {name}" for name in sorted(os.listdir(guide)) if name.endswith(".md") and name not in listed | {"README.md"}]
    print("\n".join(wrong))
    print(f"{count} links, {len(wrong)} wrong")
    sys.exit(1 if wrong or count < 20 else 0)


main()
