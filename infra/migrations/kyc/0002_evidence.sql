-- Documents (their bytes lie encrypted in S3), what providers answered, and who of the staff saw what.
CREATE TABLE kyc_documents (
    id           uuid        PRIMARY KEY,
    application  uuid        NOT NULL REFERENCES kyc_applications (id),
    person       uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('pan_card', 'photo', 'address_proof', 'income_proof')),
    content_type text        NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    offered_at   timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('offered', 'kept', 'refused', 'deleted')),
    size         integer     CHECK (size > 0),
    sha256       text        CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    reason       text        CHECK (length(reason) <= 60),
    CHECK ((state = 'kept') <= (size IS NOT NULL AND sha256 IS NOT NULL))
);
CREATE INDEX kyc_documents_of ON kyc_documents (application, offered_at, id);
REVOKE UPDATE, DELETE ON kyc_documents FROM kyc_app;
GRANT UPDATE (state, size, sha256, reason) ON kyc_documents TO kyc_app;

CREATE TABLE kyc_verifications (
    application uuid        NOT NULL REFERENCES kyc_applications (id),
    round       integer     NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('pan', 'aadhaar')),
    attempt     integer     NOT NULL CHECK (attempt > 0),
    at          timestamptz NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('match', 'mismatch', 'invalid', 'unavailable')),
    reference   text        CHECK (length(reference) <= 100),
    PRIMARY KEY (application, round, kind, attempt)
);
REVOKE UPDATE, DELETE ON kyc_verifications FROM kyc_app;

-- ``hits`` NULL: nobody answered.
CREATE TABLE aml_screenings (
    application uuid        NOT NULL REFERENCES kyc_applications (id),
    round       integer     NOT NULL,
    attempt     integer     NOT NULL CHECK (attempt > 0),
    at          timestamptz NOT NULL,
    hits        jsonb,
    reference   text        CHECK (length(reference) <= 100),
    PRIMARY KEY (application, round, attempt)
);
REVOKE UPDATE, DELETE ON aml_screenings FROM kyc_app;

CREATE TABLE kyc_disclosures (
    id          uuid        PRIMARY KEY,
    application uuid        NOT NULL REFERENCES kyc_applications (id),
    document    uuid,
    by          text        NOT NULL CHECK (length(by) BETWEEN 1 AND 80),
    at          timestamptz NOT NULL,
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 3 AND 500)
);
CREATE INDEX kyc_disclosures_of ON kyc_disclosures (application, at);
REVOKE UPDATE, DELETE ON kyc_disclosures FROM kyc_app;

-- The only way in which anything of an application goes: when its retention is over, and then all of it. What stays
-- is that there was an application, when, and how it ended. False: too early, or done before.
CREATE FUNCTION forget_application(which uuid, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE kyc_applications
        SET forgotten = true, details = NULL, pan_index = NULL, reasons = '{}', score = NULL, version = version + 1
        WHERE id = which AND NOT forgotten AND keep_until <= moment;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM kyc_verifications WHERE application = which;
    DELETE FROM aml_screenings WHERE application = which;
    DELETE FROM kyc_disclosures WHERE application = which;
    UPDATE kyc_documents SET state = 'deleted', size = NULL, sha256 = NULL, reason = NULL WHERE application = which;
    UPDATE kyc_decisions SET note = NULL, reasons = '{}', score = NULL WHERE application = which;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION forget_application(uuid, timestamptz) FROM PUBLIC;
