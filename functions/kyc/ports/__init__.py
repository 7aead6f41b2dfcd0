"""What the domain needs of the world, in its own words."""
