-- Why the last try to pay was not taken, for the person who tries.
ALTER TABLE payments ADD COLUMN decline text CHECK (length(decline) <= 80);
GRANT UPDATE (decline) ON payments TO payments_app;
