"""Test controls under ``/_local/``: clock, mailbox, tape, failpoints, chaos, dump. Laptop only."""
