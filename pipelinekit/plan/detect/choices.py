"""Which of several programs an application is: the one named, the one of its name, or a question."""

from __future__ import annotations

import shlex
from dataclasses import replace

from pipelinekit.plan.detect.signs import Choice, Detected


def between(found: Detected, candidates: tuple[Choice, ...], own: str) -> Detected:
    """The only candidate, or all of them as a question; one called `own` stands first.

    `own` is how the repository calls itself; without candidates nothing is decided.
    """
    if len(candidates) == 1:
        return _chosen(found, candidates[0])
    ordered = sorted(candidates, key=lambda each: (each.name != own, each.package, each.main))
    return replace(found, choices=tuple(ordered))


def settled(found: Detected, name: str, package: str) -> Detected:
    """The program that is named by its `package` or main class, else the one called as the application.

    The same object where that changes nothing.
    """
    if package:
        if found.chosen and _is(found.chosen, package):
            return found
        named = next((each for each in found.choices if _is(each, package)), None)
        if named:
            return _chosen(found, named)
        other = f"{package} was named, and what was seen is {found.chosen.why}" if found.chosen else ""
        found = replace(found, package=package, choices=()).because(f"{package}: named on the command line")
        return found.doubting(other)
    same = [each for each in found.choices if each.name == name]
    return _chosen(found, same[0]) if len(same) == 1 else found


def _is(choice: Choice, package: str) -> bool:
    return package in {choice.package, choice.package.removeprefix("./"), choice.main}


def _chosen(found: Detected, choice: Choice) -> Detected:
    main = choice.main or found.main
    chosen = replace(found, package=choice.package, main=main, choices=(), chosen=choice)
    return chosen.because(f"{choice.why}: the program")


def table(found: Detected, command: str) -> str:
    """The choices, and for each the command that decides for it; `command` is the one that was given."""
    width = max(len(each.why) for each in found.choices)
    named = ((each.why, f"{each.option} {shlex.quote(each.main or each.package)}") for each in found.choices)
    return "\n".join(f"{why:<{width}}  {command} {option}" for why, option in named)


def first(found: Detected) -> str:
    """The option that decides for the first of the choices."""
    each = found.choices[0]
    return f"{each.option} {shlex.quote(each.main or each.package)}"
