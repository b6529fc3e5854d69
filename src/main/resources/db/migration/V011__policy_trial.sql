-- Policies on trial. Nothing here proves anything: it is no part of the chain of hashes, and what is old goes.

CREATE TABLE policy_simulation (
  id         TEXT   NOT NULL PRIMARY KEY,
  started_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  -- 'running', 'done' or 'failed'.
  stage      TEXT   NOT NULL,
  -- All of it as JSON, the result included.
  body       TEXT   NOT NULL
);

-- No row, or one: the policy in shadow.
CREATE TABLE policy_shadow (
  id         INTEGER NOT NULL PRIMARY KEY,
  version_id TEXT    NOT NULL REFERENCES policy_version (id),
  since      BIGINT  NOT NULL,
  author     TEXT    NOT NULL
);

-- What it would have decided.
CREATE TABLE would_have (
  signal_id  TEXT    NOT NULL,
  version_id TEXT    NOT NULL,
  at         BIGINT  NOT NULL,
  -- 1 if it would have decided otherwise.
  changed    INTEGER NOT NULL,
  body       TEXT    NOT NULL,
  PRIMARY KEY (signal_id, version_id)
);
CREATE INDEX would_have_by_time ON would_have (at, signal_id);
