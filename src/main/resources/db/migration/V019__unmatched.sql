-- Actions that ended for want of a mapping: whom they are about, and when the mapping is asked again. Set only when an
-- action ends as unmatched, and of no meaning in any other state.
ALTER TABLE action ADD COLUMN subject_key TEXT;
ALTER TABLE action ADD COLUMN looks INTEGER;
ALTER TABLE action ADD COLUMN look_at BIGINT;
CREATE INDEX action_unmatched_due ON action (target, look_at, id) WHERE state = 'unmatched';
CREATE INDEX action_unmatched_subject ON action (subject_key, target, updated_at) WHERE state = 'unmatched';
