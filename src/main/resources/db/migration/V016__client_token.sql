-- What the built-in authorization server gave out. Only digests: whoever reads this table can log in as nobody.

CREATE TABLE client_token (
  -- SHA-256, hexadecimal.
  digest     TEXT   NOT NULL PRIMARY KEY,
  client     TEXT   NOT NULL,
  -- Separated by spaces.
  scopes     TEXT   NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX client_token_expired ON client_token (expires_at);

-- Assertions that were used to log in: each counts once.
CREATE TABLE client_assertion (
  digest     TEXT   NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX client_assertion_expired ON client_assertion (expires_at);
