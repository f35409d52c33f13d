-- Writes a page, and counts the checkpoints by that (checkpointer.hpp).
INSERT INTO kue_store (name, value) VALUES ('checkpoints', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1
