-- Whose rows are whose. Signals, decisions about them and promises are the record of an analyst, shown by plan and age.
SELECT confine('backtests', 'owner');
SELECT confine_by('backtest_slices', 'backtest_id', 'backtests');
SELECT confine('hooks', 'owner');
SELECT confine('alerts', 'owner');
SELECT confine('feedback', 'subject');
SELECT confine('subscriptions', 'subject');
