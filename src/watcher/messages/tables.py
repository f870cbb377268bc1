"""What types, stages, changes and novelties are called, in Russian and English; pairs are (Russian, English)."""

from __future__ import annotations

from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]

EMOJI = {"cluster": "🏭", "quota": "📦", "proc": "⚖️"}
TAGS: dict[str, Pair] = {"cluster": ("кластер", "cluster"), "quota": ("квота", "quota"), "proc": ("закупки", "procurement")}
FAMILY_HEADINGS: dict[str, Pair] = {
    "cluster": ("Кластеры", "Clusters"),
    "quota": ("Квоты", "Quotas"),
    "proc": ("Правила закупок", "Procurement rules"),
    "": ("Другое", "Other"),
}
FAMILY_NOUNS: dict[str, tuple[tuple[str, str, str], tuple[str, str]]] = {
    "cluster": (("кластер", "кластера", "кластеров"), ("cluster", "clusters")),
    "quota": (("квота", "квоты", "квот"), ("quota", "quotas")),
    "proc": (("правило закупок", "правила закупок", "правил закупок"), ("procurement rule", "procurement rules")),
    "": (("другое", "других", "других"), ("other", "others")),
}

STAGES: dict[str, Pair] = {
    "intent": ("намерение", "proposed"),
    "draft_public": ("проект", "draft"),
    "approved_internal": ("одобрен комиссией", "cleared by commission"),
    "registered": ("внесён в Госдуму", "bill submitted"),
    "reading1": ("первое чтение", "first reading"),
    "reading2": ("второе чтение", "second reading"),
    "reading3": ("третье чтение", "third reading"),
    "upper_house": ("одобрен Советом Федерации", "upper house approved"),
    "signed": ("подписан", "signed"),
    "registered_minjust": ("зарегистрирован Минюстом", "registered by the Ministry of Justice"),
    "published": ("опубликован", "published"),
    "in_force": ("в силе", "in force"),
    "rejected": ("отклонён", "rejected"),
    "withdrawn": ("отозван", "withdrawn"),
    "postponed": ("отложен", "postponed"),
    "repealed": ("отменён", "repealed"),
}
# What comes after a stage on the usual way; only said where no day of effect is known.
NEXT: dict[str, Pair] = {
    "intent": ("проект", "draft"),
    "draft_public": ("подписание", "signing"),
    "approved_internal": ("подписание", "signing"),
    "registered": ("первое чтение", "first reading"),
    "reading1": ("второе чтение", "second reading"),
    "reading2": ("третье чтение", "third reading"),
    "reading3": ("Совет Федерации", "upper house"),
    "upper_house": ("подписание", "signing"),
    "signed": ("вступление в силу, дата не названа", "taking effect, day not given"),
    "registered_minjust": ("вступление в силу, дата не названа", "taking effect, day not given"),
}
# A stage is called otherwise where the event is no act: keyed by type and stage.
STAGES_OF_TYPE: dict[tuple[str, str], Pair] = {
    ("cluster.register.include", "signed"): ("включён в реестр", "registered"),
    ("cluster.register.exclude", "signed"): ("исключён из реестра", "struck off"),
    ("cluster.register.reconfirm", "signed"): ("статус подтверждён", "status confirmed"),
    ("cluster.operator.change", "signed"): ("решение принято", "decided"),
    ("cluster.participants.change", "signed"): ("состав изменён", "changed"),
    ("cluster.project.support", "published"): ("отбор объявлен", "round announced"),
    ("cluster.project.support", "signed"): ("решение принято", "decided"),
}

TYPES: dict[str, Pair] = {
    "cluster.register.include": ("включение в реестр кластеров", "cluster registered"),
    "cluster.register.exclude": ("исключение из реестра кластеров", "cluster struck off the register"),
    "cluster.register.reconfirm": ("подтверждение статуса кластера", "cluster status reconfirmed"),
    "cluster.operator.change": ("смена управляющей компании кластера", "cluster operator changed"),
    "cluster.participants.change": ("изменение состава кластера", "cluster members changed"),
    "cluster.plan": ("план создать кластер", "cluster planned"),
    "cluster.project.support": ("поддержка проектов кластеров", "support for cluster projects"),
    "cluster.regime.rules": ("правила о кластерах", "rules on clusters"),
    "cluster.other": ("кластер иного рода", "cluster of another kind"),
    "quota.export.nontariff": ("нетарифная квота на экспорт", "non-tariff export quota"),
    "quota.export.tariff": ("тарифная квота на экспорт", "export tariff-rate quota"),
    "quota.export.ban": ("запрет экспорта", "export ban"),
    "quota.import.trq": ("тарифная квота на импорт", "import tariff-rate quota"),
    "quota.allocation": ("распределение квоты", "quota allocation"),
    "quota.utilisation": ("использование квоты", "quota utilisation"),
    "quota.procurement.share": ("минимальная доля российских товаров", "minimum share of Russian goods"),
    "quota.other": ("квота иного рода", "quota of another kind"),
    "proc.law.44fz": ("44-ФЗ", "Law 44-FZ"),
    "proc.law.223fz": ("223-ФЗ", "Law 223-FZ"),
    "proc.natregime": ("национальный режим", "national treatment"),
    "proc.origin719": ("подтверждение российского происхождения", "proof of Russian origin"),
    "proc.ktru": ("КТРУ", "catalogue of goods (KTRU)"),
    "proc.eis": ("ЕИС", "procurement information system (EIS)"),
    "proc.rnp": ("реестр недобросовестных поставщиков", "register of unscrupulous suppliers"),
    "proc.model_contract": ("типовые контракты", "model contracts"),
    "proc.fas": ("позиция ФАС", "position of the antimonopoly service"),
    "proc.letter": ("разъяснение", "clarification"),
    "proc.threshold": ("пороги закупок", "procurement thresholds"),
    "proc.payment": ("сроки оплаты", "terms of payment"),
    "proc.smb": ("закупки у малого бизнеса", "procurement from small business"),
    "proc.long_term": ("долгосрочные контракты", "long-term contracts"),
    "proc.participants": ("требования к участникам", "requirements for bidders"),
    "proc.regional": ("региональные правила закупок", "regional procurement rules"),
    "proc.other": ("правила закупок", "procurement rules"),
}
# What an event means for those it concerns: label and text, keyed by type.
MEANS: dict[str, tuple[Pair, Pair]] = {
    "cluster.register.include": (
        ("Что даёт", "Meaning"),
        ("доступ к мерам поддержки по ПП РФ № 779", "access to support under Resolution No. 779"),
    ),
    "cluster.register.exclude": (
        ("Что значит", "Meaning"),
        ("меры поддержки по ПП РФ № 779 закрываются", "support under Resolution No. 779 ends"),
    ),
    "proc.law.44fz": (("Кого касается", "Concerns"), ("заказчики и поставщики по 44-ФЗ", "buyers and suppliers under 44-FZ")),
    "proc.law.223fz": (("Кого касается", "Concerns"), ("заказчики и поставщики по 223-ФЗ", "buyers and suppliers under 223-FZ")),
    "proc.natregime": (
        ("Кого касается", "Concerns"),
        ("заказчики и поставщики по 44-ФЗ и 223-ФЗ", "buyers and suppliers under 44-FZ and 223-FZ"),
    ),
    "proc.origin719": (
        ("Кого касается", "Concerns"),
        ("производители в реестре ГИСП и их заказчики", "makers in the GISP register and their buyers"),
    ),
    "proc.fas": (("Сила", "Force"), ("позиция ведомства, не норма", "a position, not a rule")),
    "proc.letter": (("Сила", "Force"), ("разъяснение, не норма", "a clarification, not a rule")),
}

CHANGES: dict[str, Pair] = {
    "introduce": ("введение", "introduced"),
    "extend": ("продление", "extended"),
    "raise": ("увеличение", "raised"),
    "cut": ("сокращение", "cut"),
    "zero": ("обнуление", "set to zero"),
    "lift": ("снятие", "lifted"),
    "reallocate": ("перераспределение", "reallocated"),
    "reject": ("не вводится", "not introduced"),
}
DIRECTIONS: dict[str, Pair] = {"export": ("вывоз", "export"), "import": ("ввоз", "import"), "internal": ("внутренний рынок", "home market")}
MONEY_OF: dict[str, Pair] = {
    "projects": ("проекты", "projects"),
    "revenue": ("выручка", "revenue"),
    "support": ("поддержка", "support"),
    "investment": ("инвестиции", "investment"),
    "investments": ("инвестиции", "investment"),
    "loan": ("заём", "loan"),
    "output": ("выпуск", "output"),
    "exports": ("экспорт", "exports"),
}
SLOTS: dict[str, Pair] = {
    "regions": ("Регионы", "Regions"),
    "name": ("Название", "Name"),
    "participants": ("Участников", "Members"),
    "jobs": ("Рабочих мест", "Jobs"),
    "money": ("Сумма", "Sum"),
    "acts": ("Основание", "Act"),
    "commodity": ("Товар", "Goods"),
    "direction": ("Направление", "Direction"),
    "volume": ("Объём", "Volume"),
    "period": ("Период", "Period"),
    "change": ("Решение", "Decision"),
    "effective": ("Начало действия", "Takes effect"),
    "deadline": ("Срок", "Deadline"),
    "bill": ("Законопроект", "Bill"),
    "threshold": ("Порог", "Threshold"),
    "stage": ("Стадия", "Stage"),
}

NOVELTIES: dict[str, Pair] = {
    "new": ("новое событие", "new event"),
    "stage": ("новая стадия", "new stage"),
    "changed": ("изменение", "change"),
    "facts": ("новые подробности", "new facts"),
    "conflict": ("источники расходятся", "sources disagree"),
    "repeat": ("повтор", "repeat"),
    "background": ("упоминание", "mention"),
    "commentary": ("мнение или обзор", "comment or review"),
}
# Why rows waited; keyed by the slot of a held row: heading of a merged message, and how the digest counts them.
HELD: dict[str, tuple[Pair, Pair]] = {
    "digest": (("Сводка", "Digest"), ("для сводки", "for the digest")),
    "quiet": (("За тихие часы", "During quiet hours"), ("в тихие часы", "in quiet hours")),
    "budget": (("Сверх дневного бюджета", "Over the daily budget"), ("сверх дневного бюджета", "over the daily budget")),
    "burst": (("Много сразу", "Many at once"), ("пришло много сразу", "many at once")),
    "backlog": (("Накопилось", "Backlog"), ("накопилось", "from the backlog")),
    "paused": (("За время паузы", "While paused"), ("за время паузы", "while paused")),
}

# Why a source is silent, as a reader is told it; others by their beginning, else as they are.
FAULTS: dict[str, Pair] = {
    "timeout": ("не успел ответить", "timed out"),
    "dns": ("адрес не найден", "no such address"),
    "refused": ("не отвечает", "refuses connections"),
    "reset": ("обрывает соединение", "breaks the connection"),
    "geography": ("отвечает только из России", "answers in Russia alone"),
    "blocked": ("не пускает", "refuses us"),
    "captcha": ("спрашивает, не робот ли", "asks for a captcha"),
    "maintenance": ("технические работы", "under maintenance"),
    "server": ("ошибка на сайте", "error of the site"),
    "not-found": ("страницы нет", "page not found"),
    "gone": ("закрыт", "closed"),
    "rate": ("просит спрашивать реже", "asks for fewer requests"),
    "empty": ("лента пуста", "empty"),
    "silent": ("давно ничего нового", "nothing new for long"),
    "tls": ("сертификат", "certificate"),
    "format": ("ответ испорчен", "broken answer"),
    "not-a-feed": ("вместо ленты страница", "a page in place of the feed"),
    "shape": ("страница изменилась", "page changed"),
    "changed": ("страница изменилась", "page changed"),
    "failing": ("не отвечает", "does not answer"),
    "forbidden": ("адрес закрыт настройками", "address not allowed"),
}

# Why something was told to a reader or not, in English; in Russian the words of `alerts.WHY` are those that the operator reads.
VERDICTS_EN: dict[str, str] = {
    "told": "told",
    "update": "news of what was told before",
    "no-rule": "no rule found anything in it",
    "learned": "learned at the first poll of its source: only what comes after is told",
    "old": "an old item on a page whose identifiers changed",
    "restored": "learned after the store was restored from a copy",
    "repeat": "a repeat of what was told",
    "recalled": "it only recalls or comments on what is known",
    "narrowed": "your subscription is narrower",
    "before": "it came before you subscribed",
    "likely": "only likely: kept for the digest",
    "paused": "you had paused",
    "digest": "kept for your digest",
    "profile": "does not name you: kept for the digest",
    "not-concerned": "does not concern you",
    "muted": "you muted it",
    "quiet": "your quiet hours: told in one message at their end",
    "budget": "over your daily budget: kept for the digest",
    "burst": "too many in a row from one source: told in one message",
}


def of(pair: Pair, language: str) -> str:
    """Take the half of a pair that a language asks for."""
    return pair[language == "en"]


def stage_name(type_: str, stage: str, language: str) -> str:
    """Name a stage of a type; nothing for an unknown one."""
    pair = STAGES_OF_TYPE.get((type_, stage)) or STAGES.get(stage)
    return of(pair, language) if pair else ""


def type_name(type_: str, language: str) -> str:
    """Name a type, or the nearest one above it that is known."""
    while type_:
        if type_ in TYPES:
            return of(TYPES[type_], language)
        type_ = type_.rpartition(".")[0]
    return ""


def fault(reason: str, language: str) -> str:
    """Say why a source is silent."""
    pair = FAULTS.get(reason) or FAULTS.get(reason.partition("-")[0])
    return of(pair, language) if pair else reason
