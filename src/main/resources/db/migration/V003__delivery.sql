-- What is due at one target, however much is due at others.
CREATE INDEX action_due_at_target ON action (target, next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
-- What lies before each target is counted every few seconds; actions that ended well cost this index nothing.
CREATE INDEX action_backlog ON action (target, state, updated_at)
  WHERE state IN ('waiting', 'retrying', 'dead') AND target IS NOT NULL;
