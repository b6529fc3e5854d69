-- Actions that tell of something that was found after their decision was recorded. They are no part of the decision that
-- the chain proves; the first line of their own story is. 1, or absent.
ALTER TABLE action ADD COLUMN added INTEGER;
CREATE INDEX action_added ON action (signal_id) WHERE added IS NOT NULL;
