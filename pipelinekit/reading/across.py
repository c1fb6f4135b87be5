"""References across documents: what an application says of the platform, and of other applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelinekit import names
from pipelinekit.errors import Fault
from pipelinekit.model.app import App, partner_of
from pipelinekit.model.platform.document import Platform, Registration
from pipelinekit.names import nearest
from pipelinekit.reading.app import read_app_with_places
from pipelinekit.reading.document.faults import position
from pipelinekit.reading.document.source import Source
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """An application and the places of its descriptor's parts."""

    app: App
    source: Source

    @property
    def title(self) -> str:
        """`team/name`."""
        return self.app.title


def describe(content: bytes | str, origin: str) -> Described:
    """The application in `content`; raises `DocumentInvalid` as `read_app` does."""
    return Described(*read_app_with_places(content, origin))


def check_environments(described: Described, platform: Platform) -> list[Fault]:
    """Environments that the application overrides and the platform does not have."""
    known = [each.name for each in platform.environments]
    return [
        described.source.found(
            ("environments", name),
            "unknown-environment",
            f"the platform has no environment '{name}'",
            nearest(name, known),
        )
        for name in described.app.environments
        if name not in known
    ]


def check_flows(described: Described, all_of_them: Sequence[Described]) -> list[Fault]:
    """Calls to nobody or to one that does not accept, and accepted callers that do not exist."""
    faults = []
    for key, partners in (("calls", described.app.calls), ("accepts", described.app.accepts)):
        for index, word in enumerate(partners):
            found = resolve(word, all_of_them)
            problem = _partner_problem(word, found)
            hint = nearest(partner_of(word)[0], _words(all_of_them)) if not found else "write team/name"
            if not problem and key == "calls":
                problem, hint = _closed(described, word, found[0], all_of_them)
            if problem:
                faults.append(described.source.found((key, index), "flow-open-ended", problem, hint))
    return faults


def _closed(
    caller: Described, word: str, callee: Described, all_of_them: Sequence[Described]
) -> tuple[str, str]:
    """Why a call does not get through, and what to do; both empty when it does."""
    port = partner_of(word)[1]
    if port and port not in callee.app.callable_ports():
        known = [each for each in callee.app.callable_ports() if each]
        return f"'{callee.title}' has no port '{port}' for callers", nearest(port, known)
    if _accepts(callee, caller, port, all_of_them):
        return "", ""
    needed = f"{caller.app.name}:{port}" if port else caller.app.name
    listed = f'"{needed}"' if port else needed
    return (
        f"'{callee.title}' does not accept '{needed}'",
        f"its app.yaml needs accepts: [{listed}]; until then the flow is closed",
    )


def check_hosts(all_of_them: Sequence[Described], environments: Iterable[str]) -> list[Fault]:
    """Host names that two applications expose in one environment."""
    faults = []
    for environment in environments:
        owners: dict[str, str] = {}
        for each in all_of_them:
            for process in each.app.processes_in(environment).values():
                owner = owners.setdefault(process.host, each.title) if process.host else each.title
                if owner != each.title:
                    problem = f"'{owner}' exposes {process.host} in {environment} as well"
                    faults.append(each.source.found(("run", "expose", "host"), "host-taken", problem))
    return faults


def check_all(all_of_them: Sequence[Described], platform: Platform) -> list[Fault]:
    """Everything above, for all applications of a platform, in the order of their documents."""
    faults = [fault for each in all_of_them for fault in check_environments(each, platform)]
    faults += [fault for each in all_of_them for fault in check_flows(each, all_of_them)]
    faults += check_hosts(all_of_them, [each.name for each in platform.environments])
    return sorted(faults, key=lambda fault: (fault.place.origin if fault.place else "", position(fault)))


def check_meetings(platform: Platform, source: Source) -> list[Fault]:
    """Registered applications that meet where each has to be alone; `source` is the platform's document."""
    owners: dict[tuple[str, ...], Registration] = {}
    faults = []
    for index, each in enumerate(platform.applications):
        met: dict[str, list[str]] = {}
        for what, *place in _places(each, platform):
            other = owners.setdefault((what, *place), each)
            if other is each:
                continue
            # One hook serves a repository, however many applications are in it.
            shared = what == "hook" and other.repository == each.repository
            shared = shared or (what == "layer cache" and other.team == each.team)
            if other.title != each.title and not shared:
                met.setdefault(other.title, []).append(f"{what} {place[0]}")
        for title, where in met.items():
            faults.append(
                source.found(
                    ("applications", index, "name"),
                    "applications-meet",
                    f"'{each.title}' and '{title}' meet in {', '.join(where)}",
                    "rename one of them, or put both {team} and {name}, apart, into the platform's templates",
                )
            )
    return faults


def meetings_of(title: str, faults: Iterable[Fault]) -> list[Fault]:
    """Those of `check_meetings` that an application has a part in."""
    return [each for each in faults if f"'{title}'" in each.problem]


def _places(of: Registration, platform: Platform) -> Iterator[tuple[str, ...]]:
    """What an application has for itself: a kind, its name for people, and what else tells it apart."""
    for each in platform.environments:
        namespace = each.namespace_of(of.team, of.name)
        yield f"release {of.name} of namespace", namespace, each.cluster
    # Images and charts of one registry are tags of one kind of repository.
    images = platform.images
    yield "repository", f"{images.registry}/{images.repository(of.team, of.name)}"
    yield "repository", "/".join(platform.charts.place_of(of.team, of.name))
    if images.cache:
        # Whoever writes layers that another team's builds take decides what those builds give.
        yield "layer cache", images.cache_of(of.team, of.name)
    # Jenkins on most disks does not tell cases apart.
    yield "job", of.job.lower()
    if platform.jenkins and names.github_repository(of.repository) is None:
        yield "hook", of.hook.lower()


def resolve(word: str, all_of_them: Iterable[Described]) -> list[Described]:
    """The applications that `word` names: `team/name` exactly, a bare name in every team."""
    word, _ = partner_of(word)
    return [each for each in all_of_them if word == (each.title if "/" in word else each.app.name)]


def _partner_problem(word: str, found: Sequence[Described]) -> str:
    word, _ = partner_of(word)
    if not found:
        return f"there is no application '{word}'"
    if len(found) > 1:
        return f"'{word}' is ambiguous: {', '.join(each.title for each in found)}"
    return ""


def _accepts(callee: Described, caller: Described, port: str, all_of_them: Sequence[Described]) -> bool:
    return any(
        partner_of(word)[1] == port and [each.title for each in resolve(word, all_of_them)] == [caller.title]
        for word in callee.app.accepts
    )


def _words(all_of_them: Iterable[Described]) -> list[str]:
    return [each.app.name for each in all_of_them]
