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


@pytest.mark.parametrize(
    "reason",
    [
        'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
        'ERROR: failed to solve: failed to do request: Head "https://r.example/v2/x": dial tcp: i/o timeout',
        'pinging container registry r.example: Get "https://r.example/v2/": net/http: TLS handshake timeout',
    ],
)
def test_a_registry_that_does_not_answer_the_engine_has_another_as_its_next_step(reason: str) -> None:
    (fault,) = build_failed(["Step 2/21 : FROM ${BASE_REGISTRY}/library/python AS build"], reason).faults
    assert "--mirror HOST[:PORT]" in fault.hint


def test_what_fails_before_a_step_is_in_the_engines_words() -> None:
    assert build_failed([], "dockerfile parse error on line 3").faults[0].problem == (
        "dockerfile parse error on line 3"
    )


@pytest.mark.parametrize(
    "reason",
    [
        "manifest for 127.0.0.1:5000/library/python:3.99 not found: manifest unknown: manifest unknown",
        "initializing source docker://h:5000/a:1: reading manifest 1 in h:5000/a: manifest unknown",
        "failed to solve: h:50/a:1: failed to resolve source metadata for h:50/a:1: h:50/a:1: not found",
        "pull access denied for nobody/none, repository does not exist or may require 'docker login': denied",
        "name unknown: repository name not known to registry",
    ],
)
def test_a_base_image_that_is_not_there_is_told_with_where_it_is_said(reason: str) -> None:
    hint = build_failed([], reason).faults[0].hint
    assert "images.mirror in platform.yaml" in hint
    assert "build.version in app.yaml" in hint
    assert ("docker login" in hint) is ("denied" in reason)


@pytest.mark.parametrize("reason", ["/bin/sh: make: not found", "COPY failed: file not found"])
def test_what_is_not_found_in_a_build_is_no_base_image(reason: str) -> None:
    assert "images.mirror" not in build_failed([], reason).faults[0].hint


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


PIP = """\
Step 8/12 : RUN pip install -r requirements.txt
  error: subprocess-exited-with-error
  \u00d7 Getting requirements to build wheel did not run successfully.
  │ exit code: 1
  ╰─> [35 lines of output]
      running egg_info
      Error: pg_config executable not found.
      pg_config is required to build psycopg2 from source.
      For further information please check the 'doc/src/install.rst' file.
      [end of output]
  note: This error originates from a subprocess, and is likely not a problem with pip.
error: subprocess-exited-with-error
\u00d7 Getting requirements to build wheel did not run successfully.
│ exit code: 1
╰─> See above for output.
note: This error originates from a subprocess, and is likely not a problem with pip.
[notice] A new release of pip is available: 23.0 -> 25.0
"""
GCC = """\
Step 8/12 : RUN pip install -r requirements.txt
      src/a.c:3:10: fatal error: Python.h: No such file or directory
      error: command '/usr/bin/gcc' failed with exit code 1
      [end of output]
  error: subprocess-exited-with-error
  ERROR: Failed building wheel for a
"""
MAVEN = """\
Step 8/12 : RUN mvn package
[ERROR] Failed to execute goal compile (compile): /app/A.java:[3,1] ';' expected -> [Help 1]
[ERROR]
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
[ERROR]
[ERROR] For more information about the errors and possible solutions, please read:
[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException
"""
NPM = """\
Step 8/12 : RUN npm ci
npm error code E404
npm error 404  'nothing@1' is not in this registry.
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-debug-0.log
"""
CARGO = """\
Step 8/12 : RUN cargo build
error[E0425]: cannot find value `x` in this scope
 --> src/main.rs:2:5
error: could not compile `orders` (bin "orders") due to 1 previous error
"""


@pytest.mark.parametrize(
    ("log", "word"),
    [
        (PIP, "Error: pg_config executable not found."),
        (GCC, "src/a.c:3:10: fatal error: Python.h: No such file or directory"),
        (
            MAVEN,
            "[ERROR] Failed to execute goal compile (compile): /app/A.java:[3,1] ';' expected -> [Help 1]",
        ),
        (NPM, "npm error 404  'nothing@1' is not in this registry."),
        (CARGO, "error[E0425]: cannot find value `x` in this scope"),
    ],
)
def test_the_reason_is_told_and_not_what_a_tool_says_after_it(log: str, word: str) -> None:
    (fault,) = build_failed(log.splitlines(), "The command returned a non-zero code: 1").faults
    assert fault.problem.endswith(f"ended with exit code 1: {word}")
