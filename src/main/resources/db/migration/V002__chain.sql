-- Every decision with its actions, and every attempt, is one entry of one chain of hashes, in the order of commits.

CREATE TABLE chain (
  seq      BIGINT NOT NULL PRIMARY KEY,
  -- 'decision': row_id is the signal's; 'attempt': row_id is the action's, a colon, the attempt's number.
  kind     TEXT   NOT NULL,
  row_id   TEXT   NOT NULL,
  -- SHA-256, hexadecimal, of the content of the rows.
  digest   TEXT   NOT NULL,
  -- The hash of the entry before; of the first one, 64 zeros.
  previous TEXT   NOT NULL,
  -- SHA-256, hexadecimal, of all of the above.
  hash     TEXT   NOT NULL
);

-- One row. Whoever appends holds its lock until the commit: the chain stays one, whatever number of nodes write.
CREATE TABLE chain_head (
  id   INTEGER NOT NULL PRIMARY KEY,
  seq  BIGINT  NOT NULL,
  hash TEXT    NOT NULL
);
INSERT INTO chain_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
