-- Nothing was written.
ROLLBACK
