-- How many completed and cancelled jobs are kept now.
SELECT coalesce(sum(completed + cancelled), 0) FROM queues
