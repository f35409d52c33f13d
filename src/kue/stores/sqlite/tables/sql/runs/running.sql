-- In: 1 node or 0, 2 holder or 0. Out: id, seq, queue, lane, holder, claim_no, kind, node, attempt .. unknown_since, claimed_at, cancel_asked_at.
SELECT j.id, r.seq, r.queue, r.lane, r.holder, r.claim_no, j.kind, r.node, r.attempt, r.max_attempts, r.crashes, r.node_losses, r.interruptions,
       r.unknown_since, r.claimed_at, r.cancel_asked_at
FROM kue_running r JOIN kue_jobs j ON j.seq = r.seq
WHERE (?1 = 0 OR r.node = ?1) AND (?2 = 0 OR r.holder = ?2) ORDER BY r.seq
