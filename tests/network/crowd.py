"""A large platform: the rendered objects of a small one, again and again under other names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipelinekit.model.app import App
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.network.rendered.assembly import Rendered
from pipelinekit.reading import needs
from tests.network import fleet, site
from tests.network.site import DECLARED, PORTS


def applications(
    apps: Sequence[App], rendered: Sequence[Rendered], times: int
) -> tuple[list[App], list[Rendered]]:
    """So many fleets, each with teams of its own."""
    texts = [json.dumps(list(each.objects)) for each in rendered]
    many: list[App] = []
    made: list[Rendered] = []
    for number in range(times):
        many += [_app(each, number) for each in apps]
        made += [
            replace(
                each,
                owner=_owner(each.owner, number),
                namespace=_namespace(each.namespace, number),
                objects=_Objects(text, number),
            )
            for each, text in zip(rendered, texts, strict=True)
        ]
    return many, made


def _app(app: App, number: int) -> App:
    return replace(
        app,
        team=f"{app.team}{number}",
        calls=tuple(_owner(each, number) for each in app.calls),
        accepts=tuple(_owner(each, number) for each in app.accepts),
    )


def _owner(title: str, number: int) -> str:
    team, _, name = title.partition("/")
    return f"{team}{number}/{name}"


def _namespace(name: str, number: int) -> str:
    return name.replace("-dev", f"{number}-dev")


class _Objects(Sequence[tuple[dict[str, Any], str]]):
    """Objects that are made as they are looked at: what a proof keeps of them is what it costs."""

    def __init__(self, text: str, number: int) -> None:
        self._text, self._number = text, number

    def __iter__(self) -> Iterator[tuple[dict[str, Any], str]]:
        text = self._text
        for team in fleet.TEAMS:
            text = text.replace(f'"{team}-dev"', f'"{team}{self._number}-dev"')
        return iter([(made, source) for made, source in json.loads(text)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, at: Any) -> Any:
        return list(iter(self))[at]


def components(sets: int, for_applications: int) -> tuple[list[Component], list[Rendered]]:
    """So many sets of components; the applications are accepted by those of the first ones alone."""
    found: list[Component] = []
    made: list[Rendered] = []
    for number in range(sets):
        for name in DECLARED:
            own = f"{name}{number}"
            document = _renamed(site.component(name), number)
            policy = _renamed(site.policy(name), number)
            if number >= for_applications:
                document["accepts"] = [each for each in document["accepts"] if each != "applications"]
                into = policy["spec"]["ingress"]
                policy["spec"]["ingress"] = [
                    each for each in into if "matchExpressions" not in json.dumps(each)
                ]
            found.append(needs.describe(json.dumps(document), f"{own}.yaml", own).component)
            objects = [_renamed(each, number) for each in site.objects(name)]
            made.append(Rendered(owner=own, release=f"{own}-policies", namespace=own, objects=[(policy, "")]))
            made.append(
                Rendered(owner=own, release=own, namespace=own, objects=[(each, "") for each in objects])
            )
    return found, made


def _renamed(data: Any, number: int) -> Any:
    text = json.dumps(data)
    for name in PORTS:
        text = text.replace(f'"{name}"', f'"{name}{number}"')
    return json.loads(text)
