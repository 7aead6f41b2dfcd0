"""Speed goals as ratios: ours and a peer, side by side in one run. ``make bench``."""
