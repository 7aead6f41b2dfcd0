-- Who applied to be known, what was decided, and what is known of people. ``details`` is sealed text (kit.sealing),
-- ``pan_index`` a keyed digest; of an Aadhaar number four digits and a reference stand in the sealed text, no more.
CREATE TABLE kyc_applications (
    id             uuid        PRIMARY KEY,
    person         uuid        NOT NULL,
    wanted         text        NOT NULL CHECK (wanted IN ('basic', 'standard', 'unlimited')),
    opened_at      timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    policy_version text        NOT NULL CHECK (length(policy_version) <= 40),
    state          text        NOT NULL CHECK (state IN ('draft', 'submitted', 'verifying', 'video_wanted', 'in_review',
                                                         'in_check', 'returned', 'approved', 'rejected', 'expired')),
    version        bigint      NOT NULL CHECK (version > 0),
    round          integer     NOT NULL CHECK (round >= 0),
    details        text        CHECK (details ~ '^s1\.' AND length(details) <= 4000),
    pan_index      bytea       CHECK (length(pan_index) = 32),
    steps          jsonb       NOT NULL,
    score          integer     CHECK (score BETWEEN 0 AND 100),
    reasons        text[]      NOT NULL,
    maker          text        CHECK (length(maker) <= 80),
    taken_at       timestamptz,
    proposal       text        CHECK (proposal IN ('approve', 'reject', 'return')),
    redo           text[]      NOT NULL,
    checker        text        CHECK (length(checker) <= 80),
    appointment    timestamptz,
    officer        text        CHECK (length(officer) <= 80),
    tier           text        NOT NULL CHECK (tier IN ('none', 'basic', 'standard', 'unlimited')),
    valid_until    timestamptz,
    owes_letter    boolean     NOT NULL,
    keep_until     timestamptz,
    forgotten      boolean     NOT NULL DEFAULT false,
    CONSTRAINT kyc_two_people CHECK (checker <> maker AND checker <> person::text AND maker <> person::text
                                     AND officer <> person::text),
    CHECK ((tier = 'none') = (valid_until IS NULL)),
    CHECK ((keep_until IS NOT NULL) = (state IN ('approved', 'rejected', 'expired')))
);
CREATE UNIQUE INDEX kyc_one_open ON kyc_applications (person) WHERE state NOT IN ('approved', 'rejected', 'expired');
CREATE INDEX kyc_of_person ON kyc_applications (person, opened_at DESC, id DESC);
CREATE INDEX kyc_waiting ON kyc_applications (state, changed_at, id) WHERE state IN ('in_review', 'in_check', 'video_wanted');
CREATE INDEX kyc_of_pan ON kyc_applications (pan_index) WHERE pan_index IS NOT NULL;
-- whose it is and when it was opened is never written again
REVOKE UPDATE, DELETE ON kyc_applications FROM kyc_app;
GRANT UPDATE (wanted, changed_at, policy_version, state, version, round, details, pan_index, steps, score, reasons, maker,
              taken_at, proposal, redo, checker, appointment, officer, tier, valid_until, owes_letter, keep_until)
    ON kyc_applications TO kyc_app;

-- Each decision once: ``version`` is that of the application it led to.
CREATE TABLE kyc_decisions (
    application    uuid        NOT NULL REFERENCES kyc_applications (id),
    version        bigint      NOT NULL,
    round          integer     NOT NULL,
    at             timestamptz NOT NULL,
    by             text        NOT NULL CHECK (length(by) BETWEEN 1 AND 80),
    kind           text        NOT NULL CHECK (kind IN ('rule', 'video', 'maker', 'checker', 'time')),
    verdict        text        NOT NULL CHECK (length(verdict) <= 20),
    policy_version text        NOT NULL CHECK (length(policy_version) <= 40),
    score          integer,
    reasons        text[]      NOT NULL,
    note           text        CHECK (length(note) <= 500),
    PRIMARY KEY (application, version)
);
REVOKE UPDATE, DELETE ON kyc_decisions FROM kyc_app;

-- What is known of a person now.
CREATE TABLE kyc_standings (
    person      uuid        PRIMARY KEY,
    tier        text        NOT NULL CHECK (tier IN ('none', 'basic', 'standard', 'unlimited')),
    valid_until timestamptz,
    application uuid        NOT NULL REFERENCES kyc_applications (id),
    version     bigint      NOT NULL CHECK (version > 0),
    CHECK (tier = 'none' OR valid_until IS NOT NULL)
);
REVOKE DELETE ON kyc_standings FROM kyc_app;

-- What has to happen later. Whoever takes a row leases it until ``taken_until``.
CREATE TABLE due (
    kind        text        NOT NULL,
    subject     text        NOT NULL CHECK (length(subject) <= 80),
    due_at      timestamptz NOT NULL,
    attempt     integer     NOT NULL DEFAULT 0,
    taken_until timestamptz,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX due_next ON due (due_at);

-- Letters: claimed before they are sent, noted after.
CREATE TABLE mailings (
    key         text        PRIMARY KEY CHECK (length(key) <= 200),
    attempt     integer     NOT NULL,
    taken_until timestamptz NOT NULL,
    sent_at     timestamptz
);
