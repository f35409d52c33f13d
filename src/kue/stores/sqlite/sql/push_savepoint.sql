-- One group member of a shared commit may fail alone.
SAVEPOINT member
