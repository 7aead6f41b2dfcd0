"""What triggers functions besides requests: Kafka, SQS, schedules and S3, as AWS's event sources do."""
