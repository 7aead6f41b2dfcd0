"""The few AWS calls that functions need, signed by hand over keep-alive sockets: no boto3, no urllib3."""
