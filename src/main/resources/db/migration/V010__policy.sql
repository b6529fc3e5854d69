-- Which policies there were, and which of them decided when. Rows are never changed or taken away; each is an entry of
-- the chain of hashes.

-- The chain's entry has the kind 'policy'; row_id is 'policy-' and the id.
CREATE TABLE policy_version (
  -- Digest of the rules and their cases: what decisions name.
  id           TEXT   NOT NULL PRIMARY KEY,
  published_at BIGINT NOT NULL,
  author       TEXT   NOT NULL,
  note         TEXT   NOT NULL,
  -- What its checks found, as JSON.
  checked      TEXT   NOT NULL,
  -- A JSON object of path to text, compressed with gzip, in Base64.
  files        TEXT   NOT NULL
);
CREATE INDEX policy_version_by_time ON policy_version (published_at, id);

-- The one with the highest number is in force. The chain's entry has the kind 'activation'; row_id is 'activation-' and
-- the number.
CREATE TABLE policy_activation (
  number     BIGINT NOT NULL PRIMARY KEY,
  version_id TEXT   NOT NULL REFERENCES policy_version (id),
  at         BIGINT NOT NULL,
  author     TEXT   NOT NULL,
  -- 'first', 'folder', 'activate' or 'rollback'.
  cause      TEXT   NOT NULL,
  note       TEXT   NOT NULL,
  -- The version that the rules folder held while something else was made active.
  aside      TEXT,
  -- The number that a rollback returns to.
  back_to    BIGINT
);
