"""What the domain knows, without a store or a network."""
