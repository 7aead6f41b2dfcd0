"""Know your client: who somebody is, checked and decided, and the limits that opens."""
