"""Values of the domain, one module a subject."""
