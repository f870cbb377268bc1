"""What the library of the command line says by itself, in Russian like everything else that an operator reads.

click asks gettext for each of its texts; a catalogue for that would have to be compiled, installed and chosen by the environment's locale.
What is not translated here is said in English.
"""

from __future__ import annotations

from click import core, decorators, exceptions, formatting, parser, types

_SAID = {
    "Usage:": "Как вызвать:",
    "Options": "Ключи",
    "Commands": "Команды",
    "Positional arguments": "Аргументы",
    "Show this message and exit.": "Показать эту справку.",
    "Show the version and exit.": "Показать версию.",
    "%(prog)s, version %(version)s": "%(prog)s, версия %(version)s",
    "default: {default}": "обычно {default}",
    "required": "обязателен",
    "Error: {message}": "Ошибка: {message}",
    "Aborted!": "Прервано.",
    "Try '{command} {option}' for help.": "Справка: {command} {option}",
    "No such option {name!r}.": "нет ключа {name}.",
    "No such command {name!r}.": "нет команды {name}.",
    "Did you mean {possibility}?": "Может быть, {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Может быть, одно из: {possibilities}?)",
    "Missing command.": "не хватает команды.",
    "Missing argument": "не хватает аргумента",
    "Missing option": "не хватает ключа",
    "Missing parameter": "не хватает параметра",
    "Missing {param_type}": "не хватает: {param_type}",
    "Choose from:\n\t{choices}": "Можно:\n\t{choices}",
    "Invalid value: {message}": "не подходит: {message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} не подходит: {message}",
    "{value!r} is not {choice}.": "{value!r} — не {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} — не одно из {choices}.",
    "{name} {filename!r} does not exist.": "{name} {filename!r} не существует.",
    "{name} {filename!r} is a file.": "{filename!r} — файл, а нужна папка.",
    "{name} {filename!r} is a directory.": "{filename!r} — папка, а нужен файл.",
    "{name} {filename!r} is not writable.": "{name} {filename!r}: нет права записи.",
    "{name} {filename!r} is not readable.": "{name} {filename!r}: нет права чтения.",
    "file": "файл",
    "directory": "папка",
    "path": "путь",
    "Option {name!r} does not take a value.": "у ключа {name} не бывает значения.",
    "Option {name!r} requires an argument.": "ключу {name} нужно значение.",
    "Got unexpected extra argument ({args})": "лишний аргумент: {args}",
    "Got unexpected extra arguments ({args})": "лишние аргументы: {args}",
}


def say(text: str) -> str:
    """Give a text of click's in Russian."""
    return _SAID.get(text, text)


def say_number(one: str, many: str, number: int) -> str:
    """Give the text of click's for that number in Russian."""
    return say(one if number == 1 else many)


def speak() -> None:
    """Have click say its texts so."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        vars(module).update({name: ours for name, ours in (("_", say), ("ngettext", say_number)) if name in vars(module)})
