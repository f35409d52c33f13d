-- In: 1 node. Out: dead; no row: unknown.
SELECT dead FROM kue_nodes WHERE node = ?1
