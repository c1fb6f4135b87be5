"""Which part of a Nexus' repositories is a team's, as content selectors of its expression language.

Sonatype's pages: a Docker client's request is matched by its path (`/v2/NAME/…`), one of the REST API by the
component's name (`NAME`); `=^` compares the beginning, `=~` a regular expression with the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelinekit.errors import refused
from pipelinekit.model.platform.document import OCI, Platform
from pipelinekit.model.platform.nexus import Tenant

_OF_IMAGE = "(manifests/[^/]+|blobs/(uploads/[^/]*|sha256:[^/]+)|tags/list|referrers/[^/]+)"
"""What a registry has below an image's name; never the name of another image below it."""
_VERSION = "[0-9]+[.][0-9]+[.][0-9]+([-+][0-9A-Za-z.+-]+)?"
_PLAIN = re.compile(r"[a-z0-9/._-]+")


def tenants_of(platform: Platform) -> tuple[Tenant, ...]:
    """The teams of the platform's registrations, and where each of them writes.

    A folder of its own counts as a whole, so that a new application needs no change on the server; where
    the templates give none, or somebody else's things lie in it, the applications are named one by one.
    """
    places: dict[str, set[str]] = {}
    charts: dict[str, set[str]] = {}
    for each in platform.applications:
        places.setdefault(each.team, set()).update(_repositories(platform, each.team, each.name))
        charts.setdefault(each.team, set()).add(each.name)
    folders = {team: set(_folders(platform, team)) for team in places}
    owners: dict[str, set[str]] = {}
    for team, found in places.items():
        # What clients ask of an image begins as a folder of the image's name would.
        for place in {f"{image}/" for image in found} | folders[team]:
            for folder in _above(place):
                owners.setdefault(folder, set()).add(team)
    return tuple(
        _tenant(team, found, charts[team], {each for each in folders[team] if owners[each] == {team}})
        for team, found in sorted(places.items())
    )


def images_expression(tenant: Tenant) -> str:
    """The selector of a team's images: the client's path, and the component's name."""
    words = [f'path =^ "{start}{each}"' for each in tenant.folders for start in ("/v2/", "")]
    if tenant.images:
        names = _either(tenant.images)
        words += [f'path =~ "/v2/{names}/{_OF_IMAGE}"', f'path =~ "/?{names}"']
    return f'format == "docker" and ({" or ".join(words)})'


def charts_expression(tenant: Tenant) -> str:
    """The selector of a team's charts in a Helm repository, which knows no folders."""
    return f'format == "helm" and path =~ "/?{_either(tenant.charts)}-{_VERSION}[.]tgz([.]prov)?"'


def _tenant(team: str, places: set[str], charts: set[str], folders: set[str]) -> Tenant:
    for each in sorted(places | folders):
        if not _PLAIN.fullmatch(each):
            raise refused(
                "selector-name",
                f"{each!r} is no name of an image repository: no content selector can be made of it",
                hint="lower-case letters, digits and . _ - / in images.path, images.cache, charts.repository",
            )
    # As a component's name, a folder `v2/` would be the beginning of every client's path.
    own = tuple(sorted(each for each in folders if not each.startswith("v2/")))
    return Tenant(
        team=team,
        folders=own,
        images=tuple(sorted(each for each in places if not each.startswith(own))),
        charts=tuple(sorted(charts)),
    )


def _repositories(platform: Platform, team: str, name: str) -> Iterator[str]:
    """The image repositories that an application writes to: its image, its layers, its chart."""
    yield platform.images.repository(team, name)
    for template in _more_templates(platform):
        yield template.format(team=team, name=name)


def _folders(platform: Platform, team: str) -> Iterator[str]:
    for template in (platform.images.path, *_more_templates(platform)):
        before: list[str] = []
        for part in template.split("/"):
            before.append(part.format(team=team, name=""))
            if "{name}" in part:
                break
            if "{team}" in part:
                yield "/".join(before) + "/"
                break


def _more_templates(platform: Platform) -> Iterator[str]:
    if platform.images.cache:
        yield platform.images.cache
    address = platform.charts.repository.rstrip("/")
    if address.startswith(OCI):
        bare, registry = address.removeprefix(OCI), platform.images.registry + "/"
        path = bare.removeprefix(registry) if bare.startswith(registry) else bare.partition("/")[2]
        yield "/".join(part for part in (path, "{team}", "{name}") if part)


def _above(path: str) -> Iterator[str]:
    """Every folder that a path lies in, with its slash at the end; a folder lies in itself."""
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _either(words: Iterable[str]) -> str:
    return "(" + "|".join(each.replace(".", "[.]") for each in words) + ")"
