-- The log. One row a delivery, in the order in which they were taken.
CREATE TABLE facts (
    position    INTEGER PRIMARY KEY, -- 1, 2, 3 …: never used twice, never changed
    id          BLOB    NOT NULL,    -- the fact: a UUID, 16 bytes
    source      INTEGER NOT NULL,    -- who says so: sources.number
    batch       INTEGER NOT NULL,    -- the delivery: batches.number
    received_at INTEGER NOT NULL,    -- the writer's stamp: microseconds since 1970, UTC
    again       INTEGER,             -- of a further delivery, the position where its content stands; of another content
                                     -- under a known id, this position; else empty
    party       INTEGER,             -- of the record's key: 0 a person, 1 an organisation
    key         TEXT,                -- what the source calls the customer
    identifiers TEXT,                -- JSON: {"email": ["ada@x.io"]}
    occurred_at INTEGER,             -- when it was so, as stated: microseconds since 1970, UTC
    body        TEXT,                -- JSON: {"set": {"email": {"text": "ada@x.io"}}}
    seal        BLOB    NOT NULL     -- hash of all that the row says, 16 bytes
);

CREATE TABLE sources (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
);

CREATE TABLE batches (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
);

-- What the log holds, written with each commit: what an integrity check compares with.
CREATE TABLE log (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    deliveries INTEGER NOT NULL, -- rows of facts
    erased     INTEGER NOT NULL, -- those of them whose content is removed
    sum        BLOB    NOT NULL  -- of all seals, as little-endian numbers of 16 bytes, modulo 2^128
);
INSERT INTO log VALUES (1, 0, 0, zeroblob(16));

-- The view tables (each is a table view_NAME): how each is declared, and where in the log it stands.
CREATE TABLE views (
    name        TEXT PRIMARY KEY,
    declaration TEXT    NOT NULL,
    stands_at   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE checkpoints (
    name     TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    seal     BLOB    NOT NULL -- hash of name, version, position and bytes, 16 bytes
);

-- The log as people read it. Erased facts are not in it.
CREATE VIEW fact_log AS
SELECT facts.position,
       lower(hex(facts.id)) AS id,
       sources.name AS source,
       batches.name AS batch,
       CASE told.party WHEN 0 THEN 'person' WHEN 1 THEN 'organisation' END AS party,
       told.key,
       told.identifiers,
       strftime('%Y-%m-%dT%H:%M:%SZ', told.occurred_at / 1000000, 'unixepoch') AS occurred_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', facts.received_at / 1000000, 'unixepoch') AS received_at,
       told.body
FROM facts
JOIN facts AS told ON told.position = coalesce(facts.again, facts.position)
JOIN sources ON sources.number = facts.source
JOIN batches ON batches.number = facts.batch
WHERE told.body IS NOT NULL;
