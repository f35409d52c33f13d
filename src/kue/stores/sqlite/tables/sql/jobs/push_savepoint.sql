-- Jobs that share a commit with others may fail alone.
SAVEPOINT pushed
