"""Applications whose charts differ in words alone: Helm renders one of a form, and each gets its words.

To begin Helm takes a tenth of a second, and a platform may have 20,000 applications. Who an application is,
whom it calls and where, are words to its chart, which compares none of them; a blank stands for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from pipelinekit.model.app import App, Process, Resources, partner_of
from pipelinekit.model.platform.document import Environment
from pipelinekit.records import dataclass

Peers = Mapping[str, Mapping[str, str]]
Object = Mapping[str, Any]

BLANK = "pkblank"
"""What every blank begins with: nobody's name."""
LONGEST = 50
"""Letters of an application's and a process' name up to which no chart cuts what it makes of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An application with blanks for its words; `key` is the same for all of one form."""

    app: App
    namespace: str
    peers: Peers
    words: Mapping[str, str]
    """What each blank stands for."""
    key: str


def form_of(app: App, environment: Environment, namespace: str, peers: Peers) -> Form | None:
    """The application's form in an environment; None for one that Helm has to render itself.

    `peers` are those that a deployment gives its chart. What says nothing of the network is left out:
    variables, commands, resources.
    """
    parts = (*app.processes, *app.before)
    if app.chart or len(app.name) + max(map(len, parts), default=0) > LONGEST:
        return None
    if BLANK in repr((app, namespace, peers)):
        return None
    blanks = _Blanks()
    name, team, home = blanks("name", app.name), blanks("team", app.team), blanks("space", namespace)
    others = {
        blanks.word(word): {
            "name": blanks("name", each["name"]),
            "namespace": blanks("space", each["namespace"]),
        }
        for word, each in peers.items()
    }
    here = {environment.name}
    made = replace(
        app,
        name=name,
        team=team,
        processes=_processes(app.processes, blanks),
        before=dict.fromkeys(app.before, ("x",)),
        calls=tuple(map(blanks.word, app.calls)),
        accepts=tuple(map(blanks.word, app.accepts)),
        environments={
            each: _processes(app.environments[each], blanks) for each in here & app.environments.keys()
        },
        elsewhere={each: app.elsewhere[each] for each in here & app.elsewhere.keys()},
    )
    told = (made.processes, made.before, made.services, made.calls, made.accepts, made.reaches)
    key = repr((*told, made.environments, made.elsewhere, made.build.user, others))
    words = {blank: word for (_, word), blank in blanks.known.items()}
    return Form(app=made, namespace=home, peers=others, words=words, key=key)


def _processes(processes: Mapping[str, Process], blanks: _Blanks) -> dict[str, Process]:
    return {
        name: replace(
            each,
            env={},
            command=(),
            resources=Resources(),
            host=blanks("host", each.host) if each.host else "",
        )
        for name, each in processes.items()
    }


@dataclass
class _Blanks:
    """Blanks for words: the same for the same word of a kind, in the order in which they are met."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def __call__(self, kind: str, word: str) -> str:
        # The last letter keeps the first from being the beginning of the tenth.
        return self.known.setdefault((kind, word), f"{BLANK}{kind}{len(self.known)}x")

    def word(self, word: str) -> str:
        """The same for a word of `calls`: `name`, `team/name`, either with `:port`."""
        named, port = partner_of(word)
        team, _, name = named.rpartition("/")
        text = f"{self('team', team)}/" if team else ""
        return f"{text}{self('name', name)}{f':{port}' if port else ''}"


class Filled(Sequence[tuple[Object, str]]):
    """The objects of one of a form, made anew whenever they are asked for: all of 20,000 are gigabytes."""

    def __init__(self, text: str, words: Mapping[str, str]) -> None:
        self._text, self._words = text, words

    def __iter__(self) -> Iterator[tuple[Object, str]]:
        text = self._text
        for blank, word in self._words.items():
            text = text.replace(blank, json.dumps(word)[1:-1])
        return iter([(made, source) for made, source in json.loads(text)])

    def __len__(self) -> int:
        return len(json.loads(self._text))

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at]
