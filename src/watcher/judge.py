"""Judge what was received, in order."""
