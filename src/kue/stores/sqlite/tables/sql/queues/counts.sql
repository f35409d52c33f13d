-- The numbers of every queue. Out: name, paused, scheduled .. cancelled, in the order of kue::State.
SELECT name, paused, scheduled, blocked, available, running, retryable, completed, discarded, cancelled FROM kue_queues ORDER BY name
