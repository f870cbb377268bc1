"""A news monitoring and alerting daemon for Russian industrial policy and public procurement."""

__version__ = "0.1.0"
