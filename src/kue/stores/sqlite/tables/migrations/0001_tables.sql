-- The first schema. Times are milliseconds since 1970, UTC. States are numbered as kue::State: 0 scheduled, 1 blocked,
-- 2 available, 3 running, 4 retryable, 5 completed, 6 discarded, 7 cancelled. Holders and nodes are 64 bits as signed integers.

-- What was pushed. Written once, read by every claim, gone with prune: arguments are never copied when a job's state changes.
CREATE TABLE jobs (
  seq          INTEGER PRIMARY KEY,            -- order of arrival, from store.last_seq, never used again
  id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  kind         TEXT    NOT NULL,
  queue        TEXT    NOT NULL,
  args         TEXT    NOT NULL,               -- JSON, not looked into here
  schema       INTEGER NOT NULL,
  run_at       INTEGER,                        -- as asked for; NULL: at once
  priority     INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  timeout_ms   INTEGER NOT NULL,
  tags         TEXT,                           -- each tag between line feeds, so that an exact one can be found; NULL: none
  meta         TEXT,                           -- length:bytes, key after value after key; NULL: none
  inserted_at  INTEGER NOT NULL
) STRICT;

-- The hot table: jobs that are not final. Small rows, so that a batch is few pages.
CREATE TABLE live (
  seq              INTEGER PRIMARY KEY,
  state            INTEGER NOT NULL,
  place            INTEGER NOT NULL,           -- where it is looked for: 0 nowhere, 1 not due yet, 2 claimable, 3 running
  queue            TEXT    NOT NULL,
  priority         INTEGER NOT NULL,
  run_at           INTEGER NOT NULL,
  attempt          INTEGER NOT NULL DEFAULT 0,
  max_attempts     INTEGER NOT NULL,
  crashes          INTEGER NOT NULL DEFAULT 0,
  node_losses      INTEGER NOT NULL DEFAULT 0,
  interruptions    INTEGER NOT NULL DEFAULT 0,
  unknown_since    INTEGER,
  claim_no         INTEGER NOT NULL DEFAULT 0,
  holder           INTEGER NOT NULL DEFAULT 0,
  node             INTEGER NOT NULL DEFAULT 0,
  claimed_at       INTEGER,
  attempted_at     INTEGER,
  progress_percent INTEGER,
  progress_note    TEXT,
  result           TEXT
) STRICT;
-- Append-only while jobs arrive with one priority: claims eat it from its head.
CREATE INDEX live_claimable ON live (queue, priority, seq) WHERE place = 2;
CREATE INDEX live_later     ON live (queue, run_at) WHERE place = 1;
CREATE INDEX live_running   ON live (node, holder) WHERE place = 3;

-- Final jobs. Same columns, and when.
CREATE TABLE finished (
  seq              INTEGER PRIMARY KEY,
  state            INTEGER NOT NULL,
  queue            TEXT    NOT NULL,
  run_at           INTEGER NOT NULL,
  attempt          INTEGER NOT NULL,
  max_attempts     INTEGER NOT NULL,
  crashes          INTEGER NOT NULL,
  node_losses      INTEGER NOT NULL,
  interruptions    INTEGER NOT NULL,
  unknown_since    INTEGER,
  claim_no         INTEGER NOT NULL,
  holder           INTEGER NOT NULL,
  node             INTEGER NOT NULL,
  claimed_at       INTEGER,
  attempted_at     INTEGER,
  progress_percent INTEGER,
  progress_note    TEXT,
  result           TEXT,
  finished_at      INTEGER NOT NULL
) STRICT;
-- For prune: discarded (1) are kept longer than completed and cancelled (0). Append-only too.
CREATE INDEX finished_oldest ON finished ((state = 6), finished_at);

-- Runs that did not complete.
CREATE TABLE attempts (
  number     INTEGER PRIMARY KEY,
  seq        INTEGER NOT NULL,
  claim_no   INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  reason     INTEGER NOT NULL,
  type       TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  backtrace  TEXT    NOT NULL,
  signal     INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER NOT NULL,
  node       INTEGER NOT NULL,
  pid        INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_of ON attempts (seq);

-- One row a queue that ever had a job or is paused; the numbers change in the transaction that changes the jobs.
CREATE TABLE queues (
  name      TEXT    NOT NULL PRIMARY KEY,
  paused    INTEGER NOT NULL DEFAULT 0,
  pushed    INTEGER NOT NULL DEFAULT 0,        -- ever
  scheduled INTEGER NOT NULL DEFAULT 0,
  blocked   INTEGER NOT NULL DEFAULT 0,
  available INTEGER NOT NULL DEFAULT 0,
  running   INTEGER NOT NULL DEFAULT 0,
  retryable INTEGER NOT NULL DEFAULT 0,
  completed INTEGER NOT NULL DEFAULT 0,
  discarded INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  node    INTEGER PRIMARY KEY,
  name    TEXT    NOT NULL,
  pid     INTEGER NOT NULL,
  beat    INTEGER NOT NULL,
  beat_at INTEGER NOT NULL,
  dead    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The event log: every transition, in the transaction that made it, if the log is on.
CREATE TABLE events (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  id         BLOB    NOT NULL,
  verb       INTEGER NOT NULL,
  from_state INTEGER,
  to_state   INTEGER,
  reason     INTEGER NOT NULL,
  claim_no   INTEGER NOT NULL,
  holder     INTEGER NOT NULL,
  node       INTEGER NOT NULL,
  stale      INTEGER NOT NULL
) STRICT;

CREATE TABLE store (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO store (name, value) VALUES ('last_seq', 0);
