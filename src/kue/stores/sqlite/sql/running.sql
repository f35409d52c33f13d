-- In: 1 node or 0, 2 holder or 0. Out: id, kind, queue, holder, node, claim_no, attempt .. unknown_since, claimed_at, cancel_asked_at.
SELECT j.id, j.kind, j.queue, l.holder, l.node, l.claim_no, l.attempt, l.max_attempts, l.crashes, l.node_losses, l.interruptions,
       l.unknown_since, l.claimed_at, l.cancel_asked_at
FROM live l INDEXED BY live_running JOIN jobs j ON j.seq = l.seq
WHERE l.place = 3 AND (?1 = 0 OR l.node = ?1) AND (?2 = 0 OR l.holder = ?2) ORDER BY l.seq
