-- The schedule looks at what waits for a person each minute, longest unseen first.

CREATE INDEX signals_waiting ON signals (driven_at) WHERE status IN ('awaiting_approval', 'escalated');
