from __future__ import annotations

import pytest

from pipelinekit.plan.detect import python


@pytest.mark.parametrize(
    ("launch", "port", "marked"),
    [
        ("launch()", 7860, False),
        ("launch(server_port=7000)", 7000, False),
        ("launch(server_name='127.0.0.1')", 7860, True),
    ],
)
def test_gradio_listens_where_it_is_told(launch: str, port: int, marked: bool) -> None:
    found = python.look(
        {"requirements.txt": "gradio\n", "demo.py": f"import gradio as gr\ngr.Blocks().{launch}"}
    )
    assert found is not None
    assert (found.command, found.port) == (("python", "demo.py"), port)
    assert found.env == {"GRADIO_SERVER_NAME": "0.0.0.0"}
    assert bool(found.doubts) == marked


def test_streamlit() -> None:
    found = python.look({"requirements.txt": "streamlit\n", "app.py": "import streamlit as st\n"})
    assert found is not None
    assert (found.command[:2], found.port) == (("streamlit", "run"), 8501)


def test_one_that_no_file_names_is_none() -> None:
    found = python.look({"requirements.txt": "", "app.py": "import gradio\ngradio.launch()"})
    assert found is not None
    assert found.port != 7860


@pytest.mark.parametrize(("call", "port"), [("ui.run()", 8080), ("ui.run(title='a', port=9001)", 9001)])
def test_nicegui(call: str, port: int) -> None:
    found = python.look({"requirements.txt": "nicegui\n", "main.py": f"from nicegui import ui\n{call}\n"})
    assert found is not None
    assert (found.command, found.port, found.doubts) == (("python", "main.py"), port, ())
