"""The layer test of the house (docs/internals/tour.md).

usage: check_layers.py --rooms FILE --source DIR --compiler CXX --sanitize LIST --work DIR CASE

rooms FILE holds one room a line: NAME|FOLDER under src|DIRECT LOWER ROOMS|ARCHIVE. CASE is one of the functions below."""
import argparse
import os
import re
import subprocess
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]((?:kue|spark)/[^>"]+)[>"]', re.M)
# Which public header belongs to which room's part of the contract, where it is not core's.
CONTRACT = {
    "kue/worker.hpp": "kue_worker", "kue/store_queue.hpp": "kue_queues", "kue/array_queue.hpp": "kue_queues",
    "kue/immediate_queue.hpp": "kue_queues", "kue/buffered_queue.hpp": "kue_queues", "kue/open_queue.hpp": "kue_queues",
    "kue/batch.hpp": "kue_queues", "kue/flusher.hpp": "kue_queues",
    "spark/http/batches.hpp": "spark_http", "spark/http/request_batch.hpp": "spark_http", "spark/http/beast.hpp": "spark_beast",
}
# Headers with an interface only: an upper room implements it, a lower one may call it through a pointer that it is handed.
INTERFACES = {("kue_queues", "kue/worker.hpp")}


class House:
    def __init__(self, options):
        self.options = options
        self.rooms = {}
        for line in open(options.rooms).read().split("\n"):
            if line:
                name, folder, depends, archive = line.split("|")
                self.rooms[name] = (folder, [d for d in depends.split(",") if d], archive)

    def lower(self, room):
        seen, todo = [], list(self.rooms[room][1])
        while todo:
            name = todo.pop(0)
            if name not in seen:
                seen.append(name)
                todo += self.rooms[name][1]
        return seen

    def room_of(self, header):
        """The room whose part an included header is: by folder for private ones, by contract for public ones."""
        by_folder = sorted(((f, n) for n, (f, _, _) in self.rooms.items() if header.startswith(f + "/")), reverse=True)
        if by_folder and os.path.exists(os.path.join(self.options.source, "src", header)):
            return by_folder[0][1]
        if header.startswith("spark/"):
            return "spark_application"
        return CONTRACT.get(header, None if header.startswith("kue/testing/") else "kue_core")

    def upward_includes(self, room, extra=None):
        folder = os.path.join(self.options.source, "src", self.rooms[room][0])
        files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith((".cpp", ".hpp")) and not f.endswith("_test.cpp")]
        allowed = {room, "kue_base", *self.lower(room)}
        if room == "kue_base":
            allowed.add("kue_core")  # base implements headers of the contract (clock, id, logger) that stand beside core's
        found = []
        for file in files + ([extra] if extra else []):
            for header in INCLUDE.findall(open(file).read()):
                owner = self.room_of(header)
                if owner and owner not in allowed and (room, header) not in INTERFACES:
                    found.append(f"{os.path.relpath(file, self.options.source)} includes {header} of {owner}, which is not below {room}")
        return found

    def link(self, room, extra_object=None):
        """Links the room as a shared object against its lower rooms; returns what the linker says, empty if it stands."""
        archives = [self.rooms[name][2] for name in self.lower(room)]
        output = os.path.join(self.options.work, f"lib{room}.so")
        command = [self.options.compiler, "-shared", "-o", output, "-Wl,--no-undefined", "-Wl,--whole-archive", self.rooms[room][2],
                   "-Wl,--no-whole-archive", *([extra_object] if extra_object else []), "-Wl,--start-group", *archives, "-Wl,--end-group",
                   "-lfmt", "-lsqlite3", "-lgtest", "-lpthread", "-ldl"]
        if self.options.sanitize:
            command.append(f"-fsanitize={self.options.sanitize}")
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if os.path.exists(output):
            os.remove(output)
        return "" if result.returncode == 0 else result.stderr


def every_room_stands_on_lower_rooms_only(house):
    if house.options.sanitize:
        print("(sanitizer build: the runtime leaves symbols open, so only includes are checked)")
    problems = []
    for room in house.rooms:
        problems += house.upward_includes(room)
        said = "" if house.options.sanitize else house.link(room)
        problems += [f"{room} does not link on {', '.join(house.lower(room)) or 'nothing'}:\n{said}"] if said else []
    return problems


def upward_include_is_found(house):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as extra:
        extra.write('#include <kue/worker.hpp>\n#include "kue/worker/master.hpp"\n')
        extra.flush()
        found = house.upward_includes("kue_core", extra.name)
    return [] if found else ["an include of kue/worker from kue_core was not found"]


def upward_call_is_found(house):
    if house.options.sanitize:
        return []
    with tempfile.TemporaryDirectory() as folder:
        source, made = os.path.join(folder, "up.cpp"), os.path.join(folder, "up.o")
        open(source, "w").write("#include <kue/store.hpp>\nvoid up() { kue::open_store(\"memory:\"); }\n")
        subprocess.run([house.options.compiler, "-std=c++20", "-fPIC", "-I", os.path.join(house.options.source, "include"), "-c", source, "-o", made], check=True)
        said = house.link("kue_core", made)
    return [] if "open_store" in said else [f"a call from kue_core up to open_store linked: {said}"]


def main():
    parser = argparse.ArgumentParser()
    for name in ("rooms", "source", "compiler", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--sanitize", default="")
    parser.add_argument("case", choices=[f.__name__ for f in (every_room_stands_on_lower_rooms_only, upward_include_is_found, upward_call_is_found)])
    options = parser.parse_args()
    problems = globals()[options.case](House(options))
    print("\n".join(problems) if problems else f"{options.case}: yes")
    sys.exit(1 if problems else 0)


main()
