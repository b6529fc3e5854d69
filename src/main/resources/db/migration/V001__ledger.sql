-- The ledger, in the part of SQL that SQLite and PostgreSQL share. Times are epoch milliseconds; ids are text.

CREATE TABLE signal (
  id             TEXT   NOT NULL PRIMARY KEY,
  iss            TEXT   NOT NULL,
  jti            TEXT   NOT NULL,
  txn            TEXT,
  subject_key    TEXT,
  -- Aliases of its events, comma-separated, in the order of the token.
  events         TEXT   NOT NULL,
  occurred_at    BIGINT NOT NULL,
  received_at    BIGINT NOT NULL,
  -- The SET, its compact form included, and its events, as JSON.
  body           TEXT   NOT NULL,
  parked_because TEXT,
  parked_at      BIGINT,
  -- In this order it also serves the look-up by jti alone.
  UNIQUE (jti, iss)
);
CREATE INDEX signal_by_time ON signal (received_at, id);
CREATE INDEX signal_by_issuer ON signal (iss, received_at, id);
CREATE INDEX signal_by_subject ON signal (subject_key, received_at, id);

CREATE TABLE decision (
  signal_id      TEXT   NOT NULL PRIMARY KEY REFERENCES signal (id),
  policy_version TEXT   NOT NULL,
  decided_at     BIGINT NOT NULL,
  severity       TEXT   NOT NULL,
  -- Names of the rules that fired, a JSON array.
  rules          TEXT   NOT NULL
);

CREATE TABLE action (
  id              TEXT    NOT NULL PRIMARY KEY,
  signal_id       TEXT    NOT NULL REFERENCES decision (signal_id),
  ordinal         INTEGER NOT NULL,
  kind            TEXT    NOT NULL,
  target          TEXT,
  state           TEXT    NOT NULL,
  -- Attempts since it was decided or last redriven.
  tries           INTEGER NOT NULL,
  -- All attempts ever made: the number of the last one.
  attempts        INTEGER NOT NULL,
  -- Present only while the state is 'retrying'.
  next_attempt_at BIGINT,
  updated_at      BIGINT  NOT NULL,
  body            TEXT    NOT NULL
);
CREATE INDEX action_by_signal ON action (signal_id, ordinal);
CREATE INDEX action_by_state ON action (state, updated_at, id);
-- Few actions wait for another attempt; the others cost this index nothing.
CREATE INDEX action_due ON action (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE attempt (
  action_id TEXT    NOT NULL REFERENCES action (id),
  n         INTEGER NOT NULL,
  at        BIGINT  NOT NULL,
  outcome   TEXT    NOT NULL,
  detail    TEXT    NOT NULL,
  PRIMARY KEY (action_id, n)
);
