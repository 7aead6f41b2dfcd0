"""The ports, each in its technology; ``memory`` holds all of them for tests and trials."""
