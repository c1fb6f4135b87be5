"""`Procfile`."""

from __future__ import annotations

from pipelinekit.reading.repository.procfile import read

TEXT = (
    "# ours\nweb: gunicorn a:b --bind 0.0.0.0:$PORT \r\nworker:celery -A a\nrelease: ./migrate\n bad: x\nno\n"
)


def test_each_line_is_a_process_and_release_runs_before() -> None:
    assert [(each.what, each.name, each.value, each.place) for each in read({"Procfile": TEXT})] == [
        ("command", "web", "gunicorn a:b --bind 0.0.0.0:$PORT", "Procfile:2"),
        ("command", "worker", "celery -A a", "Procfile:3"),
        ("before", "release", "./migrate", "Procfile:4"),
    ]
    assert list(read({})) == []
