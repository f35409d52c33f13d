-- Jobs that a table of stretches leaves out, and stretches that overlap. Out: a sentence each.
SELECT format('job number %d is claimable and no stretch of table ready covers it: nobody would find it', u.seq) FROM unfinished u
WHERE u.place = 2 AND coalesce((SELECT r.last_seq FROM ready r WHERE r.queue = u.queue AND r.priority = u.priority AND r.first_seq <= u.seq
                                ORDER BY r.first_seq DESC LIMIT 1) < u.seq, true)
UNION ALL
SELECT format('queue %s has two stretches for job number %d: it would be found twice', r.queue, o.first_seq)
FROM ready r JOIN ready o ON o.queue = r.queue AND o.priority = r.priority AND o.first_seq > r.first_seq AND o.first_seq <= r.last_seq
UNION ALL
SELECT format('job number %d runs and no stretch of its holder covers it', u.seq) FROM unfinished u
WHERE u.place = 3 AND NOT EXISTS (SELECT 1 FROM held h WHERE h.holder = u.holder AND h.first_seq <= u.seq AND h.last_seq >= u.seq)
UNION ALL
SELECT format('job number %d is finished and no stretch covers it: it would never be pruned', f.seq) FROM finished f
WHERE f.seq NOT IN (SELECT c.seq FROM ended e CROSS JOIN finished c ON c.seq BETWEEN e.first_seq AND e.last_seq
                    WHERE +c.finished_at = e.finished_at AND +c.queue = e.queue AND (c.state = 6) = e.discarded)
LIMIT 100
