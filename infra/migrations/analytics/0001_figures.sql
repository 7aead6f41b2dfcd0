-- Figures made of the event store. A consumer is one making of all of them, with cursors of its own; one is shown.
CREATE TABLE consumers (
    id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text        NOT NULL UNIQUE,
    state        text        NOT NULL CHECK (state IN ('active', 'building', 'retired', 'dropped')),
    rules        integer     NOT NULL,
    started_at   timestamptz NOT NULL,
    caught_up_at timestamptz,
    switched_at  timestamptz,
    facts        bigint      NOT NULL DEFAULT 0,
    differences  bigint
);
CREATE UNIQUE INDEX consumers_shown ON consumers (state) WHERE state IN ('active', 'building');

-- How far a consumer has read each chain of the event store; moves in the transaction that counts what was read.
CREATE TABLE positions (
    consumer  integer NOT NULL REFERENCES consumers (id),
    topic     text    NOT NULL,
    partition integer NOT NULL,
    index     bigint  NOT NULL CHECK (index > 0),
    PRIMARY KEY (consumer, topic, partition)
);

-- What of an event is kept for counting; all facts of one subject are counted together.
CREATE TABLE facts (
    consumer integer NOT NULL REFERENCES consumers (id),
    event    uuid    NOT NULL,
    subject  text    NOT NULL,
    kind     text    NOT NULL,
    body     bytea   NOT NULL,
    PRIMARY KEY (consumer, event)
);
CREATE INDEX facts_subject ON facts (consumer, subject);

-- What one event adds to one measure on one day under one label: the way from a figure to its events.
CREATE TABLE contributions (
    consumer integer NOT NULL REFERENCES consumers (id),
    measure  text    COLLATE "C" NOT NULL,
    day      date    NOT NULL,
    label    text    COLLATE "C" NOT NULL,
    event    uuid    NOT NULL,
    amount   bigint  NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (consumer, measure, day, label, event)
);

-- Their sums, kept as they change.
CREATE TABLE totals (
    consumer integer NOT NULL REFERENCES consumers (id),
    measure  text    COLLATE "C" NOT NULL,
    day      date    NOT NULL,
    label    text    COLLATE "C" NOT NULL,
    amount   bigint  NOT NULL,
    PRIMARY KEY (consumer, measure, day, label)
);

-- Events that fit no schema: they are not in the figures, and somebody should look.
CREATE TABLE unread (
    consumer integer NOT NULL REFERENCES consumers (id),
    event    text    NOT NULL,
    reason   text    NOT NULL,
    PRIMARY KEY (consumer, event)
);
