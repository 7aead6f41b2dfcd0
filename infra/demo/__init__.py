"""``make demo``: the main job of the product, bounded, driven from outside as clients do."""
