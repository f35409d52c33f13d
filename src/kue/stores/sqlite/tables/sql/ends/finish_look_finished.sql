-- Whose claim was the last of a final job. In: 1 seq. Out: holder, claim_no, queue.
SELECT holder, claim_no, queue FROM kue_finished WHERE seq = ?1
