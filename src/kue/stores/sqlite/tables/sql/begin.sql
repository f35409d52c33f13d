-- The write lock is taken now, not at the first write: a transaction that began by reading could not get it any more.
BEGIN IMMEDIATE
