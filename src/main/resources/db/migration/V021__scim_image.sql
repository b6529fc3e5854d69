-- What was last seen of each user at a SCIM server that is watched: digests, and no values of people but whether the
-- account is active.
CREATE TABLE scim_image (
  source   TEXT   NOT NULL,
  id       TEXT   NOT NULL,
  -- Grows with each change that was told; part of the name of what is told.
  version  BIGINT NOT NULL,
  -- meta.lastModified as the server wrote it; absent if it does not.
  modified TEXT,
  -- The listing of all users in which it was last seen.
  listing  BIGINT NOT NULL,
  -- Attribute to digest, as JSON.
  digests  TEXT   NOT NULL,
  PRIMARY KEY (source, id)
);

-- How far the watching of each source is.
CREATE TABLE scim_watch (
  source    TEXT   NOT NULL PRIMARY KEY,
  -- The latest meta.lastModified that was seen; absent if the server writes none.
  modified  TEXT,
  -- The number of the last listing of all users that came to its end, and when that began.
  listing   BIGINT NOT NULL,
  listed_at BIGINT NOT NULL
);
