"""Who a checkout is: name, team and remote of a repository, held against the platform's registrations."""

from __future__ import annotations

import re
from posixpath import normpath
from urllib.parse import unquote

from pipelinekit.errors import Fault
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Platform, Registration

_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(?P<host>\[[^\]]*\]|[^/:]*)(?::\d*)?(?P<path>/.*)?", re.IGNORECASE
)
_SCP = re.compile(r"(?:[^/@:]*@)?(?P<host>\[[^\]]*\]|[^/:@]+):(?P<path>.*)")


def place_of(address: str) -> str:
    """What all spellings of a git address have in common: host and path.

    Scheme, user, port, `.git`, slashes at the end and the host's case are left out; `git@host:path` is
    `ssh://git@host/path`. GitHub does not tell cases of a path apart. A path on this disk has no host.
    """
    match = _URL.fullmatch(address) or _SCP.fullmatch(address)
    if match is None or address.lower().startswith("file://"):
        # What stands where a host would is a folder for git.
        path = _path(re.sub("^file:/", "", unquote(address) if match else address, flags=re.IGNORECASE))
        # What has neither host nor root must not look like what has a host.
        return normpath(path) if path.startswith("/") else f"./{path.removeprefix('./')}"
    host, path = match["host"].lower(), unquote(match["path"] or "")
    place = f"{host}{_path('/' + path)}"
    return place.lower() if host == "github.com" else place


def is_checkout_of(registration: Registration, remote: str) -> bool:
    """Whether a remote is a registered repository, or one of its mirrors."""
    place = place_of(remote)
    return any(place == place_of(each) for each in (registration.repository, *registration.mirrors))


def stranger(app: App, remote: str, platform: Platform, folder: str = ".") -> Fault | None:
    """What is wrong with this checkout saying that it is that application; None when nothing is.

    `remote` is where it was cloned from, or empty; `folder` is the application's folder in it. A
    platform without registrations knows nobody, and has nothing to hold against.
    """
    if not platform.applications:
        return None
    title = app.title
    mine = [each for each in platform.applications if each.title == title]
    if not mine:
        return Fault(
            "not-registered",
            f"platform {platform.name} has no application {title}",
            hint=_theirs(remote, platform) or "register it: applications in platform.yaml",
        )
    if remote and is_checkout_of(mine[0], remote):
        return _elsewhere(mine[0], folder)
    return Fault(
        "another-repository",
        f"{title} is registered with {mine[0].repository}, "
        f"and this checkout comes from {remote or 'nowhere'}",
        hint=_theirs(remote, platform)
        or ("" if remote else "the remote that it was cloned from has to be called origin; ")
        + "a copy of an app.yaml needs a name of its own; a mirror is named in platform.yaml: "
        "applications[].mirrors",
    )


def _elsewhere(registration: Registration, folder: str) -> Fault | None:
    """What is wrong where the repository has several applications, and this one is in another's folder."""
    if normpath(folder) == normpath(registration.path):
        return None
    return Fault(
        "another-folder",
        f"{registration.title} is registered with the folder {registration.path} of its repository, "
        f"and this is {folder}",
        hint="a copy of an app.yaml needs a name of its own; applications[].path in platform.yaml says where",
    )


def _theirs(remote: str, platform: Platform) -> str:
    """Who the repository is registered as, in words."""
    found = [each.title for each in platform.applications if remote and is_checkout_of(each, remote)]
    return (
        f"this repository is registered as {' and '.join(found[:5])}: correct metadata in app.yaml"
        if found
        else ""
    )


def _path(text: str) -> str:
    plain = re.sub(r"/{2,}", "/", text.strip()).rstrip("/")
    return plain.removesuffix(".git").rstrip("/")
