"""What every domain shares and none owns: edges, stores, identity, money, time. No domain logic."""
