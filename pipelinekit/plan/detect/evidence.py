"""Ports in a source: those where it listens, not those that it calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

CALLED = frozenset(
    (
        *(25, 110, 143, 389, 465, 587, 636, 993, 1433, 1521, 1883, 2181, 2379, 3306, 4222, 4317, 4318, 5432),
        *(5672, 5671, 6379, 6380, 6831, 8125, 9042, 9092, 9200, 9411, 11211, 15672, 26379, 27017),
    )
)
"""Where databases, brokers, mail and telemetry are: a program that names one calls it."""
_NAME = re.compile(
    r"(?:DB|DATABASE|PG|POSTGRES\w*|MYSQL|MARIADB|SQL|MONGO\w*|REDIS|CACHE|MEMCACHED?|RABBIT\w*|AMQP|MQTT|KAFKA"
    r"|BROKER|SMTP|MAIL\w*|EMAIL\w*|LDAP|ELASTIC\w*|STATSD|OTEL|OTLP|PROXY|REMOTE|UPSTREAM|DEBUG\w*|INSPECT\w*"
    r"|METRICS)[_.]?PORT",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\bDial|New\w*Client\b|\bcreate(?:Connection|Client|Transport|Pool)\b|\b\w*redis|mongo|amqp|kafka|(?<!ENV\.)\bfetch\("
    r"|\baxios|\brequests\.|\bhttpx\.|\bhttp\.(?:Get|Post)\b|urlopen|RestTemplate|WebClient|HttpClient|base_?url"
    r"|\bclient\b|\bconnect\(|\bproxy\b|\btarget\b",
    re.IGNORECASE,
)
_CALLEE = re.compile(
    r"redis|client|dial|kafka|mongo|postgres|psycopg|mysql|pool|connect|transporter|createtransport|smtp|mail|cache"
    r"|amqp|pika|memcache|proxy|statsd|sequelize|datasource|knex",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9][0-9]")
_NEAR = 400
"""Characters before a port in which the call is sought that it is an argument of: a line may be a file."""


def listens(pattern: re.Pattern[str], texts: Iterable[str]) -> re.Match[str] | None:
    """The first match, in the order of the texts, whose group is a port that is not called."""
    return next((match for text in texts for match in _in(pattern, text)), None)


def number(match: re.Match[str]) -> int:
    """The port that a match has in one of its groups."""
    return int(next((each for each in match.groups() if each), "0"))


def _in(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    # A number is found without a look at each place, and most files have none that could be a port.
    for match in pattern.finditer(text) if _DIGITS.search(text) else ():
        port = number(match)
        if 0 < port < 65536 and port not in CALLED and not _calls(text, match):
            yield match


def _calls(text: str, match: re.Match[str]) -> bool:
    near = max(0, match.start() - _NEAR)
    line = text[max(near, text.rfind("\n", 0, match.start()) + 1) : match.end()]
    if _NAME.search(line) or _VERB.search(line):
        return True
    return any(_CALLEE.search(each) for each in _callees(text[near : match.start()]))


def _callees(before: str) -> Iterator[str]:
    """What is called, or made, with the brackets that are open at the end of a text; the innermost first."""
    depth, levels = 0, 0
    for at in range(len(before) - 1, -1, -1):
        if before[at] in ")]}":
            depth += 1
        elif before[at] in "([{":
            if depth:
                depth -= 1
                continue
            called = re.search(r"[\w.:&]+\s*$", before[:at])
            # A block of statements is no argument.
            if called is None and before[at] == "{" and not re.search(r"[(,\[=:]\s*$", before[:at]):
                return
            if called:
                yield called[0]
            levels += 1
            if levels == 3:
                return
