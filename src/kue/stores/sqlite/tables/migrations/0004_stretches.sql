-- Instead of an index entry a job: stretches of numbers (stretches.hpp). A stretch may cover numbers that do not belong to it;
-- whoever reads it asks the job itself. No job that belongs to one is left out.

-- A program of an older schema that still has the file open must not push: it knows nothing of these tables, and nobody would find its jobs.
-- With another name for its hot table whatever it writes is an error.
ALTER TABLE live RENAME TO unfinished;

-- Claimable jobs (unfinished.place = 2). Stretches of one queue and priority do not overlap.
CREATE TABLE ready (
  queue     TEXT    NOT NULL,
  priority  INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq  INTEGER NOT NULL,
  PRIMARY KEY (queue, priority, first_seq)
) STRICT, WITHOUT ROWID;

-- Running jobs, by who holds them.
CREATE TABLE held (
  holder    INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq  INTEGER NOT NULL,
  PRIMARY KEY (holder, first_seq)
) STRICT, WITHOUT ROWID;

-- Final jobs, for prune: discarded ones (1) are kept longer than completed and cancelled ones (0).
CREATE TABLE ended (
  queue       TEXT    NOT NULL,
  discarded   INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  first_seq   INTEGER NOT NULL,
  last_seq    INTEGER NOT NULL,
  PRIMARY KEY (queue, discarded, finished_at, first_seq)
) STRICT, WITHOUT ROWID;

INSERT INTO ready (queue, priority, first_seq, last_seq)
SELECT queue, priority, min(seq), max(seq) FROM (
  SELECT queue, priority, seq, seq - row_number() OVER (PARTITION BY queue, priority ORDER BY seq) AS stretch FROM unfinished WHERE place = 2
) GROUP BY queue, priority, stretch;
INSERT INTO held (holder, first_seq, last_seq)
SELECT holder, min(seq), max(seq) FROM (
  SELECT holder, seq, seq - row_number() OVER (PARTITION BY holder ORDER BY seq) AS stretch FROM unfinished WHERE place = 3
) GROUP BY holder, stretch;
INSERT INTO ended (queue, discarded, finished_at, first_seq, last_seq)
SELECT queue, discarded, finished_at, min(seq), max(seq) FROM (
  SELECT queue, state = 6 AS discarded, finished_at, seq,
         seq - row_number() OVER (PARTITION BY queue, state = 6, finished_at ORDER BY seq) AS stretch FROM finished
) GROUP BY queue, discarded, finished_at, stretch;

DROP INDEX live_claimable;
DROP INDEX live_running;
DROP INDEX live_later;
DROP INDEX finished_of_queue;
CREATE INDEX unfinished_later ON unfinished (queue, run_at) WHERE place = 1;

-- In the order of claims: priority, first_seq, seq.
CREATE VIEW claimable AS
SELECT r.queue, r.priority, r.first_seq, r.last_seq, u.seq, u.state, u.attempt, u.max_attempts, u.crashes, u.node_losses, u.interruptions, u.unknown_since, u.claim_no
FROM ready r CROSS JOIN unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq
WHERE u.place = 2 AND u.queue = r.queue AND u.priority = r.priority;

-- The signs + keep SQLite from making an index of the whole table for one look.
CREATE VIEW running AS
SELECT * FROM unfinished WHERE place = 3
  AND seq IN (SELECT u.seq FROM held h CROSS JOIN unfinished u ON u.seq BETWEEN h.first_seq AND h.last_seq WHERE +u.place = 3 AND +u.holder = h.holder);
