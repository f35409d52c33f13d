-- A running job that a person wants cancelled: its worker is asked to stop it, and it does not wait again.
ALTER TABLE live ADD COLUMN cancel_asked_at INTEGER;
