"""The use cases: keeping, checkpointing, proving, verifying, exporting, erasing."""
