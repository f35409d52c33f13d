-- Jobs that a table of stretches leaves out, and stretches that overlap. Out: a sentence each.
SELECT format('job number %d is claimable and no stretch of table ready covers it: nobody would find it', l.seq) FROM live l
WHERE l.place = 2 AND coalesce((SELECT r.last_seq FROM ready r WHERE r.queue = l.queue AND r.priority = l.priority AND r.first_seq <= l.seq
                                ORDER BY r.first_seq DESC LIMIT 1) < l.seq, true)
UNION ALL
SELECT format('queue %s has two stretches for job number %d: it would be found twice', r.queue, o.first_seq)
FROM ready r JOIN ready o ON o.queue = r.queue AND o.priority = r.priority AND o.first_seq > r.first_seq AND o.first_seq <= r.last_seq
UNION ALL
SELECT format('job number %d runs and no stretch of its holder covers it', l.seq) FROM live l
WHERE l.place = 3 AND NOT EXISTS (SELECT 1 FROM held h WHERE h.holder = l.holder AND h.first_seq <= l.seq AND h.last_seq >= l.seq)
UNION ALL
SELECT format('job number %d is finished and no stretch covers it: it would never be pruned', f.seq) FROM finished f
WHERE NOT EXISTS (SELECT 1 FROM ended e WHERE e.queue = f.queue AND e.discarded = (f.state = 6) AND e.finished_at = f.finished_at
                  AND e.first_seq <= f.seq AND e.last_seq >= f.seq)
LIMIT 100
