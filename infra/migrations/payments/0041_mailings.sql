-- Letters by their key: claimed before they are sent, so that two never send the same one at once.
CREATE TABLE mailings (
    key         text        PRIMARY KEY CHECK (length(key) <= 120),
    attempt     integer     NOT NULL,
    taken_until timestamptz NOT NULL,
    sent_at     timestamptz
);
REVOKE DELETE ON mailings FROM payments_app;
