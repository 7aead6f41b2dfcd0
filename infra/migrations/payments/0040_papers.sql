-- Invoices, credit notes and receipts. A series numbers its papers of a financial year without holes: the
-- number is the counter's next, the counter's row is locked until the paper is committed, and no paper that is
-- not the next one can be inserted, by anybody. Nothing is updated or deleted (CGST Rules, 2017, 46 and 53).

CREATE TABLE paper_numbers (
    series  text        NOT NULL CHECK (series ~ '^[A-Z]{2}$'),
    year    integer     NOT NULL,
    last    bigint      NOT NULL CHECK (last >= 0),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (series, year)
);
REVOKE INSERT, UPDATE, DELETE ON paper_numbers FROM payments_app;

CREATE TABLE papers (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'receipt')),
    series       text        NOT NULL,
    year         integer     NOT NULL,
    number       bigint      NOT NULL CHECK (number BETWEEN 1 AND 99999999),
    serial       text        NOT NULL UNIQUE GENERATED ALWAYS AS (
                     series || '/' || lpad((year % 100)::text, 2, '0') || lpad(((year + 1) % 100)::text, 2, '0')
                     || '/' || lpad(number::text, 8, '0')) STORED CHECK (length(serial) <= 16),
    cause        uuid        NOT NULL UNIQUE,
    payment      uuid        NOT NULL REFERENCES payments (id),
    person       uuid        NOT NULL,
    line         text        NOT NULL CHECK (line IN ('courses', 'research', 'wallet')),
    title        text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    net          bigint      NOT NULL CHECK (net >= 0),
    cgst         bigint      NOT NULL CHECK (cgst >= 0),
    sgst         bigint      NOT NULL CHECK (sgst >= 0),
    igst         bigint      NOT NULL CHECK (igst >= 0),
    place        text        NOT NULL CHECK (place ~ '^[A-Z]{2}$'),
    seller       jsonb       NOT NULL,
    buyer        jsonb       NOT NULL,
    booked_at    timestamptz NOT NULL,
    issued_at    timestamptz NOT NULL,
    period_start timestamptz,
    period_end   timestamptz CHECK (period_end > period_start),
    original     uuid        REFERENCES papers (id),
    UNIQUE (series, year, number),
    CHECK ((kind = 'credit_note') = (original IS NOT NULL)),
    CHECK ((period_start IS NULL) = (period_end IS NULL)),
    CHECK (net + cgst + sgst + igst > 0),
    CHECK (line <> 'wallet' OR cgst + sgst + igst = 0),
    -- April to March, in Indian time
    CHECK (year = extract(year FROM (issued_at AT TIME ZONE 'Asia/Kolkata') - interval '3 months'))
);
CREATE INDEX papers_of_person ON papers (person, issued_at DESC, id DESC);
CREATE INDEX papers_of_payment ON papers (payment);
CREATE INDEX papers_of_original ON papers (original) WHERE original IS NOT NULL;
CREATE INDEX papers_by_issue ON papers (issued_at);
CREATE INDEX papers_by_booking ON papers (booked_at);

-- Lock a series and answer the number and the earliest moment its next paper may have.
CREATE FUNCTION next_number(of_series text, of_year integer, at timestamptz)
    RETURNS TABLE (number bigint, issued_at timestamptz)
    LANGUAGE sql SECURITY DEFINER SET search_path = payments, pg_temp AS $$
    INSERT INTO paper_numbers AS known (series, year, last, last_at) VALUES (of_series, of_year, 0, at)
    ON CONFLICT (series, year) DO UPDATE SET last = known.last
    RETURNING known.last + 1, greatest(at, known.last_at)
$$;

-- After the insert, so that one that met a conflict counts nothing.
CREATE FUNCTION count_paper() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = payments, pg_temp AS $$
DECLARE
    invoiced record;
BEGIN
    UPDATE paper_numbers SET last = NEW.number, last_at = NEW.issued_at
    WHERE series = NEW.series AND year = NEW.year AND last = NEW.number - 1 AND last_at <= NEW.issued_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'paper % is not the next of its series', NEW.serial USING ERRCODE = 'PP001';
    END IF;
    IF NEW.original IS NOT NULL THEN
        SELECT net, cgst, sgst, igst INTO invoiced FROM papers
        WHERE id = NEW.original AND kind = 'invoice' AND payment = NEW.payment FOR UPDATE;
        IF NOT FOUND OR EXISTS (
            SELECT FROM papers WHERE original = NEW.original HAVING sum(net) > invoiced.net
            OR sum(cgst) > invoiced.cgst OR sum(sgst) > invoiced.sgst OR sum(igst) > invoiced.igst) THEN
            RAISE EXCEPTION 'credit note % exceeds its invoice', NEW.serial USING ERRCODE = 'PP002';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER papers_counted AFTER INSERT ON papers FOR EACH ROW EXECUTE FUNCTION count_paper();
ALTER TABLE papers ENABLE ALWAYS TRIGGER papers_counted;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: issue a credit note instead', TG_TABLE_NAME USING ERRCODE = 'PP000';
END $$;
CREATE TRIGGER papers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON papers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE papers ENABLE ALWAYS TRIGGER papers_append_only;
REVOKE UPDATE, DELETE ON papers FROM payments_app;
REVOKE ALL ON FUNCTION next_number(text, integer, timestamptz), count_paper(), refuse_change() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_number(text, integer, timestamptz) TO payments_app;

-- The PDF of a paper as it lies in the bucket; the same paper always gives the same bytes.
CREATE TABLE paper_prints (
    paper      uuid        PRIMARY KEY REFERENCES papers (id),
    digest     text        NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    size       integer     NOT NULL CHECK (size > 0),
    printed_at timestamptz NOT NULL
);
REVOKE UPDATE, DELETE ON paper_prints FROM payments_app;

-- What was captured before there were papers gets them now.
INSERT INTO due (kind, subject, due_at)
SELECT 'invoice.issue', id::text, captured_at FROM payments WHERE status = 'captured' ON CONFLICT DO NOTHING;
