"""What an export, an erasure and a hold are."""
