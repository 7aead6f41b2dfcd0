-- English words without a list to leave out: in a rationale "above", "below", "over" and "under" are the point.
CREATE TEXT SEARCH DICTIONARY every_word (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION rationale (COPY = english);
ALTER TEXT SEARCH CONFIGURATION rationale
    ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH every_word;
ALTER TABLE signals DROP COLUMN words;
ALTER TABLE signals
    ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('rationale'::regconfig, terms ->> 'rationale')) STORED;
CREATE INDEX signals_by_words ON signals USING gin (words);
