-- One row for each action that takes something from a subject. Rows with one place are reasons for one and the same state of
-- the target: it is given back when the last of them falls away.
CREATE TABLE containment (
  action_id   TEXT   NOT NULL PRIMARY KEY,
  -- Digest of subject, target, kind, and what else tells one such state from another.
  place       TEXT   NOT NULL,
  subject_key TEXT   NOT NULL,
  target      TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  iss         TEXT   NOT NULL,
  rule        TEXT   NOT NULL,
  signal_id   TEXT   NOT NULL,
  -- What its event said of the subject, such as 'risk/USER'.
  aspect      TEXT,
  -- When that happened.
  caused_at   BIGINT NOT NULL,
  since       BIGINT NOT NULL,
  lasts       BIGINT,
  until_at    BIGINT,
  -- 'held', 'ours', 'theirs', 'unknown', 'nothing'; absent while nobody knows.
  found       TEXT,
  found_at    BIGINT,
  lifted_at   BIGINT,
  lifted_by   TEXT,
  released_at BIGINT
);
CREATE INDEX containment_by_place ON containment (place) WHERE released_at IS NULL;
CREATE INDEX containment_due ON containment (until_at) WHERE lifted_at IS NULL AND until_at IS NOT NULL;
CREATE INDEX containment_by_subject ON containment (subject_key, since);
CREATE INDEX containment_by_time ON containment (since, action_id);
