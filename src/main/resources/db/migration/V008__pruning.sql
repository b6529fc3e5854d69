-- What retention took away. Entries of the chain that went with their rows leave gaps; in each gap stands an anchor, and
-- what made the anchor is an entry of the chain itself.

-- One row a batch, never changed. The chain has an entry of the kind 'pruned' for it: row_id is 'pruning-' and the id.
CREATE TABLE pruning (
  id             BIGINT NOT NULL PRIMARY KEY,
  at             BIGINT NOT NULL,
  -- All that was taken away was older than this.
  cutoff         BIGINT NOT NULL,
  -- The configuration that asked for it.
  setting        TEXT   NOT NULL,
  signals        BIGINT NOT NULL,
  actions        BIGINT NOT NULL,
  attempts       BIGINT NOT NULL,
  -- Signals that all batches up to this one took away.
  signals_in_all BIGINT NOT NULL,
  -- The anchors that this batch made, one a line: first_seq, last_seq, previous, hash.
  anchors        TEXT   NOT NULL
);

-- One row a gap. Gaps that meet become one.
CREATE TABLE anchor (
  first_seq  BIGINT NOT NULL PRIMARY KEY,
  last_seq   BIGINT NOT NULL UNIQUE,
  -- Of the first entry that is gone, the hash of the one before it.
  previous   TEXT   NOT NULL,
  -- The hash of the last entry that is gone.
  hash       TEXT   NOT NULL,
  pruning_id BIGINT NOT NULL REFERENCES pruning (id)
);
CREATE INDEX anchor_by_pruning ON anchor (pruning_id);

-- One row: who prunes, and how far the ledger has forgotten.
CREATE TABLE pruner (
  id               INTEGER NOT NULL PRIMARY KEY,
  node             TEXT    NOT NULL,
  -- Until then no other node prunes.
  claimed_until    BIGINT  NOT NULL,
  last_pruning     BIGINT  NOT NULL,
  signals          BIGINT  NOT NULL,
  -- A signal received before this may have been taken away.
  forgotten_before BIGINT  NOT NULL
);
INSERT INTO pruner (id, node, claimed_until, last_pruning, signals, forgotten_before) VALUES (1, '', 0, 0, 0, 0);

-- From a row to its entry: to take both away, and to find a row that has none.
CREATE INDEX chain_by_row ON chain (row_id);
