-- What one node at a time does for all, and who does it now.
CREATE TABLE lease (
  name       TEXT   NOT NULL PRIMARY KEY,
  owner      TEXT   NOT NULL,
  -- Grows each time that another owner takes it: what is written under an older one is told from what is true.
  fence      BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- How each source of SETs stands. All nodes add to what was taken; the one that polls says how the polls go.
CREATE TABLE source (
  name       TEXT   NOT NULL PRIMARY KEY,
  taken      BIGINT NOT NULL,
  taken_at   BIGINT,
  -- How long the last one had been issued when it came.
  lag_millis BIGINT,
  fence      BIGINT NOT NULL,
  node       TEXT,
  state      TEXT,
  since      BIGINT,
  fault      TEXT,
  polled_at  BIGINT
);

CREATE TABLE source_refusal (
  source     TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  refused    BIGINT NOT NULL,
  refused_at BIGINT NOT NULL,
  PRIMARY KEY (source, code)
);
