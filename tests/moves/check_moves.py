#!/usr/bin/env python3
"""A job moves in one place, and one that forgets a part of a move is caught.

  check_moves.py CASE --source DIR --build DIR [--ninja NINJA] [--only TEXT] [--every N]

only_tables_write: no file of a store's verbs or of the storey below changes a row.
a_statement_outside_is_found: proof that the case above would see one.
a_part_that_is_forgotten_is_caught_in_memory, ..._in_sqlite: takes one statement after the other out of the real moves (row, lane or stretch,
counter, event, wake-up), compiles that file, and runs with it the conformance suite, which looks after each case whether a store's books agree,
and, if that sees nothing, the tests of the tables themselves. One must fail, or the statement is listed below with the reason why nothing is
lost without it.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

# Below the verbs nothing knows of jobs, above tables nothing knows of rows.
OUTSIDE = {'src/kue/stores/sqlite/verbs': r'\bSql::|\bexecute(_for)?\s*\(|\bINSERT\b|\bUPDATE\b|\bDELETE\b|\bREPLACE INTO\b',
           'src/kue/stores/sqlite/file': r'\bSql::|\bINSERT\b|\bUPDATE\b|\bDELETE FROM\b|\bREPLACE INTO\b|kue_(jobs|unfinished|finished|ready|queues|held|ended|attempts|nodes|events|store)',
           'src/kue/stores/memory/verbs': r'->state\s*=[^=]|\.state\s*=[^=]|\bby_seq_|\blanes_|\bcounts_|\bevents_'}

MOVES = {
    'memory': ['src/kue/stores/memory/tables/moves.cpp'],
    'sqlite': ['src/kue/stores/sqlite/tables/' + name for name in ('add.cpp', 'waiting.cpp', 'running.cpp', 'final.cpp', 'ledger.cpp')],
}
PARTS = {
    'memory': r'unplace\(row\);|\bplace\((row|stored)\);|\brecord\((row|stored)[^;]*;|bell_\.ring\(\);|(?<!::)\b(enter|leave)_lane\([^;{]*;|'
              r'\w+_(\[[^;]*\])?\.(insert|erase|emplace)\([^;]*;|(\+\+|--)counts_[^;]*;|events_\.push_back\([^;]*;|row\.\w+(\.reset\(\)| [+]?= )[^;]*;',
    'sqlite': r'db\(\)\.execute(_for)?\([^;]*;|connection_\.execute\([^;]*;|ledger_\.changed\((\{.*?\}|\w[^;]*)\);|(?<!::)\benter_lane\([^;{]*;|'
              r'\bleave_final\([^;{]*;|(\+\+|--)of_queue[^;]*;|\bwrite_event\([^;{]*;|\bwake\([^;{]*;|after_\.wakes[^;]*;',
}
# The programs that look, the quick one for most first.
PROGRAMS = {
    'memory': [('conformance_test', 'conformance/memory/*:-*threads*:*many_times*')],
    'sqlite': [('conformance_test', 'conformance/sqlite/*:-*threads*:*many_times*'),
               ('kue_sqlite_tables_test', '*'),
               ('kue_store_sqlite_test', 'FinishTest*'),
               ('kue_sqlite_file_test', 'SqliteGroupCommit*')],
}
# What may be left out without a job, a count or an event being lost: (text in the statement, why).
SPARED = {
    'memory': [],
    'sqlite': [('Sql::push_release', 'the end of the transaction ends its savepoints')],
}


def code_of(path):
    """The file without comments, with as many lines."""
    text = path.read_text()
    text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group().count('\n'), text, flags=re.S)
    return re.sub(r'(^|\s)//[^\n]*', r'\1', text)


def outside(source):
    found = []
    for folder, words in OUTSIDE.items():
        files = [p for p in sorted((source / folder).glob('*.[ch]pp')) if '_test.' not in p.name]
        if not files:
            sys.exit(f'{folder} has no files: has it moved?')
        for path in files:
            for number, line in enumerate(code_of(path).splitlines(), 1):
                if path.name == 'connection.hpp' and 'execute' in line:
                    continue
                if re.search(words, line):
                    found.append(f'{path.relative_to(source)}:{number}: {line.strip()}')
    return found


def only_tables_write(args):
    found = outside(args.source)
    for line in found:
        print('changes a row outside of tables/:', line)
    return not found


def a_statement_outside_is_found(args):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in OUTSIDE:
            (copy / name).mkdir(parents=True)
            for path in (args.source / name).glob('*.[ch]pp'):
                (copy / name / path.name).write_text(path.read_text())
        added = {'src/kue/stores/sqlite/verbs/prune.cpp': 'db.execute(Sql::prune_job, seq);',
                 'src/kue/stores/sqlite/file/group.cpp': 'connection.run("DELETE FROM kue_jobs");',
                 'src/kue/stores/memory/verbs/finish.cpp': 'row->state = State::completed;'}
        for name, statement in added.items():
            with open(copy / name, 'a') as file:
                file.write(f'void added() {{ {statement} }}\n')
        found = '\n'.join(outside(copy))
        missed = [name for name in added if name not in found]
    print(found)
    for name in missed:
        print('not found:', name)
    return not missed


class Builder:
    """Compiles one file as the build does, and links it before the archives: its symbols are taken, those of the archive are not."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder

    def command(self, target):
        lines = subprocess.run([self.args.ninja, '-C', self.args.build, '-t', 'commands', target], check=True, capture_output=True, text=True).stdout
        return lines.strip().splitlines()[-1]

    def compile(self, path, text):
        objects = subprocess.run([self.args.ninja, '-C', self.args.build, '-t', 'targets', 'all'], check=True, capture_output=True, text=True).stdout
        [object_file] = [line.split(':')[0] for line in objects.splitlines() if line.split(':')[0].endswith('/' + path.name + '.o') and
                         str(path.relative_to(self.args.source / 'src').parent) in line]
        changed = self.folder / path.name
        changed.write_text(text)
        compiled = self.folder / (path.stem + '.o')
        words = self.command(object_file).split()
        words = [str(changed) if word.endswith('/' + path.name) else word for word in words]
        words[words.index('-o') + 1] = str(compiled)
        if '-MF' in words:
            words[words.index('-MF') + 1] = str(self.folder / 'd')
        words = [word for word in words if not word.startswith('-Werror')] + ['-w']
        subprocess.run(words, check=True, cwd=self.args.build)
        return compiled

    def link(self, name, compiled):
        program = self.folder / name
        link = self.command(f'bin/{name}').split(' && ')[1].split()
        link[link.index('-o') + 1] = str(program)
        link.insert(link.index('-o'), str(compiled))
        subprocess.run(link, check=True, cwd=self.args.build)
        return program

    def who_fails_with(self, path, text, store):
        """What sees it, or nothing."""
        compiled = self.compile(path, text)
        for name, chosen in PROGRAMS[store]:
            if why := what_fails(self.link(name, compiled), chosen):
                return f'{name} {why}'
        return ''


def what_fails(program, chosen):
    try:
        run = subprocess.run([program, f'--gtest_filter={chosen}', '--gtest_fail_fast'], timeout=90, capture_output=True, text=True, errors='replace')
    except subprocess.TimeoutExpired:
        return 'it hangs'
    if run.returncode == 0:
        return ''
    failed = re.findall(r'\[  FAILED  \] (\S+)', run.stdout)
    return failed[0] if failed else f'it ends with {run.returncode}'


def caught(args, store):
    left, spared, total, met = [], set(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        builder = Builder(args, pathlib.Path(folder))
        for name in MOVES[store]:
            path = args.source / name
            text = path.read_text()
            if not args.only and (why := builder.who_fails_with(path, text, store)):
                sys.exit(f'with the real {name} it fails already: {why}')
            for part in re.finditer(PARTS[store], text, flags=re.S):
                statement = ' '.join(part.group().split())
                line = text.count('\n', 0, part.start()) + 1
                if re.match(r'\s*//', text[text.rfind('\n', 0, part.start()) + 1:part.start()]) or args.only not in statement:
                    continue
                met += 1
                if met % args.every:  # a taste: each N-th
                    continue
                total += 1
                try:
                    why = builder.who_fails_with(path, text[:part.start()] + '(void)0;' + text[part.end():], store)
                except subprocess.CalledProcessError:
                    print(f'{name}:{line}: does not compile without: {statement[:100]}', flush=True)
                    continue
                reason = [reason for words, reason in SPARED[store] if words in statement]
                print(f'{name}:{line}: {statement[:100]}: {"caught by " + why if why else "NOT CAUGHT" + (": " + reason[0] if reason else "")}', flush=True)
                if why:
                    continue
                if reason:
                    spared.add(statement)
                else:
                    left.append(f'{name}:{line}: {statement}')
    print(f'{total} statements, {len(left)} not caught, {len(spared)} that may be left out')
    return total > 0 and not left


CASES = {'only_tables_write': only_tables_write,
         'a_statement_outside_is_found': a_statement_outside_is_found,
         'a_part_that_is_forgotten_is_caught_in_memory': lambda args: caught(args, 'memory'),
         'a_part_that_is_forgotten_is_caught_in_sqlite': lambda args: caught(args, 'sqlite')}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('case', choices=CASES)
    parser.add_argument('--source', type=pathlib.Path, required=True)
    parser.add_argument('--build', type=pathlib.Path, required=True)
    parser.add_argument('--ninja', default='ninja')
    parser.add_argument('--only', default='', help='only statements with this text')
    parser.add_argument('--every', type=int, default=1, help='each so many statements only')
    args = parser.parse_args()
    sys.exit(0 if CASES[args.case](args) else 1)


main()
