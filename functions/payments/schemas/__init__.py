"""What crosses HTTP, one module a subject."""
