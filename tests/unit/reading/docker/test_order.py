"""What is said first in a Dockerfile, and where its labels go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.reading.docker.dockerfile import instructions
from pipelinekit.reading.docker.order import early, labelled

FILE = """\
# syntax of nothing
ARG BASE=docker.io
FROM $BASE/python AS build
RUN make
CMD ["make"]
FROM scratch
# How it is run.
COPY --from=build /app /app
RUN --network=none id
USER 1000
EXPOSE 8080 9090/udp
STOPSIGNAL SIGINT
# The server.
ENTRYPOINT ["/app", "$HOME"]
CMD ["--port=8080"]"""


def test_what_depends_on_no_file_comes_first_in_the_last_stage() -> None:
    assert (
        early(FILE)
        == """\
# syntax of nothing
ARG BASE=docker.io
FROM $BASE/python AS build
RUN make
CMD ["make"]
FROM scratch
EXPOSE 8080 9090/udp
STOPSIGNAL SIGINT
ENTRYPOINT ["/app", "$HOME"]
CMD ["--port=8080"]
# How it is run.
COPY --from=build /app /app
RUN --network=none id
USER 1000
# The server.
"""
    )


def test_it_comes_first_in_the_stage_that_is_built() -> None:
    assert early(FILE, "BUILD") == FILE.replace('RUN make\nCMD ["make"]\n', 'CMD ["make"]\nRUN make\n')
    assert early(FILE, "0") == early(FILE, "build")
    assert early(FILE, "1") == early(FILE)
    assert early(FILE, "other") == FILE


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nENV PORT=80\nEXPOSE $PORT\n",
        "FROM a\nCOPY . .\nCMD run it\n",
        'FROM a\nCOPY . .\nENTRYPOINT run it\nCMD ["it"]\n',
        'FROM a\nCOPY . .\nCMD ["a", 1]\n',
        'FROM a\nCOPY . .\nCMD ["a",\\\n  "b"]\n',
        "FROM a\nCOPY . .\nUSER 1000\nWORKDIR /app\nVOLUME /v\nLABEL a=b\nHEALTHCHECK CMD true\n",
        'FROM a\nCOPY . .\nONBUILD CMD ["a"]\n',
        "FROM a\nCOPY . .\nEXPSE 80\nEXPOSE 80\n",
        "# escape=`\nFROM a\nCOPY . .\nEXPOSE 80\n",
        "FROM a\nRUN <<END\nEXPOSE 80\nEND\nEXPOSE 80\n",
        "FROM a \\\n  AS b\nCOPY . .\nEXPOSE 80\n",
        "FROM a\nCOPY . .\nEXPOSE 80 \\\n\n",
        "FROM a",
        "EXPOSE 80\n",
        "",
        'FROM a\nEXPOSE 80\nCMD ["a"]\nCOPY . .\n',
    ],
)
def test_what_depends_on_others_or_is_not_understood_stays(text: str) -> None:
    assert early(text) == text


def test_commands_keep_their_order_and_lines_their_ends() -> None:
    text = 'FROM a\r\nCOPY . .\r\nCMD ["a"]\r\nENTRYPOINT ["b"]\r\nCMD ["c"]\r\n'
    assert early(text) == 'FROM a\r\nCMD ["a"]\nENTRYPOINT ["b"]\nCMD ["c"]\nCOPY . .\r\n'


LINES = (
    "FROM a",
    "FROM b AS c",
    "COPY . .",
    "RUN \\",
    "EXPOSE 1",
    'CMD ["a"]',
    "CMD a",
    "# b \\",
    "",
    "USER 1 \\",
)


@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join), st.sampled_from(["", "c", "0", "1"]))
def test_the_same_instructions_are_there_and_twice_changes_nothing(text: str, target: str) -> None:
    found = early(text, target)
    assert sorted(each.whole for each in instructions(found)) == sorted(
        each.whole for each in instructions(text)
    )
    assert early(found, target) == found


def test_labels_are_the_last_instruction_of_what_is_built() -> None:
    assert labelled("FROM a\nRUN b", 'c="d"') == 'FROM a\nRUN b\nLABEL c="d"\n'
    assert (
        labelled("FROM a AS b\nRUN b\n\nFROM c\n", 'c="d"', "b")
        == 'FROM a AS b\nRUN b\nLABEL c="d"\nFROM c\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN b \\",
        "FROM a\nRUN b \\\n# c\n",
        "FROM a\nRUN b \\\n\n  # c",
        "# escape=`\nFROM a\nRUN b `\n# c\n",
        "FROM a AS b\nRUN b \\\n# c\nFROM a\nRUN c \\\n",
        "RUN b\n",
        "",
    ],
)
def test_labels_go_nowhere_where_a_stage_has_no_end(text: str) -> None:
    assert labelled(text, 'c="d"') == ""


def test_of_two_stages_of_one_name_the_first_is_built() -> None:
    two = "FROM a AS b\nRUN c\nFROM d AS B\n"
    assert labelled(two, 'c="d"', "b") == 'FROM a AS b\nRUN c\nLABEL c="d"\nFROM d AS B\n'
