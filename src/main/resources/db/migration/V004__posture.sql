-- How subjects stand, by the word of each issuer: of each aspect what happened last. It follows from the signals, so the
-- chain of hashes does not cover it.

CREATE TABLE posture (
  subject_key TEXT   NOT NULL,
  iss         TEXT   NOT NULL,
  -- Such as 'risk/USER', 'compliance', 'assurance/NIST-AAL'.
  aspect      TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  -- When it happened, not when it arrived.
  since       BIGINT NOT NULL,
  signal_id   TEXT   NOT NULL,
  PRIMARY KEY (subject_key, iss, aspect)
);
