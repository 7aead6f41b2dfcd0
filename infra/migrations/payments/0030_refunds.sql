-- What goes back. Amounts are whole paise; ``steps`` are the saga's, done and never undone: the state decides, the
-- workflow only sequences. Whoever decides is neither the requester nor the payer (maker and checker).
CREATE TABLE refunds (
    id             uuid        PRIMARY KEY,
    payment        uuid        NOT NULL REFERENCES payments (id),
    person         uuid        NOT NULL,
    sku            text        NOT NULL CHECK (length(sku) <= 80),
    line           text        NOT NULL CHECK (line IN ('courses', 'research', 'wallet')),
    net            bigint      NOT NULL CHECK (net >= 0),
    cgst           bigint      NOT NULL CHECK (cgst >= 0),
    sgst           bigint      NOT NULL CHECK (sgst >= 0),
    igst           bigint      NOT NULL CHECK (igst >= 0),
    revokes        boolean     NOT NULL,
    origin         text        NOT NULL CHECK (origin IN ('person', 'rule', 'gateway')),
    requested_by   text        NOT NULL CHECK (length(requested_by) BETWEEN 1 AND 80),
    requested_at   timestamptz NOT NULL,
    reason         text        NOT NULL CHECK (length(reason) <= 500),
    policy_version text        NOT NULL CHECK (length(policy_version) <= 40),
    quoted         bigint      NOT NULL CHECK (quoted >= 0),
    override       text        CHECK (length(override) BETWEEN 1 AND 500),
    status         text        NOT NULL CHECK (status IN ('requested', 'declined', 'approved', 'reversing', 'completed', 'compensated')),
    version        bigint      NOT NULL CHECK (version > 0),
    decided_by     text        CHECK (length(decided_by) BETWEEN 1 AND 80),
    decided_at     timestamptz,
    decision       text        CHECK (length(decision) <= 500),
    gateway_ref    text        CHECK (length(gateway_ref) <= 255),
    failure        text        CHECK (length(failure) <= 80),
    steps          jsonb       NOT NULL,
    CHECK (net + cgst + sgst + igst > 0),
    CHECK ((decided_by IS NULL) = (status = 'requested') AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT refunds_two_people CHECK (decided_by <> requested_by AND decided_by <> person::text),
    CONSTRAINT refunds_within_quote CHECK (origin <> 'person' OR override IS NOT NULL OR net + cgst + sgst + igst <= quoted)
);
CREATE INDEX refunds_of_payment ON refunds (payment, requested_at);
CREATE INDEX refunds_of_person ON refunds (person, requested_at DESC, id DESC);
CREATE INDEX refunds_newest ON refunds (requested_at DESC, id DESC);
CREATE UNIQUE INDEX refunds_one_request ON refunds (payment) WHERE status = 'requested';
-- what was asked for is never written again
REVOKE UPDATE, DELETE ON refunds FROM payments_app;
GRANT UPDATE (status, version, decided_by, decided_at, decision, gateway_ref, failure, steps) ON refunds TO payments_app;
