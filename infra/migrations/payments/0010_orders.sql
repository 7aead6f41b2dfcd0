-- What people buy, what they may use for it, and what is due later. Amounts are whole paise, times parameters.

-- Where invoices go and which tax applies. ``customer_ref`` is the gateway's name for the person.
CREATE TABLE billing_profiles (
    person       uuid        PRIMARY KEY,
    email        text        NOT NULL CHECK (length(email) <= 254),
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    state        text        NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    gstin        text        CHECK (gstin ~ '^[0-9A-Z]{15}$'),
    customer_ref text        CHECK (length(customer_ref) <= 255),
    updated_at   timestamptz NOT NULL
);

CREATE TABLE payments (
    id           uuid        PRIMARY KEY,
    person       uuid        NOT NULL,
    purpose      text        NOT NULL CHECK (purpose IN ('course', 'subscription', 'top_up')),
    sku          text        NOT NULL CHECK (length(sku) <= 80),
    line         text        NOT NULL CHECK (line IN ('courses', 'research', 'wallet')),
    net          bigint      NOT NULL CHECK (net >= 0),
    cgst         bigint      NOT NULL CHECK (cgst >= 0),
    sgst         bigint      NOT NULL CHECK (sgst >= 0),
    igst         bigint      NOT NULL CHECK (igst >= 0),
    state        text        NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    source       text        NOT NULL CHECK (source IN ('gateway', 'wallet')),
    status       text        NOT NULL CHECK (status IN ('opened', 'captured', 'lapsed')),
    opened_at    timestamptz NOT NULL,
    version      bigint      NOT NULL CHECK (version > 0),
    expires_at   timestamptz,
    captured_at  timestamptz CHECK ((captured_at IS NOT NULL) = (status = 'captured')),
    subscription uuid,
    period_start timestamptz,
    period_end   timestamptz CHECK (period_end > period_start),
    checkout_ref text        UNIQUE CHECK (length(checkout_ref) <= 255),
    payment_ref  text        UNIQUE CHECK (length(payment_ref) <= 255),
    address      text        CHECK (length(address) <= 2048),
    dispute      text        CHECK (dispute IN ('open', 'won', 'lost')),
    CHECK ((period_start IS NULL) = (period_end IS NULL)),
    CHECK (net + cgst + sgst + igst > 0)
);
CREATE INDEX payments_of_person ON payments (person, opened_at DESC, id DESC);
CREATE INDEX payments_of_subscription ON payments (subscription, captured_at) WHERE subscription IS NOT NULL;
CREATE INDEX payments_captured ON payments (captured_at, id) WHERE status = 'captured';
-- what was agreed (who, what, for how much) is never written again
REVOKE UPDATE, DELETE ON payments FROM payments_app;
GRANT UPDATE (status, version, expires_at, captured_at, subscription, period_start, period_end, checkout_ref,
              payment_ref, address, dispute) ON payments TO payments_app;

-- One fact a payment or subscription: what it lets its person use.
CREATE TABLE entitlements (
    cause       uuid        PRIMARY KEY,
    person      uuid        NOT NULL,
    plan        text        CHECK (plan IN ('premium', 'enterprise')),
    item        text        CHECK (length(item) <= 80),
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz,
    kyc         text        NOT NULL CHECK (kyc IN ('not_needed', 'verified', 'local_grant', 'awaited')),
    revoked_for text        CHECK (length(revoked_for) <= 60),
    changed_at  timestamptz NOT NULL,
    CHECK ((plan IS NULL) <> (item IS NULL))
);
CREATE INDEX entitlements_of_person ON entitlements (person);
REVOKE DELETE ON entitlements FROM payments_app;

-- What was last told of a person; its row is the lock under which facts of a person change.
CREATE TABLE standings (
    person      uuid        PRIMARY KEY,
    version     bigint      NOT NULL,
    plan        text        NOT NULL CHECK (plan IN ('free', 'premium', 'enterprise')),
    valid_until timestamptz,
    items       text[]      NOT NULL,
    told_at     timestamptz NOT NULL
);

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
