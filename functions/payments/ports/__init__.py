"""What the use cases need from outside, one module a need."""
