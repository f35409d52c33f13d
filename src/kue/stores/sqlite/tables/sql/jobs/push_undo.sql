-- They are undone, the others stay.
ROLLBACK TO pushed
