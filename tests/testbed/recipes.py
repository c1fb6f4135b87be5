"""Which images the registry serves, under docker.io's own names, and what each is made of."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import binaries, debian, maven, packages
from tests.testbed.command import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.toolchain import Go

DEBIAN = "library/debian:bookworm-slim"
FOR_DEMO = (DEBIAN, "library/busybox:stable", "library/python:3.11-slim")
_IMAGES = Path(__file__).parent / "images"
MAVEN = "library/maven:3-eclipse-temurin-17"


@dataclass(frozen=True)
class Recipe:
    """One image: a Dockerfile, the image it builds on (its BASE) and the files it takes.

    A `tree` makes the image from a folder instead; `identity` stands for the content of files and trees.
    """

    dockerfile: str
    base: str | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    archives: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    tree: Callable[[Path], None] | None = None
    identity: str = ""


def base_images(layout: Layout, go: Go) -> dict[str, Recipe]:
    """What tests and generated Dockerfiles start from; for the demo only what that needs."""
    images = {
        DEBIAN: Recipe(
            dockerfile='CMD ["bash"]',
            tree=lambda scratch: debian.bootstrap(scratch),
            identity=debian.identity(),
        ),
        "library/busybox:stable": _busybox(),
        "library/python:3.11-slim": Recipe(base=DEBIAN, dockerfile=_PYTHON),
        f"library/golang:{go.tag}": Recipe(
            base=DEBIAN,
            dockerfile=_GOLANG.replace("VERSION", go.version).replace("PACKAGES", _GO_PACKAGES),
            files={"go": go.root},
            identity=go.version,
        ),
        "library/node:22-slim": Recipe(
            base=DEBIAN,
            dockerfile=_NODE,
            files={"node": binaries.unpacked(layout, binaries.NODE)},
            identity=binaries.NODE.version,
        ),
        "library/eclipse-temurin:17-jre": Recipe(base=DEBIAN, dockerfile=_JRE),
        MAVEN: Recipe(
            base=DEBIAN,
            dockerfile=_MAVEN,
            files={"repository": maven.repository(layout)},
            identity=maven.identity(),
        ),
        "library/rust:1-slim-bookworm": Recipe(base=DEBIAN, dockerfile=_RUST),
        "library/php:8.2-apache": _in_folder("php"),
        "library/composer:2": _in_folder("composer"),
        "mlocati/php-extension-installer:2": _in_folder("php-extensions", "library/busybox:stable"),
        "library/ruby:3.1": _in_folder("ruby"),
        "library/ruby:3.1-slim": _in_folder("ruby"),
        "library/postgres:15": _in_folder("postgres"),
        "prometheuscommunity/postgres-exporter:0.11": _in_folder("postgres-exporter"),
        "openbao/openbao:2.7.2": Recipe(
            base="library/busybox:stable",
            dockerfile=_BAO,
            files={"bao": binaries.unpacked(layout, binaries.BAO) / "bao"},
            identity=binaries.BAO.version,
        ),
        "nginxinc/nginx-unprivileged:stable": Recipe(
            base=DEBIAN,
            dockerfile=_NGINX,
            texts={"nginx.conf": _NGINX_CONF, "default.conf": _NGINX_SITE},
        ),
    }
    return images if layout.whole else {name: images[name] for name in FOR_DEMO}


def system_images(layout: Layout) -> dict[str, Recipe]:
    """What the cluster itself runs; made of programs that are built here."""
    return {program.image: _program(layout, program.name) for program in (binaries.PAUSE, binaries.COREDNS)}


def _in_folder(name: str, base: str = DEBIAN) -> Recipe:
    """An image whose Dockerfile, and what that copies, is in `images/`."""
    texts = {each.name: each.read_text() for each in sorted((_IMAGES / name).iterdir())}
    return Recipe(base=base, dockerfile=texts.pop("Dockerfile"), texts=texts)


def _program(layout: Layout, name: str) -> Recipe:
    binary = binaries.built(layout, name)
    return Recipe(
        dockerfile=f'FROM scratch\nCOPY {name} /{name}\nENTRYPOINT ["/{name}"]\n',
        files={name: binary},
        identity=binary.parent.name,
    )


def _busybox() -> Recipe:
    binary = Path(packages.required("busybox"))
    return Recipe(
        dockerfile='FROM scratch\nADD root.tar /\nENV PATH=/bin\nCMD ["sh"]\n',
        archives={"root.tar": lambda: _busybox_root(binary)},
        identity=hashlib.sha256(binary.read_bytes()).hexdigest(),
    )


def _busybox_root(binary: Path) -> bytes:
    """A root file system of busybox and a link to it for each of its commands."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tree:
        for folder, mode in {"bin": 0o755, "etc": 0o755, "root": 0o700, "tmp": 0o1777}.items():
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tree.addfile(entry)
        program = tarfile.TarInfo("bin/busybox")
        content = binary.read_bytes()
        program.size, program.mode = len(content), 0o755
        tree.addfile(program, io.BytesIO(content))
        for command in run([str(binary), "--list"]).split():
            if command != "busybox":
                link = tarfile.TarInfo(f"bin/{command}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tree.addfile(link)
        for name, text in {"passwd": _PASSWD, "group": _GROUP}.items():
            file = tarfile.TarInfo(f"etc/{name}")
            file.size, file.mode = len(text), 0o644
            tree.addfile(file, io.BytesIO(text.encode()))
    return out.getvalue()


_PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
_GROUP = "root:x:0:\nnogroup:x:65534:\n"

# As in the official image, pip may install system-wide; Debian's own mark against that has to go.
_PYTHON = """\
ARG BASE
FROM ${BASE}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends python3 python3-venv python3-pip \\
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3.11/EXTERNALLY-MANAGED \\
 && ln -s /usr/bin/python3.11 /usr/local/bin/python \\
 && ln -s /usr/bin/python3.11 /usr/local/bin/python3 \\
 && ln -s /usr/bin/python3.11 /usr/local/bin/python3.11 \\
 && ln -s /usr/bin/pip3 /usr/local/bin/pip
ENV LANG=C.UTF-8
CMD ["python3"]
"""

_GOLANG = """\
ARG BASE
FROM ${BASE}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends git \\
 && rm -rf /var/lib/apt/lists/*
COPY go /usr/local/go
ENV GOLANG_VERSION=VERSION GOTOOLCHAIN=local GOPATH=/go \\
    PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go
RUN CGO_ENABLED=0 go build PACKAGES && CGO_ENABLED=0 go build -trimpath PACKAGES
WORKDIR /go
CMD ["bash"]
"""

# Compiled once here instead of in every build of a test.
_GO_PACKAGES = "net/http net/http/httptest testing testing/internal/testdeps log os/signal"

_NODE = """\
ARG BASE
FROM ${BASE}
COPY node/bin/node /usr/local/bin/node
COPY node/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \\
 && chmod 755 /usr/local/lib/node_modules/npm/bin/*.js
CMD ["node"]
"""

# Man pages' folders are not in a minimal Debian, and Java's packages want to link into them.
_JRE = """\
ARG BASE
FROM ${BASE}
RUN mkdir -p /usr/share/man/man1 && apt-get update \\
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless \\
 && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8
CMD ["java", "-version"]
"""

# With the plug-ins that a build needs: Maven fetches even its compiler from a repository.
_MAVEN = """\
ARG BASE
FROM ${BASE}
RUN mkdir -p /usr/share/man/man1 && apt-get update \\
 && apt-get install -y --no-install-recommends openjdk-17-jdk-headless maven \\
 && rm -rf /var/lib/apt/lists/*
COPY repository /root/.m2/repository
ENV LANG=C.UTF-8
CMD ["mvn"]
"""

_RUST = """\
ARG BASE
FROM ${BASE}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends cargo gcc libc6-dev \\
 && rm -rf /var/lib/apt/lists/*
CMD ["bash"]
"""

_BAO = """\
ARG BASE
FROM ${BASE}
COPY bao /bin/bao
CMD ["bao"]
"""

# Whatever number it runs as, and with only a configuration mounted: logs to the container's own output,
# all that it writes where everybody may write.
_NGINX = """\
ARG BASE
FROM ${BASE}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends nginx-light \\
 && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-* /etc/nginx/modules-enabled/* \\
 && mkdir -p /etc/nginx/conf.d \\
 && ln -sf /dev/stdout /var/log/nginx/access.log \\
 && ln -sf /dev/stderr /var/log/nginx/error.log \\
 && chmod 1777 /var/log/nginx /var/lib/nginx /run
COPY nginx.conf /etc/nginx/nginx.conf
COPY default.conf /etc/nginx/conf.d/default.conf
ENV LANG=C.UTF-8
EXPOSE 8080
STOPSIGNAL SIGQUIT
USER 101
CMD ["nginx", "-g", "daemon off;"]
"""

_NGINX_CONF = """\
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
    client_body_temp_path /tmp/client_temp;
    proxy_temp_path /tmp/proxy_temp;
    fastcgi_temp_path /tmp/fastcgi_temp;
    uwsgi_temp_path /tmp/uwsgi_temp;
    scgi_temp_path /tmp/scgi_temp;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}
"""

_NGINX_SITE = """\
server {
    listen 8080;
    location / {
        root /usr/share/nginx/html;
        index index.html;
    }
}
"""
