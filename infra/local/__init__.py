"""The laptop platform: real stores, a small AWS around real Lambda runtime clients. Never deployed."""
