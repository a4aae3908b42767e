CREATE TABLE installation (
    shards INTEGER NOT NULL
) STRICT;

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,          -- kind:id
    shard INTEGER NOT NULL,
    version INTEGER NOT NULL,
    token INTEGER NOT NULL,             -- of the last put; 0 for none
    alarm INTEGER,
    claims INTEGER NOT NULL DEFAULT 0,  -- since it was changed
    entries INTEGER NOT NULL,           -- in its log
    body BLOB NOT NULL
) STRICT;

CREATE INDEX alarms ON documents (shard, alarm) WHERE alarm IS NOT NULL;

CREATE TABLE log (
    document INTEGER NOT NULL,
    place INTEGER NOT NULL,             -- from 0
    entry BLOB NOT NULL,
    PRIMARY KEY (document, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE indexes (
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    score INTEGER NOT NULL,
    PRIMARY KEY (name, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scores ON indexes (name, score, id);
