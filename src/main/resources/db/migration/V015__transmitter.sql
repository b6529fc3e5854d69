-- Streams that we keep for receivers, and what lies before each of them.

CREATE TABLE outbound_stream (
  id               TEXT   NOT NULL PRIMARY KEY,
  client           TEXT   NOT NULL,
  -- A JSON array.
  aud              TEXT   NOT NULL,
  -- 'push' or 'poll'.
  method           TEXT   NOT NULL,
  -- Where it is pushed to; absent if it is polled.
  endpoint         TEXT,
  -- What is sent in the header Authorization, encrypted.
  sealed           TEXT,
  -- A JSON array, as asked for; absent if nothing was.
  events_requested TEXT,
  description      TEXT,
  status           TEXT   NOT NULL,
  reason           TEXT,
  created_at       BIGINT NOT NULL,
  updated_at       BIGINT NOT NULL,
  -- When its receiver was last heard of.
  active_at        BIGINT NOT NULL,
  -- When a verification was last asked for.
  verified_at      BIGINT,
  -- Nothing is pushed before this: its receiver gave no answer.
  rest_until       BIGINT,
  -- Pushes in a row without an answer that settles them.
  failures         INTEGER NOT NULL,
  -- SETs in a row that its receiver would not have.
  refusals         INTEGER NOT NULL,
  last_cause       TEXT
);
CREATE INDEX outbound_stream_by_client ON outbound_stream (client, created_at, id);

-- Numbers that are given once, in the order of commits, and the revision of all streams. Whoever takes one holds the
-- row's lock until the commit.
CREATE TABLE outbound_counter (
  name TEXT   NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);
INSERT INTO outbound_counter (name, last) VALUES ('seq', 0);
INSERT INTO outbound_counter (name, last) VALUES ('streams', 0);

-- One row a SET a stream.
CREATE TABLE outbound (
  seq        BIGINT  NOT NULL PRIMARY KEY,
  stream_id  TEXT    NOT NULL REFERENCES outbound_stream (id),
  jti        TEXT    NOT NULL,
  -- What caused it; absent if an operator did, or the stream itself.
  signal_id  TEXT,
  event      TEXT    NOT NULL,
  txn        TEXT,
  -- 0 announces a change of the stream and goes out whatever its status; 1 verifies it; 2 is all else.
  priority   INTEGER NOT NULL,
  created_at BIGINT  NOT NULL,
  -- As they are signed, a JSON object.
  claims     TEXT    NOT NULL,
  -- As it was signed when it first went out; absent before.
  compact    TEXT,
  -- 'waiting', 'delivered', 'parked' or 'dropped'.
  state      TEXT    NOT NULL,
  -- How often it went out.
  attempts   INTEGER NOT NULL,
  -- It is passed over until then: others overtook it, or it was handed out.
  next_at    BIGINT,
  ended_at   BIGINT,
  -- Why it was parked, or did not arrive last time.
  code       TEXT,
  cause      TEXT,
  UNIQUE (stream_id, jti)
);
CREATE INDEX outbound_waiting ON outbound (stream_id, priority, seq) WHERE state = 'waiting';
CREATE INDEX outbound_by_stream ON outbound (stream_id, seq);
CREATE INDEX outbound_ended ON outbound (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX outbound_parked ON outbound (stream_id, seq) WHERE state = 'parked';

-- Subjects that a receiver added, or took away from all of them.
CREATE TABLE outbound_subject (
  stream_id    TEXT    NOT NULL REFERENCES outbound_stream (id),
  -- Of the subject, in its canonical form.
  fingerprint  TEXT    NOT NULL,
  subject      TEXT    NOT NULL,
  -- 1 if it matches by its members, and not by its fingerprint alone.
  complex      INTEGER NOT NULL,
  -- 'added' or 'removed'.
  state        TEXT    NOT NULL,
  -- A removal counts from here on.
  effective_at BIGINT  NOT NULL,
  PRIMARY KEY (stream_id, fingerprint)
);
CREATE INDEX outbound_subject_found ON outbound_subject (fingerprint);
CREATE INDEX outbound_subject_complex ON outbound_subject (stream_id) WHERE complex = 1;
