"""Read the articles of entries whose lead does not say enough."""
