"""What an entry, a checkpoint and a proof are; standard library only."""
