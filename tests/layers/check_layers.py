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
FORWARD = re.compile(r'^(?:class|struct) (\w+);', re.M)
DEFINED = re.compile(r'^(?:class|struct) (\w+)(?: final)?(?: :[^;{]*)? \{', re.M)
# The contract, lowest first: every header of include/ and the room whose part it is. A header may include and name those of rooms below
# its own, and of its own room those of its line and of the lines above it here. FOLDER/* is all that stands in a folder.
CONTRACT = [
    ("kue_base", "kue/clock kue/error kue/id kue/job_mark kue/limits kue/logger kue/log/spdlog_sink kue/random"),
    ("kue_base", "kue/claim kue/pushed kue/foreign"),
    ("kue_core", "kue/fields kue/json kue/options kue/job_traits kue/envelope kue/job kue/outcome kue/state kue/record kue/job_status kue/services kue/context"
                 " kue/registry kue/detail/*"),
    ("kue_core", "kue/store/jobs kue/store/nodes kue/store/upkeep"),
    ("kue_core", "kue/store/looking"),
    ("kue_core", "kue/store kue/testing/fake_clock"),
    ("kue_sqlite_file", "kue/sqlite"),
    ("kue_queues", "kue/worker_event kue/consumer kue/queue"),
    ("kue_queues", "kue/array_queue kue/batch kue/flusher kue/buffered_queue kue/immediate_queue kue/store_queue"),
    ("kue_queues", "kue/open_queue kue/kue"),
    ("kue_worker_board", "kue/worker"),
    ("kue_testing", "kue/testing/*"),
    ("kue_conformance", "kue/testing/conformance"),
    ("spark_application", "spark/args spark/command spark/config spark/container spark/detail/* spark/application"),
    ("spark_application", "spark/log/spdlog_sink spark/spark"),
    ("spark_beast", "spark/http/beast"),
    ("spark_httplib", "spark/http/httplib"),
    ("spark_testing", "spark/testing/*"),
]
# Rooms of headers alone, and what they stand on.
HEADER_ROOMS = {"spark_httplib": ["spark_application"], "spark_testing": ["spark_application", "kue_testing"]}


def place_of(header):
    """The line of CONTRACT that names a public header, by itself or else by its folder; None: no line does."""
    name = header.removesuffix(".hpp")
    for wanted in (name, os.path.dirname(name) + "/*"):
        for place, (_, names) in enumerate(CONTRACT):
            if wanted in names.split():
                return place
    return None


class House:
    def __init__(self, options):
        self.options = options
        self.rooms = {}
        for line in open(options.rooms).read().split("\n"):
            if line:
                name, folder, depends, archive = line.split("|")
                self.rooms[name] = (folder, [d for d in depends.split(",") if d], archive)
        self.depends = {name: depends for name, (_, depends, _) in self.rooms.items()} | HEADER_ROOMS

    def lower(self, room):
        seen, todo = [], list(self.depends[room])
        while todo:
            name = todo.pop(0)
            if name not in seen:
                seen.append(name)
                todo += self.depends[name]
        return seen

    def room_of(self, header):
        """The room whose part an included header is: by folder for private ones, by contract for public ones."""
        by_folder = sorted(((f, n) for n, (f, _, _) in self.rooms.items() if header.startswith(f + "/")), reverse=True)
        if by_folder and os.path.exists(os.path.join(self.options.source, "src", header)):
            return by_folder[0][1]
        place = place_of(header)
        return None if place is None else CONTRACT[place][0]

    def upward_includes(self, room, extra=None):
        folder = os.path.join(self.options.source, "src", self.rooms[room][0])
        files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith((".cpp", ".hpp")) and not f.endswith("_test.cpp")]
        allowed = {room, *self.lower(room)}
        found = []
        for file in files + ([extra] if extra else []):
            for header in INCLUDE.findall(open(file).read()):
                owner = self.room_of(header)
                if owner is None:
                    found.append(f"{os.path.relpath(file, self.options.source)} includes {header}, which has no place in CONTRACT")
                elif owner not in allowed:
                    found.append(f"{os.path.relpath(file, self.options.source)} includes {header} of {owner}, which is not below {room}")
        return found

    def public_headers(self):
        """All of include/ by their names, with their text."""
        root, texts = os.path.join(self.options.source, "include"), {}
        for folder, _, files in os.walk(root):
            for name in (os.path.join(folder, file) for file in files if file.endswith(".hpp")):
                texts[os.path.relpath(name, root)] = open(name).read()
        return texts

    def upward_in_contract(self, headers):
        """Includes and forward declarations of `headers` that go up; headers without a place; places without a header."""
        found = [f"{header} has no place in CONTRACT (tests/layers/check_layers.py)" for header in headers if place_of(header) is None]
        named = [name for _, names in CONTRACT for name in names.split()]
        found += [f"CONTRACT names {name} more than once" for name in {name for name in named if named.count(name) > 1}]
        found += [f"CONTRACT names {name}, which is not there" for name in named if not name.endswith("/*") and name + ".hpp" not in headers]
        if found:
            return found
        homes = {}  # of each class: where it is defined, the lowest place if there are several of one name
        for header in sorted(headers, key=place_of, reverse=True):
            homes |= {name: header for name in DEFINED.findall(headers[header])}
        for header, text in sorted(headers.items()):
            place = place_of(header)
            room = CONTRACT[place][0]
            if room not in self.depends:
                continue  # an adapter that this build leaves out
            lower = self.lower(room)
            uses = [("includes", other, other) for other in INCLUDE.findall(text)]
            uses += [("names", name, homes[name]) for name in FORWARD.findall(text) if name in homes]
            for verb, what, other in uses:
                its = place_of(other)
                if its is None or not (CONTRACT[its][0] in lower or (CONTRACT[its][0] == room and its <= place)):
                    found.append(f"include/{header} {verb} {what} of {CONTRACT[its][0] if its is not None else 'nowhere'}, which is not below it")
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
    problems = []
    for room, line in (("kue_core", "#include <kue/worker.hpp>"), ("kue_core", '#include "kue/worker/master/master.hpp"'),
                       # the processes of a worker know the board below them, and not each other
                       ("kue_worker_child", '#include "kue/worker/keeper/keeper.hpp"'), ("kue_worker_keeper", '#include "kue/worker/master/master.hpp"'),
                       ("kue_worker_master", '#include "kue/worker/child/child.hpp"'), ("kue_worker_board", '#include "kue/worker/run/runner.hpp"')):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as extra:
            extra.write(line + "\n")
            extra.flush()
            if not house.upward_includes(room, extra.name):
                problems.append(f"'{line}' in {room} was not found")
    return problems


def public_headers_include_downward_only(house):
    return house.upward_in_contract(house.public_headers())


def upward_include_in_a_public_header_is_found(house):
    added = [
        ("kue/clock.hpp", "#include <kue/job.hpp>"), ("kue/logger.hpp", "#include <kue/testing/log_lines.hpp>"),
        ("kue/claim.hpp", "#include <kue/record.hpp>"), ("kue/foreign.hpp", "#include <kue/store.hpp>"), ("kue/json.hpp", "#include <kue/store.hpp>"),
        ("kue/store/jobs.hpp", "#include <kue/store/looking.hpp>"), ("kue/store/upkeep.hpp", "#include <kue/store.hpp>"), ("kue/detail/serde.hpp", "#include <kue/queue.hpp>"),
        ("kue/store.hpp", "#include <kue/store_queue.hpp>"), ("kue/queue.hpp", "#include <kue/store_queue.hpp>"),
        ("kue/store_queue.hpp", "#include <kue/worker.hpp>"), ("kue/store_queue.hpp", "#include <kue/kue.hpp>"),
        ("kue/queue.hpp", "class Worker;"), ("kue/store.hpp", "class Queue;"),
        ("kue/worker.hpp", "#include <spark/application.hpp>"), ("kue/worker.hpp", "#include <kue/testing/real_worker.hpp>"),
        ("kue/testing/test_queue.hpp", "#include <spark/testing/test_queue.hpp>"), ("spark/config.hpp", "#include <spark/spark.hpp>"),
        ("spark/application.hpp", "#include <spark/http/beast.hpp>"), ("kue/flusher.hpp", "#include <spark/http/beast.hpp>"),
    ]
    problems = []
    for header, line in added:
        headers = house.public_headers()
        headers[header] += f"\n{line}\n"
        found = house.upward_in_contract(headers)
        if len(found) != 1 or not found[0].startswith(f"include/{header} "):
            problems.append(f"'{line}' in {header} was not found, or not alone: {found}")
    if not house.upward_in_contract(house.public_headers() | {"kue/stranger.hpp": ""}):
        problems.append("a header without a place was not found")
    return problems


def upward_call_is_found(house):
    if house.options.sanitize:
        return []
    with tempfile.TemporaryDirectory() as folder:
        source, made = os.path.join(folder, "up.cpp"), os.path.join(folder, "up.o")
        open(source, "w").write("#include <kue/store.hpp>\nvoid up() { kue::open_store(\"memory:\"); }\n")
        subprocess.run([house.options.compiler, "-std=c++20", "-fPIC", "-I", os.path.join(house.options.source, "include"), "-c", source, "-o", made], check=True)
        said = house.link("kue_core", made)
    return [] if "open_store" in said else [f"a call from kue_core up to open_store linked: {said}"]


CASES = (every_room_stands_on_lower_rooms_only, upward_include_is_found, upward_call_is_found, public_headers_include_downward_only,
         upward_include_in_a_public_header_is_found)


def main():
    parser = argparse.ArgumentParser()
    for name in ("rooms", "source", "compiler", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--sanitize", default="")
    parser.add_argument("case", choices=[f.__name__ for f in CASES])
    options = parser.parse_args()
    problems = globals()[options.case](House(options))
    print("\n".join(problems) if problems else f"{options.case}: yes")
    sys.exit(1 if problems else 0)


main()
