-- What a backtest leaves behind may go: slices once it ended, orders with their reports.

GRANT DELETE ON backtests, backtest_slices TO signals_app;
CREATE INDEX backtests_ended ON backtests (updated_at) WHERE status NOT IN ('queued', 'running');
