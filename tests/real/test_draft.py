"""`draft up` on the testbed: the exit codes and words that are true."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.real import app
from tests.real.developer import Developer, ask, developer, saying


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer whose application runs."""
    with developer(testbed, tmp_path_factory.mktemp("draft")) as found:
        found.up()
        yield found


def logins(dev: Developer) -> str:
    """What pods of the developer's namespace pull with."""
    words = ("-n", dev.namespace, "get", "secret", "draft-pullsecret", "-o", "jsonpath={.data}")
    data = json.loads(dev.application.tool("kubectl", *words))[".dockerconfigjson"]
    return base64.b64decode(data).decode()


# --- up -------------------------------------------------------------------------------------------


def test_nothing_changed_is_nothing_done_whatever_was_touched(dev: Developer) -> None:
    first = dev.up()
    before = dev.images()
    for path in dev.application.folder.rglob("*"):
        if ".git" not in path.parts:
            path.touch()
    found = dev.up()
    assert (found["built"], found["pushed"], found["revised"]) == (False, False, False)
    assert found["revision"] == first["revision"]
    assert found["buildID"] == first["buildID"]
    assert dev.images() == before
    assert dev.draft("status").code == 0


def test_values_alone_are_no_build(dev: Developer) -> None:
    before = dev.up()
    dev.application.replace("charts/orders/values.yaml", "tmp: 1Gi", "tmp: 2Gi")
    stale = dev.draft("status")
    assert (stale.code, "stale: the folder has changed" in stale.out) == (1, True), stale.out
    found = dev.up()
    assert dev.draft("status").code == 0
    assert (found["built"], found["pushed"], found["revised"]) == (False, False, True)
    assert found["tag"] == before["tag"]


def test_what_is_not_generated_yet_is_told(dev: Developer) -> None:
    before = (dev.application.folder / "app.yaml").read_text()
    dev.application.write("app.yaml", before + "# as it is\n")
    dev.up()
    told = "app.yaml says what charts/orders/values.yaml has not yet"
    try:
        dev.application.write("app.yaml", before + "calls: [mail]\n")
        assert told in dev.draft("up").err
        dev.application.must("generate")
        assert told not in dev.draft("up").err
    finally:
        dev.application.write("app.yaml", before)
        dev.application.must("generate")


def test_a_changed_source_answers_and_a_broken_one_leaves_what_ran(dev: Developer) -> None:
    dev.application.replace("orders/web.py", "Hello from", "Greetings from")
    assert dev.draft("status").code == 1
    found = dev.up()
    assert (found["built"], found["pushed"], found["revised"]) == (True, True, True)
    assert dev.http() == "Greetings from orders\n"
    before = (dev.application.folder / "Dockerfile").read_text()
    lines = "".join(f"echo line {number}; " for number in range(30))
    dev.application.write("Dockerfile", before + f"USER 0\nRUN {lines} exit 7\n")
    failed = dev.draft("up")
    assert failed.code == 5
    assert [line.strip() for line in failed.err.splitlines()].count("line 29") == 1
    reason, step = failed.err[failed.err.index("error: ") :].splitlines()
    assert "ended with exit code 7: line 29" in reason
    assert step == "  the log of the build is above"
    assert dev.http() == "Greetings from orders\n"
    dev.application.write("Dockerfile", before)
    assert dev.up()["revised"] is False


def test_a_program_that_does_not_start_is_told_and_what_ran_goes_on(dev: Developer) -> None:
    dev.application.replace(
        "orders/__main__.py", "def main() -> None:\n", "def main() -> None:\n    sys.exit(9)\n"
    )
    found = dev.draft("up", "--timeout", "60")
    assert found.code == 5
    assert dev.http() == "Greetings from orders\n"
    assert dev.draft("status").code == 1
    dev.application.replace("orders/__main__.py", "    sys.exit(9)\n", "")
    dev.up()
    assert dev.draft("status").code == 0


def test_tasks_run_in_order_where_they_belong_and_fail_what_they_belong_to(dev: Developer) -> None:
    dev.application.write(
        ".draft-tasks.toml",
        """
        [pre-up]
        "second letter first" = "echo 'it''s $$HOME' > made.txt; echo one >> order"
        "a" = "echo two >> order"
        [post-deploy]
        "z in the image" = "cat /app/made.txt"
        "a quoted" = "python -c 'print(\\"$HOME\\" == chr(36) + \\"HOME\\" and \\"in the pod\\")'"
        [post-up]
        "after" = "echo three >> order"
        [cleanup]
        "clean" = "echo four >> order"
        """,
    )
    dev.application.write(".dockerignore", (dev.application.folder / ".dockerignore").read_text() + "order\n")
    found = dev.draft("up")
    assert found.code == 0, found.err
    assert "its $HOME" in found.err
    assert "in the pod" in found.err
    assert (dev.application.folder / "order").read_text() == "one\ntwo\nthree\n"
    again = dev.draft("up")
    assert (again.code, "post-deploy" in again.err) == (0, False)
    dev.application.write(".draft-tasks.toml", '[post-up]\n"breaks" = "exit 3"\n')
    failed = dev.draft("up")
    assert (failed.code, failed.reason) == (
        5,
        "error: post-up task 'breaks' failed: `exit 3` ended with 3: exit code 3",
    )
    dev.application.write(".draft-tasks.toml", "")


def test_a_login_that_is_refused_is_told_at_once_and_a_new_one_is_used(
    dev: Developer, tmp_path: Path
) -> None:
    host = dev.application.env["PIPELINEKIT_REGISTRY"]
    login = base64.b64encode(b"nobody:wrong").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {host: {"auth": login}}}))
    # The namespace gets it beside the question that it fails, and no longer than that one lasts.
    for _ in range(5):
        found = dev.draft("up", env={"DOCKER_CONFIG": str(tmp_path)})
        assert (found.code, "try 2 of" in found.err) == (5, False), found.err
        assert host in found.reason
        if login in logins(dev):
            break
    assert login in logins(dev)
    dev.up()
    assert login not in logins(dev)


# --- connect --------------------------------------------------------------------------------------


def test_the_local_port_stays_through_a_redeploy_and_the_loss_of_a_pod(dev: Developer) -> None:
    dev.up()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answers: list[str] = []
    over = threading.Event()

    def ask_on() -> None:
        while not over.wait(0.1):
            answers.append(ask(port, f"/?n={len(answers)}"))

    with saying(dev, "connect", "-p", f"{port}:8080", "--tail", "0") as said:
        assert app.eventually(lambda: any("is port 8080" in each for each in said), 60)
        busy = dev.draft("connect", "-p", f"{port}:8080")
        assert (busy.code, f"local port {port} is busy" in busy.reason) == (6, True)
        asking = threading.Thread(target=ask_on)
        asking.start()
        try:
            dev.application.replace("orders/web.py", " from orders", " by orders")
            dev.up()
            assert app.eventually(lambda: " by orders" in answers[-1], 60)
            words = ("delete", "pods", "--all", "--grace-period=0", "--force")
            dev.application.tool("kubectl", "-n", dev.namespace, *words)
            lost = len(answers)
            assert app.eventually(
                lambda: len([each for each in answers[lost:] if " by orders" in each]) > 5, 90
            )
        finally:
            over.set()
            asking.join()
    assert not [each for each in answers if "refused" in each]
    assert len([each for each in answers if not each.endswith(" orders\n")]) <= 3
    lines = [each for each in said if "GET /?n=" in each]
    assert lines
    assert len(lines) == len(set(lines))


def test_an_idle_namespace_sleeps_until_the_next_up_and_an_ended_one_goes(dev: Developer) -> None:
    dev.up()
    namespace = f"namespace/{dev.namespace}"
    planned = dev.application.must("draft", "reap", "--plan", "--json", "--idle", "1h").json()
    assert dev.namespace not in {each["namespace"] for each in planned["asleep"]}
    long_ago = "pipelinekit.dev/used=2020-01-01T00:00:00Z"
    dev.application.tool("kubectl", "annotate", "--overwrite", namespace, long_ago)
    # Other developers of this cluster are other tests: of them, none has been idle for years.
    kubectl = partial(dev.application.tool, "kubectl", "-n", dev.namespace)
    image = kubectl("get", "deployment", "orders", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
    for name, schedule in (("often", "*/1 * * * *"), ("never", "0 0 31 2 *")):
        kubectl("create", "cronjob", name, "--image", image, "--schedule", schedule, "--", "true")
    kubectl("patch", "cronjob", "never", "--patch", '{"spec": {"suspend": true}}')
    done = dev.application.must("draft", "reap", "--json", "--idle", "365d").json()
    assert [each["namespace"] for each in done["asleep"]] == [dev.namespace]
    suspended = ("get", "cronjobs", "-o", "jsonpath={.items[*].spec.suspend}")
    assert kubectl(*suspended).split() == ["true", "true"]
    wait = ("wait", "--for=delete", "pods", "--selector", "draft=orders", "--timeout=60s")
    dev.application.tool("kubectl", "-n", dev.namespace, *wait)
    asleep = dev.draft("status")
    assert (asleep.code, "asleep" in asleep.out) == (1, True)
    dev.up()
    assert "orders" in dev.http()
    assert kubectl(*suspended).split() == ["true", "false"], "what a person had suspended stays so"
    assert "pipelinekit.dev/asleep" not in kubectl("get", "cronjobs,deployments", "-o", "json")
    kubectl("delete", "cronjobs", "--all")
    dev.application.tool("kubectl", "label", "--overwrite", namespace, "pipelinekit.dev/end=2020-01-01")
    planned = dev.draft("reap", "--plan", "--json", "--idle", "365d").json()
    assert [each["namespace"] for each in planned["removed"]] == [dev.namespace]
    dev.up()


def test_history_and_logs_know_what_was(dev: Developer) -> None:
    rows = dev.application.must("draft", "history", "--max", "3", "-o", "json").json()
    assert rows[0]["status"] == "deployed"
    assert rows[0]["buildID"] == dev.up()["buildID"]
    assert f"orders {rows[0]['tag'][:12]}" in "".join(each for each in (dev.draft("status").out,))
    assert dev.draft("logs").code == 0
    assert dev.draft("logs", "--tail").code == 0
    assert dev.draft("diff").code == 0
    assert dev.draft("logs", "no-such").code == 2


def test_up_may_go_on_as_connect_in_the_environment_that_is_named(dev: Developer) -> None:
    before = (dev.application.folder / "draft.toml").read_text()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    staging = before.partition("[environments]\n")[2].replace("development", "staging")
    dev.application.write("draft.toml", f'{before}{staging}    override-ports = ["{port}:8080"]\n')
    try:
        with saying(dev, "up", "-e", "staging", "--auto-connect") as said:
            assert app.eventually(lambda: any("is port 8080" in each for each in said), 90), said
            assert "orders" in ask(port, "/")
    finally:
        dev.application.write("draft.toml", before)


# --- watch ----------------------------------------------------------------------------------------


def test_a_watched_folder_is_stale_in_words_until_it_is_mended_and_then_goes_on(dev: Developer) -> None:
    dev.up()
    before = (dev.application.folder / "Dockerfile").read_text()
    with saying(dev, "up", "--watch", "--no-sync") as said:
        assert app.eventually(lambda: any(" runs " in each for each in said), 90)
        dev.application.write("Dockerfile", before + "USER 0\nRUN exit 7\n")
        assert app.eventually(lambda: any(each.startswith("stale: orders") for each in said), 90)
        assert "orders" in dev.http()
        told = len(said)
        dev.application.write("Dockerfile", before)
        assert app.eventually(lambda: any(" runs already " in each for each in said[told:]), 90)
        dev.application.replace("orders/web.py", "not found", "not here")
        assert app.eventually(lambda: any("(built, pushed)" in each for each in said[told:]), 120)
    assert dev.draft("status").code == 0


def test_delete_keeps_what_a_person_has_made(dev: Developer) -> None:
    dev.up()
    mine = ("-n", dev.namespace, "create", "secret", "generic", "mine", "--from-literal=k=v")
    dev.application.tool("kubectl", *mine)
    done = dev.draft("delete")
    assert (done.code, dev.releases()) == (0, []), done.err
    assert "nothing was left" not in done.out
    assert "Secret/mine in it: made by hand" in done.err
    dev.application.tool("kubectl", "-n", dev.namespace, "delete", "secret", "mine")


def test_delete_leaves_nothing(dev: Developer) -> None:
    done = dev.draft("delete")
    assert done.code == 0, done.err
    assert "nothing was left in it" in done.out
    going = dev.draft("delete")
    assert going.code == 0, going.err
    dev.application.tool("kubectl", "wait", "--for=delete", f"namespace/{dev.namespace}", "--timeout=90s")
    again = dev.draft("delete")
    assert again.code == 0
