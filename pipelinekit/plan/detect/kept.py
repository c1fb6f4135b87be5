"""A Dockerfile that a repository brings: what it says is taken, and what the chart wants of it is told."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.model.repository.container import Container
from pipelinekit.plan.detect.needs.writes import writing
from pipelinekit.plan.detect.signs import Detected

LINE = "USER 65532:65532"
_SERVERS = re.compile(
    r"(?:^|/)(?:nginx|nginx-unprivileged|httpd|caddy|tomcat|jetty)(?:[:@]|$)"
    r"|(?:^|/)php:\S*(?:apache|fpm)"
)
"""Bases that serve what is put into them, without a word of what is run."""
_NUMBERED: tuple[tuple[str, str, int], ...] = (
    (r"(?:^|/)node(?:[:@]|$)", "node", 1000),
    (r"(?:^|/)nginx(?:-unprivileged)?(?:[:@]|$)", "nginx", 101),
    (r"(?:^|/)(?:gradle)(?:[:@]|$)", "gradle", 1000),
    (r"(?:^|/)jetty(?:[:@]|$)", "jetty", 999),
    (r"(?:^|/)bun(?:[:@]|$)", "bun", 1000),
    (r"(?:^|/)deno(?:[:@]|$)", "deno", 1993),
    (r"(?:^|/)dotnet/(?:aspnet|runtime|runtime-deps):(?:8|9|10)\.", "app", 1654),
    (r"distroless/|chainguard/|cgr\.dev/", "nonroot", 65532),
    (r"", "nobody", 65534),
    (r"^(?!.*alpine)", "www-data", 33),
    (r"alpine", "www-data", 82),
)
"""Of which bases we know a user's number."""
_NOT_ROOT = re.compile(
    r"(?:^|/)nginx-unprivileged(?:[:@]|$)|distroless/\S*:(?:debug-)?nonroot|chainguard/|cgr\.dev/|bitnami/"
    r"|dotnet/\S*:\S*chiseled"
)
"""Bases whose own user has a number and is not root."""


def runs(container: Container) -> bool:
    """Whether a Dockerfile's last stage is a program, and not only what one is built in."""
    return container.starts or bool(_SERVERS.search(container.base))


def unstarted(found: Detected, container: Container) -> Detected:
    """What was seen, where the Dockerfile starts nothing: ours is in its place unless it is kept."""
    if container.user in {"", "root", "0"} and not _NOT_ROOT.search(container.base):
        return found.doubting(
            f"Dockerfile: it starts nothing, as root, which the chart refuses: if it is kept, add {LINE}"
        )
    return found


def described(found: Detected, container: Container) -> Detected:
    """What was seen, with the Dockerfile's own words before it: its command stays, its port is the port."""
    # A port that belongs to a command of ours says nothing about theirs.
    port = None if found.command else found.port
    found = replace(found, keeps_dockerfile=True, command=(), choices=(), port=port)
    found = _placed(found, container.workdir)
    found = found.because("Dockerfile: its last stage runs, so it stays, and with it its command")
    found = _port(found, container)
    if container.health and found.port:
        found = replace(found, health=container.health).because(f"HEALTHCHECK: {container.health}")
    if re.search(r"(?:^|/)php:\S*fpm", container.base) and set(container.ports) <= {9000}:
        found = found.doubting(
            "Dockerfile: php-fpm speaks FastCGI and no HTTP: a web server has to be in the image"
        )
    found = _user(found, container)
    for each in container.volumes:
        found = writing(found, each, "Dockerfile: VOLUME", stays=False)
    return found


def _placed(found: Detected, folder: str) -> Detected:
    """Folders that are written to are where the Dockerfile has the source, which is /app in one of ours."""
    folder = folder.rstrip("/")
    if folder == "/app" or not found.volumes:
        return found
    if not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", folder):
        return replace(found, volumes={})
    volumes = {
        name: {**each, "path": each["path"].replace("/app/", f"{folder}/", 1)}
        for name, each in found.volumes.items()
    }
    doubts = tuple(each.replace(" /app/", f" {folder}/") for each in found.doubts)
    return replace(found, volumes=volumes, doubts=doubts)


def _port(found: Detected, container: Container) -> Detected:
    said = container.env.get("PORT", "")
    told = found.port
    if container.ports:
        port = container.ports[0]
        found = found.because(f"EXPOSE {port}")
        others = " ".join(map(str, sorted(set(container.ports) - {port})))
        if others:
            found = found.doubting(f"Dockerfile: EXPOSE {others} as well; {port} is served")
    elif re.fullmatch(r"[0-9]{1,5}", said) and 0 < int(said) < 65536:
        port = int(said)
        found = found.because(f"Dockerfile: ENV PORT={port}")
    elif container.health_port:
        port = container.health_port
        found = found.because(f"HEALTHCHECK: port {port}")
    elif not found.port:
        return replace(found, asks_port=found.server)
    else:
        port = found.port
    if told and told != port:
        found = found.doubting(f"the source says port {told}, the Dockerfile {port}, which is taken")
    if port < 1024:
        found = found.doubting(
            f"port {port} is for root only on some clusters, and the chart runs no root: listen above 1023"
        )
    return replace(found, port=port, server=True, asks_port=False)


def _user(found: Detected, container: Container) -> Detected:
    name = container.user
    if not name:
        if _NOT_ROOT.search(container.base):
            return found.because(f"{container.base}: its own user is not root")
        return found.doubting(f"Dockerfile: no USER, so it runs as root, which the chart refuses: add {LINE}")
    if name in {"root", "0"}:
        return found.doubting(f"Dockerfile: USER {name}, which the chart refuses: end with {LINE}")
    if name.isdigit():
        return found.because(f"Dockerfile: USER {name}")
    number = _number(name, container)
    if number:
        return replace(found, user=number).because(f"Dockerfile: USER {name} is {number}")
    return found.doubting(
        f"Dockerfile: USER {name} has no number that could be seen, and the chart wants one: build.user"
    )


def _number(name: str, container: Container) -> int | None:
    if name in container.users:
        return container.users[name] or None
    return next(
        (number for base, user, number in _NUMBERED if user == name and re.search(base, container.base)), None
    )
