"""Use cases: verbs, with ports passed in."""
