"""Every header under include/ has its own object file (it compiled alone) and includes no third-party header.

usage: check_headers.py INCLUDE_DIR OBJECT..."""
import os
import re
import sys

ALLOWED_THIRD_PARTY = {"fmt/core.h"}
OPT_IN = ("spark/http/", "spark/testing/", "spark/log/", "kue/testing/", "kue/log/", "kue/sqlite.hpp")  # a user who includes these has the library they adapt


def headers(root):
    for folder, _, files in os.walk(root):
        for name in files:
            if name.endswith(".hpp") and os.path.basename(folder) != "detail":
                yield os.path.relpath(os.path.join(folder, name), root)


def main():
    root, objects = sys.argv[1], [os.path.basename(o) for o in sys.argv[2:]]
    bad = []
    found = sorted(headers(root))
    if not found:
        sys.exit(f"no header under {root}")
    for header in found:
        identifier = re.sub(r"[^A-Za-z0-9_]", "_", header)
        if not any(o.startswith(identifier + ".") for o in objects):
            bad.append(f"{header}: was not compiled alone; configure again")
        for included in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)', open(os.path.join(root, header)).read(), re.M):
            ours = included.startswith(("kue/", "spark/"))
            third_party = "/" in included and not ours and not included.startswith("sys/")
            third_party = third_party or (included.endswith(".h") and "/" not in included)
            if third_party and included not in ALLOWED_THIRD_PARTY and not header.startswith(OPT_IN):
                bad.append(f"{header}: includes {included}; public headers hold no third-party type")
            if ours and header.startswith("kue/") and included.startswith("spark/"):
                bad.append(f"{header}: includes {included}; kue does not know spark")
    print("\n".join(bad) if bad else f"{len(found)} headers compile alone and hold no third-party type")
    sys.exit(1 if bad else 0)


main()
