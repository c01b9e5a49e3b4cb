/**
 * Params can be large and never change: they are in a table of their own, so that a change of a head writes few bytes.
 * Rows lie in the order of their arrival: a commit of many instances then fills few pages, which made it twice as fast
 * as rows in the order of their keys.
 *
 * What a later version adds is a table or an index more: a file of before gets it when it is opened.
 */
export const TABLES = [
  `CREATE TABLE IF NOT EXISTS heads (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    namespace TEXT NOT NULL,
    workflow TEXT NOT NULL,
    uid TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    run INTEGER NOT NULL,
    run_started_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    ready_at INTEGER,
    lease_session TEXT,
    lease_epoch INTEGER,
    lease_granted_at INTEGER,
    ended_at INTEGER,
    purge_at INTEGER,
    summoned_run INTEGER NOT NULL,
    summoned_position INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS births (key INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS journal (
    uid TEXT NOT NULL,
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (uid, run, position)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS blobs (
    uid TEXT NOT NULL,
    blob TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (uid, blob, chunk)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS workflows (
    name TEXT NOT NULL PRIMARY KEY,
    revision TEXT NOT NULL,
    document BLOB NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS slots (
    workflow TEXT NOT NULL,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    uid TEXT NOT NULL,
    run INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    token TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (workflow, place)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS removals (
    uid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    due_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS sessions (
    id TEXT NOT NULL PRIMARY KEY,
    namespace TEXT NOT NULL,
    worker TEXT,
    registered_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
] as const;

/** One for each question that loops and callers ask. */
export const INDEXES = [
  `CREATE INDEX IF NOT EXISTS heads_ready ON heads (namespace, workflow, ready_at, name) WHERE ready_at IS NOT NULL AND lease_session IS NULL`,
  `CREATE INDEX IF NOT EXISTS heads_leased ON heads (lease_session, name) WHERE lease_session IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS heads_purge ON heads (purge_at, name) WHERE purge_at IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS removals_due ON removals (due_at, uid)`,
  `CREATE INDEX IF NOT EXISTS heads_listed ON heads (namespace, created_at, uid)`,
  `CREATE INDEX IF NOT EXISTS heads_listed_by_workflow ON heads (namespace, workflow, created_at, uid)`,
  `CREATE INDEX IF NOT EXISTS heads_listed_by_status ON heads (namespace, status, created_at, uid)`,
  `CREATE INDEX IF NOT EXISTS heads_counted ON heads (namespace, workflow, status, ready_at, name)`,
  `CREATE INDEX IF NOT EXISTS slots_held ON slots (uid)`,
] as const;
