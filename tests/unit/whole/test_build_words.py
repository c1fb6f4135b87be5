"""What builders of three kinds print when a step fails, and the one line that is made of it."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.build.trouble import build_failed, silent

DOCKER = """\
Step 1/4 : FROM 127.0.0.1:15000/library/busybox@sha256:1de5
 ---> 87d567f442a0
Step 2/4 : RUN make all
 ---> Running in 5213e264c6fb
cc -c main.c
\x1b[91mmain.c:3: no such header
\x1b[0m
Removing intermediate container 5213e264c6fb
"""
BUILDAH = """\
STEP 1/13: FROM 127.0.0.1:15000/library/busybox@sha256:1de5
STEP 2/13: RUN make all
cc -c main.c
main.c:3: no such header
subprocess exited with status 2
subprocess exited with status 2
Error: building at STEP "RUN make all": exit status 2
"""
BUILDX = """\
#5 [1/3] FROM 127.0.0.1:15000/library/busybox@sha256:1de5
#5 DONE 0.1s
#6 [2/3] RUN make all
#6 0.123 cc -c main.c
#6 0.321 main.c:3: no such header
#6 ERROR: process "/bin/sh -c make all" did not complete successfully: exit code: 2
------
 > [2/3] RUN make all:
0.321 main.c:3: no such header
------
Dockerfile:2
--------------------
   1 |     FROM busybox
   2 | >>> RUN make all
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c make all" did not complete: exit code: 2
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (DOCKER, "The command '/bin/sh -c make all' returned a non-zero code: 2"),
        (BUILDAH, 'Error: building at STEP "RUN make all": exit status 2'),
        (BUILDX, 'ERROR: failed to solve: process "/bin/sh -c make all" did not complete: exit code: 2'),
    ],
)
def test_a_step_that_fails_is_one_line_with_its_own_last_word(log: str, reason: str) -> None:
    (fault,) = build_failed(log.splitlines(), reason).faults
    assert fault.problem.startswith("RUN make all ended with exit code 2: ")
    assert fault.problem.endswith("main.c:3: no such header")
    assert "cc -c" not in fault.hint, "the log has been said once"


def test_what_fails_before_a_step_is_in_the_engines_words() -> None:
    assert build_failed([], "dockerfile parse error on line 3").faults[0].problem == (
        "dockerfile parse error on line 3"
    )


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            Exception("('Connection aborted.', PermissionError(13, 'Permission denied'))"),
            "engine-denied",
            "docker",
        ),
        (Exception("('Connection aborted.', FileNotFoundError(2, 'No such'))"), "engine-missing", "start it"),
        (Exception("[Errno 111] Connection refused"), "engine-missing", "start it"),
    ],
)
def test_an_engine_that_is_not_there_and_one_that_lets_nobody_in(
    error: Exception, code: str, words: str
) -> None:
    fault = silent(error, "unix:///x.sock")
    assert fault.code == code
    assert words in fault.hint
    assert "unix:///x.sock" in fault.problem
