"""The simulated outside: sites, a Bot API, a mail server; all of it on loopback."""
