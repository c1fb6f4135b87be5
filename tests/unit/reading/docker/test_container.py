from __future__ import annotations

import pytest

from pipelinekit.reading.docker.container import read_container

TWO = """\
ARG PORT=7000
FROM debian:bookworm-slim AS base
ENV HOME=/srv MODE="a b"
RUN useradd --uid 1001 -r app && adduser -S web; adduser -D -u 1002 last
FROM golang:1 AS build
USER nobody
CMD ["build"]
FROM base
ARG PORT
ENV PORT $PORT
WORKDIR ${HOME}/app
EXPOSE ${PORT}/tcp 9/udp 9090
VOLUME ["/data"]
USER app:app
HEALTHCHECK --interval=5s CMD wget -q http://127.0.0.1:7000/ready
ENTRYPOINT ["/app"]
"""


def test_a_volumes_path_may_be_a_variable() -> None:
    for each in ("$DATA /b", '["$DATA", "/b"]'):
        found = read_container(f"FROM x\nARG D=/srv\nENV DATA=$D/data\nVOLUME {each}\n", {})
        assert found is not None
        assert found.volumes == ("/srv/data", "/b")


def test_the_last_stage_with_what_it_begins_with() -> None:
    found = read_container(TWO, {})
    assert found is not None
    assert (found.base, found.user, found.starts) == ("debian:bookworm-slim", "app", True)
    assert found.users == {"app": 1001, "web": None, "last": 1002}
    assert (found.ports, found.workdir, found.volumes) == ((7000, 9090), "/srv/app", ("/data",))
    assert found.env == {"HOME": "/srv", "MODE": "a b", "PORT": "7000"}
    assert (found.health, found.health_port) == ("/ready", 7000)


def test_a_builds_argument_goes_before_the_default() -> None:
    found = read_container(TWO, {"PORT": "7001"})
    assert found is not None
    assert found.ports == (7001, 9090)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("FROM a\nCMD x\n", True),
        ("FROM a AS b\nCMD x\nFROM b\n", True),
        ("FROM a AS b\nCMD x\nFROM c\n", False),
        ("FROM a\nENTRYPOINT []\n", False),
        ('from a\nentrypoint ["x"]\n', True),
    ],
)
def test_whether_it_says_what_is_run(text: str, starts: bool) -> None:
    found = read_container(text, {})
    assert found is not None
    assert found.starts is starts


def test_nothing_has_no_last_stage_and_odd_words_do_no_harm() -> None:
    assert read_container("", {}) is None
    assert read_container("ARG A\nRUN x\n", {}) is None
    found = read_container("FROM a\nEXPOSE 99999 x $Y\nVOLUME [x\nHEALTHCHECK NONE\nUSER\nRUN useradd\n", {})
    assert found is not None
    assert (found.ports, found.volumes, found.health, found.user, found.users) == ((), (), "", "", {})


def test_what_it_copies_out_of_its_folder() -> None:
    text = "FROM a AS b\nCOPY x y /\nFROM b\nARG J=target/*.jar\nCOPY ${J} app.jar\n"
    found = read_container(text + 'COPY ["q", "/"]\nCOPY --from=b /m /m\n', {})
    assert found is not None
    assert found.copies == ("x", "y", "target/*.jar", "q")
