from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.lock import Lock
from pipelinekit.model.platform.packages import ECOSYSTEMS
from pipelinekit.model.platform.site import Site
from pipelinekit.reading.lock import read_lock
from pipelinekit.render.lock import lock_text
from tests.unit.reading.document.source.texts import YAML_ISH

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
PATHS = st.sampled_from(
    ["Jenkinsfile", ".dockerignore", "charts/orders/Chart.yaml", "charts/orders/templates/tests/http.yaml"]
)
LOCKS = st.builds(
    Lock,
    tool=WORD,
    site=st.builds(
        Site,
        library=WORD,
        agent=st.one_of(
            st.just(Agent()),
            st.builds(Agent, label=WORD),
            st.builds(Agent, pod=st.builds(AgentPod, namespace=WORD, image=WORD)),
        ),
        branch=WORD,
        path=WORD,
        registry_credentials=st.just("") | WORD,
        charts_credentials=st.just("") | WORD,
        kube_credentials=st.lists(WORD, max_size=2).map(tuple),
        package_credentials=st.dictionaries(st.sampled_from(ECOSYSTEMS), WORD),
    ),
    files=st.dictionaries(PATHS, WORD, max_size=3),
    was=st.dictionaries(PATHS, WORD, max_size=2),
    yours=st.lists(WORD, max_size=2, unique=True).map(lambda paths: tuple(sorted(paths))),
)

SOUND = """\
tool: "0.1.0"
site: {library: "0.1.0", branch: main, path: "."}
yours: [Dockerfile]
files: {Jenkinsfile: "sha256:0"}
"""


@given(LOCKS)
def test_a_lock_that_was_written_is_read_as_it_was(lock: Lock) -> None:
    assert read_lock(lock_text(lock), "lock.yaml") == lock


def test_a_sound_lock() -> None:
    assert read_lock(SOUND, "lock.yaml") == Lock(
        tool="0.1.0",
        site=Site(library="0.1.0"),
        files={"Jenkinsfile": "sha256:0"},
        yours=("Dockerfile",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "text",
        "{}",
        SOUND.replace("tool", "tol"),
        SOUND.replace("site", "sit"),
        SOUND.replace("library", "libary"),
        SOUND.replace('{library: "0.1.0", branch: main, path: "."}', "[a]"),
        SOUND.replace('path: "."', 'path: ".", pod: {namespace: a}'),
        SOUND.replace('path: "."', 'path: ".", pod: [a]'),
        SOUND.replace('path: "."', 'path: ".", kubeCredentials: text'),
        SOUND.replace("[Dockerfile]", "Dockerfile"),
        SOUND.replace("[Dockerfile]", "[[Dockerfile]]"),
        SOUND.replace("[Dockerfile]", "{Dockerfile: 1}"),
        SOUND.replace('"sha256:0"', "{a: b}"),
        SOUND.replace('{Jenkinsfile: "sha256:0"}', "[Jenkinsfile]"),
        SOUND.replace('"0.1.0"\n', "[0]\n"),
        SOUND + "files: {}\n",
        "<<<<<<< HEAD\n" + SOUND + "=======\n" + SOUND + ">>>>>>> other\n",
        SOUND + "\x00",
        "[" * 1000,
    ],
)
def test_a_damaged_lock_is_none(text: str) -> None:
    assert read_lock(text, "lock.yaml") is None


@given(YAML_ISH.map(lambda text: SOUND + text) | st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert read_lock(text, "lock.yaml") is None or text.startswith(SOUND)


@pytest.mark.parametrize(
    ("old", "new", "sound"),
    [
        # As it is written, and as somebody's editor may have laid it out again.
        ("", "", True),
        ("  Jenkinsfile:", "  'Jenkinsfile':", True),
        ("  Jenkinsfile:", '  "Jenkinsfile":', True),
        ("  Jenkinsfile:", "  # mine\n  Jenkinsfile:", True),
        ("  Jenkinsfile:", "\n  Jenkinsfile:", True),
        ("  Jenkinsfile:", '  Dockerfile: "sha256:0"\n  Jenkinsfile:', False),
        ("  Jenkinsfile:", '  "Jenkinsfile:', False),
        ("  Jenkinsfile:", "<<<<<<< ours\n  Jenkinsfile:", False),
    ],
)
def test_the_files_are_read_by_line_where_they_stand_as_written(old: str, new: str, sound: bool) -> None:
    digest = "sha256:" + "0a" * 32
    lock = Lock(
        tool="1",
        site=Site(library="1"),
        files={"Dockerfile": digest, "Jenkinsfile": digest, ".draftignore": digest},
    )
    text = lock_text(lock).replace(old, new, 1) if old else lock_text(lock)
    assert read_lock(text, "lock.yaml") == (lock if sound else None)


@pytest.mark.parametrize(
    "path", [".git/HEAD", "../x", "/x", "main.go", "charts/.git/x", "a\\0b", ".GIT/config"]
)
def test_a_lock_with_a_path_that_no_generator_makes_is_damaged(path: str) -> None:
    digest = "sha256:" + "0a" * 32
    sound = lock_text(Lock(tool="1", site=Site(library="1"), files={"Jenkinsfile": digest}))
    for text in (f'{sound}  "{path}": "{digest}"\n', f'{sound}was: {{"{path}": "{digest}"}}\n'):
        assert read_lock(text, "lock.yaml") is None
