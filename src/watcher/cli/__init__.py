"""The commands."""

import click

from watcher import __version__


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Watch news on industrial clusters, quotas and procurement rules."""
