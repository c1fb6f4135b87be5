"""Prepare the namespaces that a platform's applications are deployed to: looked at first, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pipelinekit.counts import counted
from pipelinekit.errors import PipelinekitError, Refused, ToolFailed, refused
from pipelinekit.model.deployment import Object
from pipelinekit.model.ground.preparation import Place, Preparation
from pipelinekit.model.platform.document import Environment
from pipelinekit.plan.deploying.fields import name_of
from pipelinekit.plan.ownership import check_ground, check_objects
from pipelinekit.plan.preparation import objects_of, preparation
from pipelinekit.ports import Say
from pipelinekit.ports.namespaces import Namespaces
from pipelinekit.records import dataclass

AT_ONCE = 4
"""How many namespaces are looked at together."""

PullLogin = Callable[[Environment], str]
"""The text of an environment's pull secret, or empty where this machine has no login for its registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """A namespace that was looked at: what there is to do, and with which objects."""

    place: Place
    found: Preparation
    wanted: tuple[Object, ...]


def survey(
    places: Sequence[Place], secret: str, login: PullLogin, namespaces: Namespaces
) -> tuple[tuple[Surveyed, ...], tuple[PipelinekitError, ...]]:
    """What there is to do in each of them, and why in some nothing can be done; nothing is changed.

    `secret` is the name of the pull secret, empty for none.
    """

    def one(place: Place) -> Surveyed | PipelinekitError:
        try:
            return _look(place, secret, login, namespaces)
        except PipelinekitError as error:
            return _placed(place, error)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(one, places))
    good = tuple(each for each in answers if isinstance(each, Surveyed))
    return good, tuple(each for each in answers if isinstance(each, PipelinekitError))


def prepare(
    surveyed: Sequence[Surveyed], namespaces: Namespaces, say: Say
) -> tuple[tuple[Preparation, ...], tuple[PipelinekitError, ...]]:
    """Do what was found; what was done or needed nothing, and why the rest was not done."""
    done, errors = [], []
    for each in surveyed:
        target, found = each.place.target, each.found
        try:
            if found.acts:
                say(f"{each.place.title}: {_words(found)}")
                namespaces.apply(target, each.wanted)
                namespaces.remove(target, found.removed)
            done.append(found)
        except PipelinekitError as error:
            errors.append(_placed(each.place, error))
    return tuple(done), tuple(errors)


def together(errors: Sequence[PipelinekitError]) -> PipelinekitError:
    """All of them as one: what the cluster or a tool refused comes before what we refuse."""
    faults = tuple(fault for each in errors for fault in each.faults)
    kind = Refused if all(isinstance(each, Refused) for each in errors) else ToolFailed
    return kind(*faults)


def _look(place: Place, secret: str, login: PullLogin, namespaces: Namespaces) -> Surveyed:
    target = place.target
    ground = namespaces.ground(target)
    check_ground(place, ground)
    text = login(target.environment) if secret else ""
    there = namespaces.ours(target, place.platform) if ground.namespace else ()
    wanted = objects_of(place, secret, text)
    notes: tuple[str, ...] = ()
    kept = {name_of(each) for each in wanted}
    if secret and not text:
        if f"Secret/{secret}" not in there:
            raise _no_login(place, secret)
        kept.add(f"Secret/{secret}")
        notes = (f"Secret/{secret} stays as it is: this machine has no login to renew it with",)
    look = namespaces.look(target, wanted)
    check_objects(place, look)
    stale = [each for each in there if each not in kept]
    return Surveyed(place=place, found=preparation(place, wanted, look, stale, notes), wanted=wanted)


def _placed(place: Place, error: PipelinekitError) -> PipelinekitError:
    """The error, which says where it was."""
    faults = (
        each
        if each.problem.startswith(place.title)
        else replace(each, problem=f"{place.title}: {each.problem}")
        for each in error.faults
    )
    return type(error)(*faults)


def _no_login(place: Place, secret: str) -> Refused:
    return refused(
        "pull-login-missing",
        f"{place.title}: nothing to make pull secret {secret} of",
        hint="`docker login` at the environment's registry first, as a user who may only read,"
        " or set PK_REGISTRY_USER and PK_REGISTRY_PASSWORD; a token that only Docker can use is none",
    )


def _words(found: Preparation) -> str:
    parts = [
        f"{told} to {deed}"
        for deed, names, told in (
            ("make", found.created, f"{len(found.created)}"),
            ("change", found.changes, counted(len(found.changes), "field")),
            ("remove", found.removed, f"{len(found.removed)}"),
        )
        if names
    ]
    return ", ".join(parts)
