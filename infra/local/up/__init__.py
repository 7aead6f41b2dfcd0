"""``python -m local up``: stores, AWS emulator, functions and sources as one command with a live status."""
