"""Poll one source once and receive what is new."""
