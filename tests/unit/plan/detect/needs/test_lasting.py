"""Workers keep running, jobs end."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.detect.needs.lasting import DOUBT, looked_for
from pipelinekit.plan.detect.signs import Detected


@pytest.mark.parametrize(
    ("language", "texts", "command", "doubted"),
    [
        ("go", {"main.go": "func main() { fmt.Println(1) }"}, (), True),
        ("go", {"main.go": "for {\n work()\n}"}, (), False),
        ("rust", {"src/main.rs": "loop { work() }"}, (), False),
        ("python", {"a.py": "while True:\n  work()"}, (), False),
        ("python", {"tests/a.py": "while True: pass", "a.py": "print(1)"}, (), True),
        ("python", {}, ("celery", "-A", "a", "worker"), False),
        ("java-maven", {"A.java": "@KafkaListener void a() {}"}, (), False),
        ("node", {"a.js": "client.login(token)"}, (), False),
        ("node", {"a.js": "process.on('SIGTERM', end); new Worker(x)"}, (), False),
        ("dotnet", {"A.cs": "class A : BackgroundService {}"}, (), False),
        ("ruby", {"a.rb": "WHILE (1)"}, (), False),
        ("ruby", {"a.rb": "awhile true; foreach {}; reschedule; crypto_nats_"}, (), True),
    ],
)
def test_what_keeps_running(
    language: Any, texts: dict[str, str], command: tuple[str, ...], doubted: bool
) -> None:
    found = looked_for(Detected(language=language, server=False, command=command), texts)
    assert found.doubts == ((DOUBT,) if doubted else ())


def test_a_server_needs_no_sign() -> None:
    assert looked_for(Detected(language="go"), {}).doubts == ()
