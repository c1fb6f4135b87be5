"""As many components as the issue of platforms names, with as many applications as a document takes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.real.platform import TestPlatform

COMPONENTS, APPLICATIONS = 300, 2000
SECONDS, MEMORY = 30, 1024**3


def test_the_order_of_a_large_platform_is_told_without_a_cluster_in_time(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    platform = TestPlatform(tmp_path, "many", {**testbed, "KUBECONFIG": os.devnull}, "r.example.com")
    names = [f"c{number:03}" for number in range(COMPONENTS)]
    for number, name in enumerate(names):
        needs = dict.fromkeys(each for each in (number // 2, number - 7) if 0 <= each < number)
        platform.component(name, needs=tuple(names[each] for each in needs))
    platform.on(*names)
    path = platform.folder / "platform.yaml"
    document = json.loads(path.read_text())
    document["applications"] = [
        {"name": f"a{number}", "team": f"t{number % 100}", "repository": f"https://g.example/a{number}"}
        for number in range(APPLICATIONS)
    ]
    path.write_text(json.dumps(document))
    with subprocess.Popen(
        platform._words("graph"), env={**os.environ, **platform.env}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    assert all(name in said for name in names)
    assert (used.ru_utime + used.ru_stime < SECONDS, used.ru_maxrss * 1024 < MEMORY) == (True, True), used
