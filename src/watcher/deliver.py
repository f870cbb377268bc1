"""Empty the outbox once."""
