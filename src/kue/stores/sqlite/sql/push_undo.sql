-- The member is undone, the others stay.
ROLLBACK TO member
