-- Row-level security: whose rows a statement may touch travels with it as ``treum.behalf`` (kit.behalf): a person's
-- id, or * for everybody's. Where nothing was said, no row is there. The owner of the tables is not bound, so
-- neither are migrations and SECURITY DEFINER functions. CASE, because the planner guesses half for it and one
-- row in a hundred for OR.

-- Show a person the rows of ``what`` for which the expression ``own`` is true.
CREATE FUNCTION confine_where(what regclass, own text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', what);
    EXECUTE format($policy$
        CREATE POLICY behalf ON %s USING (
            CASE (SELECT current_setting('treum.behalf', true)) WHEN '*' THEN true ELSE %s END)
    $policy$, what, own);
END $$;

-- Those that name them in the column ``owner``.
CREATE FUNCTION confine(what regclass, owner text) RETURNS void LANGUAGE sql AS $$
    SELECT confine_where(what, format('%I::text = (SELECT current_setting(''treum.behalf'', true))', owner))
$$;

-- Those whose column ``via`` leads to the id of a row of ``parent`` that they may see.
CREATE FUNCTION confine_by(what regclass, via text, parent regclass) RETURNS void LANGUAGE sql AS $$
    SELECT confine_where(what, format('EXISTS (SELECT FROM %s parent WHERE parent.id = %s.%I)', parent, what, via))
$$;

-- None of them.
CREATE FUNCTION confine_to_staff(what regclass) RETURNS void LANGUAGE sql AS $$
    SELECT confine_where(what, 'false')
$$;

SELECT confine('idempotency', 'subject');
