-- Subjects that a signal names besides the one in its subject_key: a device beside its user, each of several aliases, those
-- of single events. What is about somebody is found by either.
CREATE TABLE mention (
  subject_key TEXT NOT NULL,
  signal_id   TEXT NOT NULL,
  PRIMARY KEY (subject_key, signal_id)
);
CREATE INDEX mention_by_signal ON mention (signal_id);

-- What was erased on request. The chain has an entry of the kind 'erased' for each row here: row_id is 'erasure-' and the id.
CREATE TABLE erasure (
  id        BIGINT NOT NULL PRIMARY KEY,
  at        BIGINT NOT NULL,
  -- The operator.
  by_whom   TEXT   NOT NULL,
  -- Stands for the subject; made with a key that is not in this database.
  pseudonym TEXT   NOT NULL,
  signals   BIGINT NOT NULL,
  actions   BIGINT NOT NULL,
  attempts  BIGINT NOT NULL
);

-- Rows of the chain whose content is no longer what their entry says, and what it is instead. Never changed.
CREATE TABLE erased (
  -- As in the chain.
  row_id     TEXT   NOT NULL PRIMARY KEY,
  erasure_id BIGINT NOT NULL REFERENCES erasure (id),
  kind       TEXT   NOT NULL,
  -- The digest of the row's content until then, as its entry has it, and since.
  digest_was TEXT   NOT NULL,
  digest_is  TEXT   NOT NULL
);
CREATE INDEX erased_by_erasure ON erased (erasure_id);

-- One row: the number of the last erasure.
CREATE TABLE erasures (
  id      INTEGER NOT NULL PRIMARY KEY,
  last_id BIGINT  NOT NULL
);
INSERT INTO erasures (id, last_id) VALUES (1, 0);
