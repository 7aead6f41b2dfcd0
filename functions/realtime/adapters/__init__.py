"""The only SQL, Redis commands, Kafka records and gateway calls of realtime."""
