-- A single push changes few pages; lanes, attempts as head and record, nodes that say where their lock is (docs/decisions/0014, 0015).
-- All tables are named kue_*: they may stand beside a program's own. The hot table gets another name once more, as in 0004: a program of an
-- older schema that still has the file open must not push, nobody would find its jobs.
DROP VIEW claimable;
DROP VIEW running;
ALTER TABLE jobs       RENAME TO kue_jobs;
ALTER TABLE unfinished RENAME TO kue_unfinished;
ALTER TABLE finished   RENAME TO kue_finished;
ALTER TABLE ended      RENAME TO kue_ended;
ALTER TABLE events     RENAME TO kue_events;
ALTER TABLE store      RENAME TO kue_store;

-- The lane in which a job waits; 0: the plain one of its queue and priority.
ALTER TABLE kue_unfinished ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
-- What its end frees beside the lane: 1 a unique key, 2 jobs that wait for it. The quick way of ends is for jobs without.
ALTER TABLE kue_unfinished ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;

-- Claimable jobs, as stretches of numbers (0004); the lane stands before the priority, so that plain jobs are looked at alone.
CREATE TABLE kue_ready (
  queue     TEXT    NOT NULL,
  lane      INTEGER NOT NULL,
  priority  INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq  INTEGER NOT NULL,
  PRIMARY KEY (queue, lane, priority, first_seq)
) STRICT, WITHOUT ROWID;
INSERT INTO kue_ready SELECT queue, 0, priority, first_seq, last_seq FROM ready;
DROP TABLE ready;

-- The newest stretch of a queue's plain jobs stands with its counters: a push changes one row for both. Whoever claims, or returns a job to
-- its lane, first folds it into kue_ready; so it covers jobs that were never claimed, and lies behind all stretches of its lane.
-- Empty: tail_first > tail_last.
CREATE TABLE kue_queues (
  name          TEXT    NOT NULL PRIMARY KEY,
  paused        INTEGER NOT NULL DEFAULT 0,
  pushed        INTEGER NOT NULL DEFAULT 0,    -- ever
  scheduled     INTEGER NOT NULL DEFAULT 0,
  blocked       INTEGER NOT NULL DEFAULT 0,
  available     INTEGER NOT NULL DEFAULT 0,
  running       INTEGER NOT NULL DEFAULT 0,
  retryable     INTEGER NOT NULL DEFAULT 0,
  completed     INTEGER NOT NULL DEFAULT 0,
  discarded     INTEGER NOT NULL DEFAULT 0,
  cancelled     INTEGER NOT NULL DEFAULT 0,
  tail_priority INTEGER NOT NULL DEFAULT 0,
  tail_first    INTEGER NOT NULL DEFAULT 1,
  tail_last     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO kue_queues (name, paused, pushed, scheduled, blocked, available, running, retryable, completed, discarded, cancelled)
SELECT name, paused, pushed, scheduled, blocked, available, running, retryable, completed, discarded, cancelled FROM queues;
DROP TABLE queues;

-- kue_store.last_seq is from here on a floor: no number up to it is given again. A push takes the number behind it and behind those of all jobs.

CREATE TABLE kue_held (
  holder    INTEGER NOT NULL,
  lane      INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq  INTEGER NOT NULL,
  PRIMARY KEY (holder, lane, first_seq)
) STRICT, WITHOUT ROWID;
INSERT INTO kue_held SELECT holder, 0, first_seq, last_seq FROM held;
DROP TABLE held;

-- Runs that did not complete: a head, and what did not fit into it as bytes with a version (docs/internals/formats.md).
CREATE TABLE kue_attempts (
  number     INTEGER PRIMARY KEY,
  seq        INTEGER NOT NULL,
  claim_no   INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  reason     INTEGER NOT NULL,
  type       TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  signal     INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER NOT NULL,
  node       INTEGER NOT NULL,
  pid        INTEGER NOT NULL,
  record     BLOB                              -- NULL: none, or dropped
) STRICT;
INSERT INTO kue_attempts (number, seq, claim_no, attempt, reason, type, message, signal, started_at, ended_at, node, pid, record)
SELECT number, seq, claim_no, attempt, reason, type, CASE WHEN length(CAST(message AS BLOB)) > 1024 THEN substr(message, 1, 256) ELSE message END, signal,
       started_at, ended_at, node, pid,
       CASE WHEN newer < 3 AND (backtrace <> '' OR length(CAST(message AS BLOB)) > 1024)
                 AND length(CAST(json_object('v', 1, 'message', message, 'backtrace', backtrace) AS BLOB)) <= 98304
            THEN CAST(json_object('v', 1, 'message', message, 'backtrace', backtrace) AS BLOB) END
FROM (SELECT *, row_number() OVER (PARTITION BY seq ORDER BY number DESC) - 1 AS newer FROM attempts)
WHERE newer < 100  -- as many of a job, and as many records, as kue/limits.hpp says
ORDER BY number;
DROP TABLE attempts;
CREATE INDEX kue_attempts_of ON kue_attempts (seq);

CREATE TABLE kue_nodes (
  node        INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL,
  pid         INTEGER NOT NULL,
  beat        INTEGER NOT NULL,
  beat_at     INTEGER NOT NULL,
  dead        INTEGER NOT NULL DEFAULT 0,
  boot_id     TEXT    NOT NULL DEFAULT '',
  lock_path   TEXT    NOT NULL DEFAULT '',
  lock_device INTEGER NOT NULL DEFAULT 0,
  lock_inode  INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO kue_nodes (node, name, pid, beat, beat_at, dead) SELECT node, name, pid, beat, beat_at, dead FROM nodes;
DROP TABLE nodes;

-- In the order of claims: priority, first_seq, seq. The row decides: a stretch may cover jobs that moved.
CREATE VIEW kue_claimable AS
SELECT r.queue, r.priority, r.lane, r.first_seq, r.last_seq, u.seq, u.state, u.attempt, u.max_attempts, u.crashes, u.node_losses, u.interruptions,
       u.unknown_since, u.claim_no
FROM kue_ready r CROSS JOIN kue_unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq
WHERE u.place = 2 AND u.queue = r.queue AND u.priority = r.priority AND u.lane = r.lane;

-- And those that the tail of their queue covers, behind them.
CREATE VIEW kue_tail AS
SELECT q.name AS queue, q.tail_priority AS priority, u.seq
FROM kue_queues q CROSS JOIN kue_unfinished u ON u.seq BETWEEN q.tail_first AND q.tail_last
WHERE u.place = 2 AND u.queue = q.name AND u.priority = q.tail_priority AND u.lane = 0;

-- The signs + keep SQLite from making an index of the whole table for one look.
CREATE VIEW kue_running AS
SELECT * FROM kue_unfinished WHERE place = 3
  AND seq IN (SELECT u.seq FROM kue_held h CROSS JOIN kue_unfinished u ON u.seq BETWEEN h.first_seq AND h.last_seq
              WHERE +u.place = 3 AND +u.holder = h.holder AND +u.lane = h.lane);

-- A job, what was pushed and where it stands, whichever table that is in.
CREATE VIEW kue_every_job AS
SELECT j.seq, j.id, j.kind, j.queue, j.args, j.schema, j.run_at AS asked_run_at, j.priority, j.max_attempts AS asked_max_attempts, j.timeout_ms, j.tags, j.meta,
       j.inserted_at, coalesce(u.state, f.state) AS state, coalesce(u.run_at, f.run_at) AS run_at, coalesce(u.attempt, f.attempt) AS attempt,
       coalesce(u.max_attempts, f.max_attempts) AS max_attempts, coalesce(u.crashes, f.crashes) AS crashes,
       coalesce(u.node_losses, f.node_losses) AS node_losses, coalesce(u.interruptions, f.interruptions) AS interruptions,
       coalesce(u.unknown_since, f.unknown_since) AS unknown_since, coalesce(u.claim_no, f.claim_no) AS claim_no, coalesce(u.holder, f.holder) AS holder,
       coalesce(u.node, f.node) AS node, coalesce(u.attempted_at, f.attempted_at) AS attempted_at, f.finished_at, coalesce(u.result, f.result) AS result,
       coalesce(u.progress_percent, f.progress_percent) AS progress_percent, coalesce(u.progress_note, f.progress_note) AS progress_note, u.cancel_asked_at
FROM kue_jobs j LEFT JOIN kue_unfinished u ON u.seq = j.seq LEFT JOIN kue_finished f ON f.seq = j.seq;
