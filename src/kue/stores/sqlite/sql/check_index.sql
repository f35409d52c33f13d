-- How many jobs are claimable by the index, and how many by the table. Out: by index, by table.
SELECT (SELECT count(*) FROM live INDEXED BY live_claimable WHERE place = 2), (SELECT count(*) FROM live NOT INDEXED WHERE place = 2)
