-- In: 1 node. Out: dead; no row: unknown.
SELECT dead FROM nodes WHERE node = ?1
