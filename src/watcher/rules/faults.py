"""What can be wrong with a query: where, what, and what would be right, in Russian and in English."""

from __future__ import annotations

from watcher.errors import WatcherError

# code: (what, instead) in Russian, then in English
_SAID: dict[str, tuple[str, str, str, str]] = {
    "empty": ("запрос пуст", "напишите хотя бы одно слово", "the query is empty", "write at least one word"),
    "long": (
        "запрос длиннее {most} знаков",
        "разделите его на несколько",
        "the query is longer than {most} characters",
        "split it into several",
    ),
    "deep": ("скобки вложены глубже {most}", "упростите запрос", "brackets are nested deeper than {most}", "simplify the query"),
    "many": ("слов больше {most}", "разделите запрос на несколько", "there are more than {most} terms", "split the query into several"),
    "quote": ("кавычка не закрыта", "поставьте вторую кавычку", "the quotation mark is not closed", "add the second one"),
    "no_word": ("здесь нет ни одного слова", "напишите слово", "there is no word here", "write a word"),
    "not_closed": ("скобка не закрыта", "поставьте «)»", "the bracket is not closed", "add “)”"),
    "not_opened": ("лишняя закрывающая скобка", "уберите её или поставьте «(»", "a closing bracket too many", "remove it or add “(”"),
    "no_operand": (
        "рядом с «{word}» не хватает слова",
        "напишите, что должно стоять на этом месте",
        "a word is missing next to “{word}”",
        "write what should stand here",
    ),
    "regex": (
        "регулярные выражения пока не поддерживаются",
        "напишите слова, «фразу» или начало слова со звёздочкой: гос*",
        "regular expressions are not supported yet",
        'write words, a "phrase" or the beginning of a word with an asterisk: gov*',
    ),
    "russian_operator": (
        "операторы пишутся по-английски",
        "вместо {word} напишите {right}, а слово «{lower}» пишите строчными",
        "operators are written in English",
        "instead of {word} write {right}; write the word «{lower}» in small letters",
    ),
    "comma": (
        "знак «{word}» ничего не значит",
        "напишите OR, если подходит любое из слов, или пробел, если нужны все",
        "the sign “{word}” means nothing here",
        "write OR if any of the words will do, or a space if all are needed",
    ),
    "ampersand": (
        "знак «{word}» ничего не значит",
        "напишите AND или пробел",
        "the sign “{word}” means nothing here",
        "write AND or a space",
    ),
    "exclamation": (
        "знак «{word}» ничего не значит",
        "чтобы исключить слово, напишите -слово",
        "the sign “{word}” means nothing here",
        "to exclude a word write -word",
    ),
    "sign": ("знак «{word}» ничего не значит", "уберите его", "the sign “{word}” means nothing here", "remove it"),
    "minus": (
        "минус стоит отдельно",
        "чтобы исключить слово, пишите минус вплотную: -слово",
        "the minus stands alone",
        "to exclude a word write the minus right before it: -word",
    ),
    "star": (
        "звёздочка бывает только в конце слова",
        "напишите начало слова и звёздочку: гос*",
        "an asterisk may only end a word",
        "write the beginning of a word and an asterisk: gov*",
    ),
    "short_prefix": (
        "перед звёздочкой меньше двух букв",
        "напишите хотя бы две буквы",
        "fewer than two letters stand before the asterisk",
        "write at least two letters",
    ),
    "near_number": (
        "у NEAR не указано расстояние",
        "напишите число слов от 1 до {most}: NEAR/5",
        "NEAR has no distance",
        "write a number of words from 1 to {most}: NEAR/5",
    ),
    "near_operand": (
        "NEAR соединяет слова и фразы, а здесь {word}",
        "слева и справа от NEAR поставьте слово, «фразу» или слова через OR в скобках",
        "NEAR joins words and phrases, but here is {word}",
        'put a word, a "phrase" or words joined by OR in brackets on both sides of NEAR',
    ),
    "field": ("нет такого поля: {word}", "{right}", "there is no such field: {word}", "{right}"),
    "field_value": (
        "после «{word}:» нет значения",
        "напишите его вплотную к двоеточию",
        "nothing follows “{word}:”",
        "write the value right after the colon",
    ),
    "field_simple": (
        "после «{word}:» может стоять только одно значение",
        "напишите слово или «фразу в кавычках»",
        "only one value may follow “{word}:”",
        'write a word or a "quoted phrase"',
    ),
    "field_inside": (
        "поле {word}: не может стоять внутри title:",
        "вынесите его за скобки",
        "the field {word}: can't stand inside title:",
        "move it out of the brackets",
    ),
    "region": ("нет такого региона: {word}", "{right}", "there is no such region: {word}", "{right}"),
    "act": (
        "в «{word}» нет номера акта",
        "напишите номер, например act:1875 или act:44-ФЗ",
        "“{word}” has no number of an act",
        "write the number, for example act:1875 or act:44-ФЗ",
    ),
    "event": ("нет такого вида событий: {word}", "{right}", "there is no such type of event: {word}", "{right}"),
    "source": ("нет такого источника: {word}", "{right}", "there is no such source: {word}", "{right}"),
    "only_negative": (
        "запрос только исключает: ему подошло бы почти всё",
        "добавьте слово, которое должно быть в тексте",
        "the query only excludes: nearly everything would match",
        "add a word that the text must have",
    ),
}


class QueryError(WatcherError):
    """A query can't be read: `position` counts characters from 0, `what` is wrong there, `instead` would be right."""

    def __init__(self, code: str, position: int, /, **said: object) -> None:
        self.code = code
        self.position = position
        self._said = said
        super().__init__("; ".join(part for part in self.in_language("ru") if part))

    @property
    def what(self) -> str:
        return self.in_language("ru")[0]

    @property
    def instead(self) -> str:
        return self.in_language("ru")[1]

    def in_language(self, language: str) -> tuple[str, str]:
        """Say what is wrong and what would be right: in Russian for `ru`, else in English."""
        texts = _SAID[self.code]
        what, instead = texts[:2] if language == "ru" else texts[2:]
        return what.format(**self._said), instead.format(**self._said)


def caret(text: str, error: QueryError, width: int = 60) -> str:
    """Show the place of a mistake: its line of the query, cut to `width` characters around it, and a caret below."""
    start = text.rfind("\n", 0, error.position) + 1
    end = text.find("\n", error.position)
    line = text[start : end if end >= 0 else len(text)].replace("\t", " ")
    column = min(error.position - start, len(line))
    if len(line) > width:
        cut = max(0, min(column - width // 2, len(line) - width))
        shown = line[cut : cut + width]
        column -= cut
        if cut:
            shown = "…" + shown[1:]
        if cut + width < len(line):
            shown = shown[:-1] + "…"
        line = shown
    return f"{line}\n{' ' * column}^"
