-- Settled alerts are forgotten after their retention; nothing else about them can be changed.
GRANT DELETE ON alerts TO signals_app;
