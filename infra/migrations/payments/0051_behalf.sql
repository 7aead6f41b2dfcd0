-- Whose rows are whose. The books are behind functions of their own and show themselves to no role.
SELECT confine('billing_profiles', 'person');
SELECT confine('payments', 'person');
SELECT confine('entitlements', 'person');
SELECT confine('standings', 'person');
SELECT confine('subscriptions', 'person');
SELECT confine('refunds', 'person');
SELECT confine('papers', 'person');
SELECT confine('kyc_facts', 'person');
SELECT confine_by('paper_prints', 'paper', 'papers');
