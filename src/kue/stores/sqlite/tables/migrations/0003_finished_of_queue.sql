-- Each queue has a retention of its own: prune looks for the oldest of one queue.
DROP INDEX finished_oldest;
CREATE INDEX finished_of_queue ON finished (queue, (state = 6), finished_at);
