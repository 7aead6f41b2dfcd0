-- Row-level security: whose rows a statement may touch travels with it as ``treum.behalf`` (kit.behalf): a person's
-- id, or * for everybody's. Where nothing was said, no row is there. The owner of the tables is not bound, so
-- neither are migrations and SECURITY DEFINER functions. CASE, because the planner guesses half for it and one
-- row in a hundred for OR.

-- Confine the rows of ``what`` to the person in its column (or expression) ``owner``.
CREATE FUNCTION confine(what regclass, owner text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', what);
    EXECUTE format($policy$
        CREATE POLICY behalf ON %s USING (
            CASE (SELECT current_setting('treum.behalf', true)) WHEN '*' THEN true
                 ELSE %s::text = (SELECT current_setting('treum.behalf', true)) END)
    $policy$, what, owner);
END $$;

-- Confine them to those whose column ``via`` leads to a row of ``parent`` that may be touched.
CREATE FUNCTION confine_by(what regclass, via text, parent regclass, key text DEFAULT 'id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', what);
    EXECUTE format($policy$
        CREATE POLICY behalf ON %1$s USING (
            CASE (SELECT current_setting('treum.behalf', true)) WHEN '*' THEN true
                 ELSE EXISTS (SELECT FROM %2$s parent WHERE parent.%3$I = %1$s.%4$I) END)
    $policy$, what, parent, key, via);
END $$;

-- Keep them from whoever acts for themselves alone.
CREATE FUNCTION confine_to_staff(what regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', what);
    EXECUTE format($policy$
        CREATE POLICY behalf ON %s USING ((SELECT current_setting('treum.behalf', true)) = '*')
    $policy$, what);
END $$;

SELECT confine('idempotency', 'subject');
