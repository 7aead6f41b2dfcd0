-- What the market overtook after its approval is screened out in the last step, unless it has a number.

ALTER TABLE decisions DROP CONSTRAINT decisions_step_check;
ALTER TABLE decisions
    ADD CONSTRAINT decisions_step_check CHECK (step IN ('screen', 'compliance', 'approval', 'publication'));

-- Screening also looks at drafts that passed it a moment ago.
CREATE INDEX signals_drafts ON signals (symbol, timeframe) WHERE status = 'draft';
