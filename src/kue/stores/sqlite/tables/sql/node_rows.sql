-- How many running jobs a node holds. In: 1 node.
SELECT count(*) FROM running WHERE node = ?1
