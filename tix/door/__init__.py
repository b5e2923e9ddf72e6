"""What a desk lets in: pushes to a server, and what its history says of itself."""
