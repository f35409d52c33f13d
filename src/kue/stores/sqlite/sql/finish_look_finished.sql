-- Who ended a final job. In: 1 id. Out: holder.
SELECT f.holder FROM jobs j JOIN finished f ON f.seq = j.seq WHERE j.id = ?1
