"""What one team tries with the names of another: copy-cats."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
import requests
import yaml

from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Credentials, ImageRef
from tests.real import tenants
from tests.real.app import Application, Said
from tests.real.teams.world import INDEX, REGISTRATION, REGISTRY, World
from tests.real.transport.bench import image

# --- who refuses ----------------------------------------------------------------------------------


def by_registration(said: Said) -> str:
    assert said.code == 6, said.err
    assert "is registered with https://git.acme.example" in said.reason or "has no application" in said.reason
    return REGISTRATION


def by_registry(world: World, team: str, act: Callable[[], object]) -> str:
    """Nexus says no to the team's user, and whatever was there is as it was."""
    before = len(world.site.denied)
    with pytest.raises(ToolFailed) as caught:
        act()
    assert caught.value.exit_code == 5
    new = world.site.denied[before:]
    assert new, caught.value
    assert all(each.startswith(f"nexus-{team} ") for each in new)
    return REGISTRY


def copied(world: World, verb: str, **env: str) -> Said:
    """The short team's app.yaml, copied into the long one's repository."""
    folder = world.folder / f"copy-{verb}-{uuid4().hex[:6]}"
    shutil.copytree(world.long.folder, folder)
    copy = replace(world.long, folder=folder).with_env(**env)
    copy.write("app.yaml", (world.short.folder / "app.yaml").read_text())
    subprocess.run(
        ["cp", "-r", str(world.short.folder / "charts" / world.short.name), str(folder / "charts")],
        check=True,
    )
    copy.commit()
    if env:
        copy.must("build")
    more = ("--automatic",) if verb in ("deploy", "verify") else ()
    return copy.verb(verb, *more)


def copy_in_a_terminal(world: World) -> str:
    before = len(world.site.denied)
    said = copied(world, "push", BRANCH_NAME="")
    assert said.code == 5, said.err
    assert f"notice: {world.short.team}/pay is registered with" in said.err
    assert any(f"nexus-{world.long.team} " in each for each in world.site.denied[before:])
    return REGISTRY


def unregistered(world: World) -> str:
    folder = world.folder / "unregistered"
    shutil.copytree(world.short.folder, folder)
    stranger = replace(world.short, folder=folder)
    stranger.replace("app.yaml", "name: pay", "name: other")
    stranger.commit()
    return by_registration(stranger.verb("build"))


def push_image(world: World, tag: str) -> str:
    return by_registry(
        world,
        world.long.team,
        lambda: image(world.client(world.long.team), world.ref(world.short, tag), b"poison"),
    )


def push_where_the_name_begins_alike(world: World) -> str:
    return by_registry(
        world,
        world.short.team,
        lambda: image(world.client(world.short.team), world.ref(world.long, "9.9.9"), b"poison"),
    )


def chart_elsewhere(world: World) -> str:
    return by_registry(
        world,
        world.long.team,
        lambda: image(world.client(world.long.team), world.ref(world.short, "9.9.9", "charts/"), b"poison"),
    )


def signature_elsewhere(world: World) -> str:
    digest = world.root().digest_of(world.ref(world.short, version(world.short)))
    assert digest
    ref = replace(world.ref(world.short, ""), digest=digest)
    return by_registry(
        world,
        world.long.team,
        lambda: world.client(world.long.team).attach(ref, "application/vnd.example.signature", b"forged"),
    )


def archive(name: str, chart: str, number: str) -> bytes:
    content = yaml.safe_dump({"apiVersion": "v2", "name": chart, "version": number}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as made:
        entry = tarfile.TarInfo(f"{name}/Chart.yaml")
        entry.size = len(content)
        made.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def helm(world: World, team: str) -> HttpCharts:
    return HttpCharts(lambda _: Credentials(f"nexus-{team}", f"{team}-secret"))


def helm_ref(world: World, name: str, number: str) -> ImageRef:
    return ImageRef(f"http://{world.site.address}/repository/helm-hosted", name, tag=number)


def upload(world: World, team: str, name: str, chart: str, number: str) -> str:
    """Upload the file of chart `name`, which says inside that it is `chart`."""
    path = world.folder / f"{uuid4().hex}.tgz"
    path.write_bytes(archive(name, chart, number))
    return helm(world, team).publish_chart(helm_ref(world, name, number), path, {})


def file_elsewhere(world: World, team: str, name: str) -> str:
    return by_registry(world, team, lambda: upload(world, team, name, name, "9.9.9"))


def chart_that_lies_inside(world: World) -> str:
    """Nexus lets it in, for the file is the team's own; its index then has it among the other's charts."""
    answer = requests.put(
        f"http://{world.site.address}{tenants.HELM}pay-3.0.0.tgz",
        data=archive("pay", "pay-ments", "3.0.0"),
        auth=(f"nexus-{world.short.team}", f"{world.short.team}-secret"),
        timeout=30,
    )
    assert answer.status_code == 201
    assert b"pay-ments" in world.site.index()
    theirs = helm(world, world.long.team)
    assert theirs.digest_of(helm_ref(world, "pay-ments", "3.0.0")) is None
    real = upload(world, world.long.team, "pay-ments", "pay-ments", "3.0.0")
    assert theirs.digest_of(helm_ref(world, "pay-ments", "3.0.0")) == real
    return INDEX


def version(of: Application) -> str:
    found: str = of.must("version", "--json").json()["version"]
    return found


def inputs(of: Application) -> str:
    """The digest of the inputs that this application would be built of now."""
    return of.must("build", "--plan").out.rsplit(" ", 1)[1].strip()


def changed(of: Application) -> None:
    of.write("index.html", uuid4().hex)
    of.commit()
