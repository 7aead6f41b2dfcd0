"""Makes what must exist before the first request: roles, migrations, topics, keys, the first admin."""
