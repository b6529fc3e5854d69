-- What the guard counts and holds. What it says of an action is among the action's attempts, and so in the chain.

-- One row. Whoever counts holds its lock until the commit: nodes that write to one PostgreSQL count one after the other.
CREATE TABLE guard_turn (
  id    INTEGER NOT NULL PRIMARY KEY,
  turns BIGINT  NOT NULL
);
INSERT INTO guard_turn (id, turns) VALUES (1, 0);

-- One row: the stop switch.
CREATE TABLE stop_switch (
  id     INTEGER NOT NULL PRIMARY KEY,
  since  BIGINT,
  by_whom TEXT,
  reason TEXT
);
INSERT INTO stop_switch (id) VALUES (1);

-- Held actions, as long as they wait.
CREATE TABLE approval (
  action_id   TEXT   NOT NULL PRIMARY KEY,
  cause       TEXT   NOT NULL,
  asked_at    BIGINT NOT NULL,
  expires_at  BIGINT,
  assigned_to TEXT
);
CREATE INDEX approval_by_time ON approval (asked_at, action_id);
CREATE INDEX approval_due ON approval (expires_at) WHERE expires_at IS NOT NULL;

-- Actions that went and count against a budget.
CREATE TABLE budget_use (
  action_id TEXT   NOT NULL PRIMARY KEY,
  kind      TEXT   NOT NULL,
  target    TEXT   NOT NULL,
  iss       TEXT   NOT NULL,
  rule      TEXT   NOT NULL,
  at        BIGINT NOT NULL
);
CREATE INDEX budget_use_by_time ON budget_use (kind, at);

-- Budgets that are used up: told once.
CREATE TABLE budget_tripped (
  budget  TEXT   NOT NULL,
  -- What it is counted apart by.
  counted TEXT   NOT NULL,
  since   BIGINT NOT NULL,
  PRIMARY KEY (budget, counted)
);

-- What we did at targets whose own issuer tells us of it.
CREATE TABLE own_effect (
  subject_key TEXT   NOT NULL,
  target      TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  action_id   TEXT   NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (subject_key, target, kind, action_id)
);
CREATE INDEX own_effect_by_time ON own_effect (at);
CREATE INDEX own_effect_by_action ON own_effect (action_id);
