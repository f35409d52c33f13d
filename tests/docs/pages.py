"""Fences of a Markdown page, and the comparison of what a page says is printed with what was printed.

A comment on the lines above a fence says more about it:

  <!-- file: NAME -->            the fence is that file, written into the reader's folder
  <!-- shell: terminal N -->     run in another terminal, and left running; 1 is waited for. `terminal 2, in DIR` says where it is opened
  <!-- shell: fails N -->        its last command ends with exit code N
  <!-- shell: norun, because WHY -->   not run; WHY is printed, and such fences are counted
  <!-- prints -->                a text fence: the last run printed these lines
  <!-- prints: terminal N -->    waits until terminal N has printed these lines
  <!-- drawing -->               a text fence that nobody prints
  <!-- message: NAME -->         a text fence of "when it does not work": reproduced by tests/first_hour

Invisible to the reader:

  <!-- run: COMMANDS -->         preparation in terminal 1: what an earlier page made
  <!-- stop: terminal N -->      Ctrl-C there
  <!-- waits: terminal N for TEXT -->   until TEXT was printed there: what the page says in words

In a printed text a line `...` stands for any lines, and `...` at the begin of a line for its begin. The reader's folder is /srv/shop. Times, ids, pids, ports, durations and the
number of spaces are not compared."""
import os
import re

FENCE = re.compile(r"(?P<notes>(?:^<!-- [^\n]*? -->\n)*)^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$|^<!-- (?P<hidden>(?:run|stop|waits):.*?)-->$", re.M | re.S)
HOME = "/srv/shop"


class Fence:
    def __init__(self, line, language, text, notes):
        self.line, self.language, self.text, self.notes = line, language, text, notes

    def note(self, name):
        return self.notes.get(name)


def fences(path):
    with open(path) as file:
        text = file.read()
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("text") if match["text"] is not None else match.start()) + 1
        if match["hidden"]:
            word, _, rest = match["hidden"].partition(":")
            yield Fence(line, word, rest.strip() + "\n", {})
            continue
        notes = {}
        for note in re.findall(r"<!-- (.*?) -->", match["notes"]):
            word, _, rest = note.partition(":")
            if word in ("run", "stop", "waits"):  # stands right above a fence, and is none of its notes
                yield Fence(line, word, rest.strip() + "\n", {})
            else:
                notes[word.strip()] = rest.strip()
        yield Fence(line, match["language"], match["text"], notes)


def guide_pages(source):
    yield os.path.join(source, "README.md")
    for folder, _, files in sorted(os.walk(os.path.join(source, "docs"))):
        yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".md"))


def plain(text, folder=None):
    """Text without what differs from run to run."""
    if folder:
        text = text.replace(os.path.realpath(folder), HOME).replace(folder, HOME)
    text = text.replace("\r\n", "\n")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "ID", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC)?", "TIME", text)
    text = re.sub(r"\[\d+\]", "[PID]", text)
    text = re.sub(r"\b(pid|process|child) \d+", r"\1 N", text)
    text = re.sub(r"(schema|knows up to) \d+", r"\1 N", text)
    text = re.sub(r"(127\.0\.0\.1:)\d+", r"\1PORT", text)
    text = re.sub(r"\b\d+(?:\.\d+)? (ms|s|kB|MB)\b", r"N \1", text)
    return "\n".join(re.sub(r"\s+", " ", line).strip() for line in text.strip().split("\n"))


def contains(printed, wanted):
    """The wanted lines stand in the printed ones one after another; a line '...' is a gap, and so is '...' at the begin of a line."""
    def same(line, pattern):
        return line.endswith(pattern[3:]) if pattern.startswith("...") else line == pattern

    printed = printed.split("\n")
    blocks = [[]]
    for line in wanted.split("\n"):
        if line == "...":
            blocks.append([])
        else:
            blocks[-1].append(line)
    at = 0
    for block in (block for block in blocks if block):
        found = next((i for i in range(at, len(printed) - len(block) + 1) if all(map(same, printed[i:i + len(block)], block))), None)
        if found is None:
            return False
        at = found + len(block)
    return True
