"""A toy project: a client that asks a server for a token over a network that loses things."""
