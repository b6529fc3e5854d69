-- Ends of sessions that were decided lately, by which a logout token and a SET that tell of the same one are known for
-- it. It follows from the signals, so the chain of hashes does not cover it; rows older than a day are taken away.

CREATE TABLE session_end (
  iss          TEXT    NOT NULL,
  -- Digest of the session's identifier; of the user's where all sessions ended.
  fingerprint  TEXT    NOT NULL,
  -- The signal whose decision counts.
  signal_id    TEXT    NOT NULL,
  -- 1: a SET may still tell the same; 0: one has.
  set_may_come INTEGER NOT NULL,
  -- When it happened, by the word of the issuer.
  occurred_at  BIGINT  NOT NULL,
  decided_at   BIGINT  NOT NULL,
  PRIMARY KEY (iss, fingerprint)
);
CREATE INDEX session_end_by_time ON session_end (decided_at);
