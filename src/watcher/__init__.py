"""A news monitoring and alerting daemon for Russian industrial policy and public procurement."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("watcher-news")
except PackageNotFoundError:  # run from a tree that was never installed
    __version__ = "0"
