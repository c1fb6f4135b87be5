"""Killed before and after each thing that it writes, and run again: what is left is as if nobody had been."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.real.certificates.site import CertificateSite, made_site
from tests.real.certificates.test_bootstrap import serial, web

SHIM = """#!/bin/sh
case " $* " in
    *" create --filename "*|*" replace --filename "*|*" patch "*) ;;
    *) exec {program} "$@" ;;
esac
case $KILL in
    before) echo "$*" >> "$WRITES"; kill -KILL "$PPID" ;;
    after) echo "$*" >> "$WRITES"; {program} "$@" > /dev/null; kill -KILL "$PPID" ;;
    *) exec {program} "$@" ;;
esac
"""


def killed(site: CertificateSite, folder: Path) -> list[str]:
    """Killed before its first write, then after it, until there is nothing to write; the writes in order."""
    program = shutil.which("kubectl", path=site.platform.env.get("PATH", os.environ["PATH"]))
    shim = folder / "kubectl"
    shim.write_text(SHIM.replace("{program}", str(program)))
    shim.chmod(0o755)
    writes = folder / "writes"
    writes.unlink(missing_ok=True)
    path = site.platform.env.get("PATH", os.environ["PATH"])
    for _ in range(20):
        for when in ("before", "after"):
            env = {"PATH": f"{folder}:{path}", "KILL": when, "WRITES": str(writes)}
            said = site.verb("renew", "--timeout", "60", env=env)
            if said.code == 0:
                return writes.read_text().splitlines()[1::2]
            assert said.code == -signal.SIGKILL, said.err
    raise AssertionError(writes.read_text())


def test_every_moment(testbed: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "platform").mkdir()
    (tmp_path / "bin").mkdir()
    with made_site(tmp_path / "platform", testbed) as site:
        site.write({key: each for key, each in web(site).items() if key != "served"})
        writes = killed(site, tmp_path / "bin")
        # The namespace, the authority, the other namespace, its ConfigMap, the Secret.
        assert len(writes) == 5, writes
        assert site.states() == {"authority": "fine", "web-tls": "fine"}
        site.serve("web-tls")
        root, before = site.root, serial(site)
        assert site.ask(root) == f"{before} 200"
        site.write(web(site, names=[f"web.{site.namespace('web')}.svc"]))
        writes = killed(site, tmp_path / "bin")
        assert [each.split()[0] for each in writes] == ["replace", "patch"]
        assert site.states() == {"authority": "fine", "web-tls": "fine"}
        assert site.root == root
        assert site.ask(root) == f"{serial(site)} 200"
        assert serial(site) != before
