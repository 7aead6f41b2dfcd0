-- What KYC told of people, by event: the newest version stands. Nothing personal but the person's id.
CREATE TABLE kyc_facts (
    person      uuid        PRIMARY KEY,
    tier        text        NOT NULL CHECK (tier IN ('none', 'basic', 'standard', 'unlimited')),
    valid_until timestamptz,
    version     bigint      NOT NULL CHECK (version > 0),
    changed_at  timestamptz NOT NULL,
    CHECK (tier = 'none' OR valid_until IS NOT NULL)
);
REVOKE DELETE ON kyc_facts FROM payments_app;
