-- Backtests: orders with their progress, the slices of their work, their findings. Times are parameters.

CREATE TABLE backtests (
    id         uuid        PRIMARY KEY,
    owner      text        NOT NULL,
    wanted     jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    status     text        NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    step       text        NOT NULL CHECK (step IN (
        'waiting', 'planning', 'deciding', 'concluding', 'reporting', 'ended')),
    rank       integer     NOT NULL,
    share      real        NOT NULL CHECK (share BETWEEN 0 AND 1),
    reason     text        NOT NULL,
    attempts   integer     NOT NULL DEFAULT 0,
    finding    text
);
CREATE INDEX backtests_of_owner ON backtests (owner, created_at DESC, id DESC);
CREATE INDEX backtests_at_work ON backtests (updated_at) WHERE status IN ('queued', 'running');
REVOKE UPDATE, DELETE ON backtests FROM signals_app;
GRANT UPDATE (updated_at, status, step, rank, share, reason, attempts, finding) ON backtests TO signals_app;

CREATE TABLE backtest_slices (
    backtest_id uuid    NOT NULL REFERENCES backtests,
    number      integer NOT NULL CHECK (number >= 0),
    work        text    NOT NULL,
    decided     text,
    PRIMARY KEY (backtest_id, number)
);
REVOKE UPDATE, DELETE ON backtest_slices FROM signals_app;
GRANT UPDATE (decided) ON backtest_slices TO signals_app;
