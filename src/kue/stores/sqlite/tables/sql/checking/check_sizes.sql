-- Out: jobs, unfinished, finished, attempts, events, queues, nodes.
SELECT (SELECT count(*) FROM kue_jobs), (SELECT count(*) FROM kue_unfinished), (SELECT count(*) FROM kue_finished), (SELECT count(*) FROM kue_attempts),
       (SELECT count(*) FROM kue_events), (SELECT count(*) FROM kue_queues), (SELECT count(*) FROM kue_nodes)
