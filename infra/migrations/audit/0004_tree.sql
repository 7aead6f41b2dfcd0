-- Checkpoints: leaves of one Merkle tree (RFC 9162). A leaf is the list of all chains' ends; its number is the size
-- of the tree with it. A checkpoint counts once it has a row in ``anchors``: its signed head lies in the locked store.
CREATE TABLE checkpoints (
    number    bigint      PRIMARY KEY CHECK (number > 0),
    at        timestamptz NOT NULL,
    leaf      bytea       NOT NULL,
    root      bytea       NOT NULL,
    key_id    text        NOT NULL,
    signature bytea       NOT NULL
);
-- The marks of a leaf as rows: which checkpoint is the first to cover an entry.
CREATE TABLE marks (
    topic     text   NOT NULL,
    partition integer NOT NULL,
    length    bigint NOT NULL,
    number    bigint NOT NULL REFERENCES checkpoints (number),
    PRIMARY KEY (topic, partition, length)
);
-- Hashes of the tree's whole subtrees: level 0 are the leaves, ``place`` counts from 0.
CREATE TABLE nodes (
    level smallint NOT NULL,
    place bigint   NOT NULL,
    hash  bytea    NOT NULL,
    PRIMARY KEY (level, place)
);
CREATE TABLE anchors (
    number      bigint      PRIMARY KEY REFERENCES checkpoints (number),
    address     text        NOT NULL,
    anchored_at timestamptz NOT NULL
);
-- Public keys, with the moment from which each signs; never removed, so that every head can be checked.
CREATE TABLE signing_keys (
    key_id     text        PRIMARY KEY,
    public_key bytea       NOT NULL CHECK (length(public_key) = 32),
    valid_from timestamptz NOT NULL
);
-- Spans of a chain that lie in the archive, as exports that can be verified alone.
CREATE TABLE segments (
    topic       text        NOT NULL,
    partition   integer     NOT NULL,
    first       bigint      NOT NULL,
    last        bigint      NOT NULL CHECK (last >= first),
    number      bigint      NOT NULL REFERENCES checkpoints (number),
    key         text        NOT NULL,
    sha256      bytea       NOT NULL,
    bytes       bigint      NOT NULL,
    archived_at timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, first)
);
-- What each verification found; where the next one goes on.
CREATE TABLE verifications (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    checked     bigint      NOT NULL,
    number      bigint,
    next        text,
    differences jsonb       NOT NULL
);
SELECT close_table(name) FROM unnest(ARRAY['checkpoints', 'marks', 'nodes', 'anchors', 'signing_keys', 'segments', 'verifications']) name;
