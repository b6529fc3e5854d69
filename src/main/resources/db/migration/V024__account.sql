-- Places of containments that turned out to be one account's, whatever identifier it came under. Known once somebody has
-- looked up whom the action falls on; kept as long as anything is taken from that account.
CREATE TABLE account_place (
  -- Digest of the subject as named, as in containment.place.
  place   TEXT NOT NULL PRIMARY KEY,
  -- Digest of the target, the kind, and whom the subject is there: the place of all its containments from then on.
  account TEXT NOT NULL
);
