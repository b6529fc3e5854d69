-- How a stream stands that is kept at its transmitter, by the word of whichever node asked last.
ALTER TABLE source ADD COLUMN stream_id TEXT;
ALTER TABLE source ADD COLUMN stream_status TEXT;
ALTER TABLE source ADD COLUMN stream_checked_at BIGINT;
ALTER TABLE source ADD COLUMN stream_fault TEXT;
ALTER TABLE source ADD COLUMN verified_at BIGINT;
-- From when a verification was asked for until its SET was there.
ALTER TABLE source ADD COLUMN verified_millis BIGINT;
