"""Questions and answers on a terminal, or from a pipe: a secret is never shown, an empty answer takes what stands in brackets."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from watcher.errors import ConfigError, Problem


class Unanswered(ConfigError):
    """The answers ended before the questions."""

    def __init__(self, question: str) -> None:
        super().__init__([Problem("ответы", 0, 0, f"на вопрос «{question}» ответа нет", "дайте по строке на каждый вопрос")])


def ask(question: str, default: str = "", *, secret: bool = False, right: Callable[[str], str] = lambda text: "") -> str:
    """Ask until the answer is right: `right` says what is wrong with it, empty for nothing. Raises Unanswered at the end of a pipe."""
    while True:
        text = _once(question, default, secret)
        wrong = right(text)
        if not wrong:
            return text
        if not sys.stdin.isatty():
            raise ConfigError([Problem("ответы", 0, 0, f"«{question}»: {wrong}")])
        click.echo(wrong, err=True)


def _once(question: str, default: str, secret: bool) -> str:
    if sys.stdin.isatty():
        said: str = click.prompt(question, default=default, hide_input=secret, show_default=bool(default) and not secret)
        return said.strip()
    line = sys.stdin.readline()
    if not line:
        if default:
            return default
        raise Unanswered(question)
    return line.strip() or default
