-- Jobs that a table of stretches leaves out, and stretches that overlap. Out: a sentence each.
WITH named (seq, id) AS NOT MATERIALIZED ( -- as the console takes it
  SELECT seq, lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' ||
                    substr(hex(id), 21)) FROM kue_jobs
)
SELECT format('job %s (number %d) is claimable and no stretch of table kue_ready covers it: nobody would find it; job:cancel and then job:retry mend that',
              (SELECT n.id FROM named n WHERE n.seq = u.seq), u.seq) FROM kue_unfinished u
WHERE u.place = 2 AND coalesce((SELECT r.last_seq FROM kue_ready r WHERE r.queue = u.queue AND r.priority = u.priority AND r.lane = u.lane AND r.first_seq <= u.seq
                                ORDER BY r.first_seq DESC LIMIT 1) < u.seq, true)
  AND NOT EXISTS (SELECT 1 FROM kue_tail t WHERE t.queue = u.queue AND t.seq = u.seq)
UNION ALL
SELECT format('queue %s has two stretches for job number %d: it would be found twice', r.queue, o.first_seq)
FROM kue_ready r JOIN kue_ready o ON o.queue = r.queue AND o.priority = r.priority AND o.lane = r.lane AND o.first_seq > r.first_seq AND o.first_seq <= r.last_seq
UNION ALL
SELECT format('queue %s has a stretch for job number %d behind the beginning of its tail: it would be found twice', r.queue, r.last_seq)
FROM kue_queues q JOIN kue_ready r ON r.queue = q.name AND r.lane = 0 AND r.priority = q.tail_priority AND r.last_seq >= q.tail_first
WHERE q.tail_first <= q.tail_last
UNION ALL
SELECT format('job number %d runs and no stretch of its holder covers it', u.seq) FROM kue_unfinished u
WHERE u.place = 3 AND NOT EXISTS (SELECT 1 FROM kue_held h WHERE h.holder = u.holder AND h.lane = u.lane AND h.first_seq <= u.seq AND h.last_seq >= u.seq)
UNION ALL
SELECT format('job %s (number %d) is finished and no stretch covers it: it would never be pruned; job:delete removes it',
              (SELECT n.id FROM named n WHERE n.seq = f.seq), f.seq) FROM kue_finished f
WHERE f.seq NOT IN (SELECT c.seq FROM kue_ended e CROSS JOIN kue_finished c ON c.seq BETWEEN e.first_seq AND e.last_seq
                    WHERE +c.finished_at = e.finished_at AND +c.queue = e.queue AND (c.state = 6) = e.discarded)
LIMIT 100
