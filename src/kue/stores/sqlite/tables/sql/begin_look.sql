-- Looks of one moment; no lock that a writer would wait for.
BEGIN
