from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.model.sources import Layout
from pipelinekit.reading.docker.sources import layout_of

GOLDEN = Path(__file__).parents[3] / "golden"
LANGUAGES = ("python", "node", "static")
PYTHON, NODE, STATIC = ((GOLDEN / each / "tree" / "Dockerfile").read_text() for each in LANGUAGES)


def test_generated_images_of_interpreted_languages_can_be_synced() -> None:
    assert layout_of(PYTHON, "python") == Layout(runtime="python", apart=("requirements.txt",))
    apart = ("package-lock.json", "package.json")
    assert layout_of(NODE, "node", '{"scripts": {"start": "node ."}}') == Layout(runtime="node", apart=apart)


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        (PYTHON, "go", "compiled"),
        (PYTHON.replace("COPY . .", "COPY . .\nRUN pip install ."), "python", "RUN pip install ."),
        (PYTHON.replace("COPY . .", 'COPY . .\nRUN ["sh", "-c", "make all"]'), "python", "RUN make all"),
        ("FROM x\nCOPY . .\nRUN rm -rf a && npm run build\n", "node", "RUN rm -rf a && npm run build"),
        ("FROM x\nCOPY . .\nRUN npm prune --omit=dev; npx tsc\n", "node", "something is made of them"),
        ("FROM x\nCOPY . .\nRUN ln -s $(make all) b\n", "python", "something is made of them"),
        ("FROM x\nCOPY src/ /app/\n", "python", "no COPY of the folder as a whole"),
        ("", "python", "no COPY of the folder as a whole"),
        ("FROM x AS other\nCOPY . .\nFROM y\nCMD z\n", "python", "no COPY of the folder as a whole"),
    ],
)
def test_an_image_whose_sources_something_is_made_of_is_built(text: str, language: str, why: str) -> None:
    found = layout_of(text, language)
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize("package", ['{"scripts": {"build": "tsc"}}', "no json", "[1]", '{"scripts": 1}'])
def test_a_build_script_is_a_build(package: str) -> None:
    assert isinstance(layout_of(NODE, "node", package), str)


def test_a_test_stage_makes_nothing_of_the_image() -> None:
    text = PYTHON.replace("RUN mkdir /reports", "RUN make everything")
    assert isinstance(layout_of(text, "python"), Layout)


@pytest.mark.parametrize(("target", "synced"), [("", True), ("WEB", False), ("other", True)])
def test_the_stage_that_is_built_says_whether_something_is_made(target: str, synced: bool) -> None:
    text = "FROM x AS web\nCOPY . .\nRUN make\nFROM x AS other\nCOPY . .\n"
    assert isinstance(layout_of(text, "python", target=target), Layout) is synced


def test_a_stage_is_taken_from_by_its_number_too() -> None:
    text = "FROM x\nCOPY . .\nRUN make\nFROM x\nCOPY . .\nCOPY --from=0 /made /made\n"
    assert layout_of(text, "python") == "something is made of them: RUN make"


def test_a_folder_that_is_served_as_it_is_can_be_synced() -> None:
    served = Layout(runtime="sh", apart=("nginx.conf",), folder="public", where="/usr/share/nginx/html")
    assert layout_of(STATIC, "static") == served
    whole = STATIC.replace('"public/"', '"./"')
    assert layout_of(whole, "static") == replace(served, folder="")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('COPY ["public/", "/usr/share/nginx/html/"]', "", "no COPY of one folder"),
        ('"public/", ', '"public/", "more/", ', "no COPY of one folder"),
        ('COPY ["public/"', 'COPY ["more/", "/more/"]\nCOPY ["public/"', "no COPY of one folder"),
        ('COPY ["public/"', 'COPY --from=test ["public/"', "no COPY of one folder"),
        ('"/usr/share/nginx/html/"', '"html/"', "no COPY of one folder"),
        ('"/usr/share/nginx/html/"', '"/$HTML/"', "no COPY of one folder"),
        ("USER 65532:65532", "RUN gzip -r /usr/share/nginx/html", "RUN gzip"),
    ],
)
def test_a_site_that_something_is_made_of_is_built(before: str, after: str, why: str) -> None:
    assert before in STATIC
    found = layout_of(STATIC.replace(before, after), "static")
    assert isinstance(found, str)
    assert why in found


def test_steps_that_are_harmless_are_so_together() -> None:
    text = "FROM x\nCOPY . .\nRUN npm prune --omit=dev && rm -rf /root/.npm && ln -s a b\n"
    assert isinstance(layout_of(text, "node"), Layout)
