-- The end of a write.
COMMIT
