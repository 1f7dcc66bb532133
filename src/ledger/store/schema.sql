-- The ledger, version 1. Days are ISO 8601 texts; money counts billionths of the workspace's currency.

CREATE TABLE workspace (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  currency TEXT
) STRICT;

-- One action list: a day, and the file it went to. `out` is relative to the ledger's folder where it lies
-- in it; NULL where nothing was written (`--adopt`).
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspace (id),
  day TEXT NOT NULL,
  out TEXT,
  pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1))
) STRICT;
CREATE INDEX run_by_day ON run (workspace, day);

-- A rule that fired for a subject. `key` is what repetition goes by.
CREATE TABLE firing (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  campaign TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject_record TEXT NOT NULL,
  subject TEXT NOT NULL,
  key BLOB NOT NULL CHECK (length(key) = 16),
  fate TEXT NOT NULL CHECK (fate IN ('done', 'held out', 'adopted')),
  variant TEXT
) STRICT;
CREATE INDEX firing_by_run ON firing (run);

-- Values of a limit's `for each EXPR` on the subject.
CREATE TABLE firing_group (
  firing INTEGER NOT NULL REFERENCES firing (id),
  position INTEGER NOT NULL,
  expression TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (firing, position)
) STRICT, WITHOUT ROWID;

-- A line of an action list: `place` is its place there, from 0; NULL once its person was forgotten.
CREATE TABLE action (
  id INTEGER PRIMARY KEY,
  firing INTEGER NOT NULL REFERENCES firing (id),
  place INTEGER,
  key TEXT NOT NULL UNIQUE,
  action TEXT NOT NULL,
  channel TEXT,
  record TEXT NOT NULL,
  target TEXT NOT NULL,
  cost INTEGER,
  deliver_after TEXT,
  params TEXT NOT NULL
) STRICT;
CREATE INDEX action_by_firing ON action (firing);

-- Values of a channel's `for each EXPR` on the target.
CREATE TABLE action_group (
  action INTEGER NOT NULL REFERENCES action (id),
  position INTEGER NOT NULL,
  expression TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (action, position)
) STRICT, WITHOUT ROWID;

-- What a run found of a level of tiers or stages; only where it differs from the run before.
CREATE TABLE level (
  workspace INTEGER NOT NULL REFERENCES workspace (id),
  attribute TEXT NOT NULL,
  record TEXT NOT NULL,
  row TEXT NOT NULL,
  day TEXT NOT NULL,
  level TEXT,
  before TEXT,
  since TEXT,
  toward_rises INTEGER CHECK (toward_rises IN (0, 1)),
  toward_level TEXT,
  toward_since TEXT,
  PRIMARY KEY (workspace, attribute, row, day)
) STRICT, WITHOUT ROWID;

-- Files that are written and recorded, but perhaps not yet in their place.
CREATE TABLE pending (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspace (id),
  kind TEXT NOT NULL CHECK (kind IN ('actions', 'suppressed', 'rejects')),
  out TEXT NOT NULL,
  staged TEXT NOT NULL,
  format TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL
) STRICT;

-- For people who ask: everything that was done, a line an action.
CREATE VIEW done AS
SELECT workspace.name AS workspace, run.day, firing.campaign, firing.rule, action.action, action.channel,
  action.record, action.target, firing.subject, firing.variant, action.deliver_after,
  action.cost / 1e9 AS cost, workspace.currency, action.params, action.key, run.out
FROM action
JOIN firing ON firing.id = action.firing
JOIN run ON run.id = firing.run
JOIN workspace ON workspace.id = run.workspace;
