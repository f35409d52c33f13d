-- Out: jobs, unfinished, finished, attempts, events, queues, nodes.
SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM unfinished), (SELECT count(*) FROM finished), (SELECT count(*) FROM attempts),
       (SELECT count(*) FROM events), (SELECT count(*) FROM queues), (SELECT count(*) FROM nodes)
