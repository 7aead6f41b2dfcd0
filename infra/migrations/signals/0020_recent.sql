-- The protections read what was published lately, whatever the instrument.
CREATE INDEX signals_recent ON signals (candle_at) WHERE status NOT IN ('draft', 'screened_out', 'withdrawn');
