"""`draft up` on the testbed: the guard before anything, and exit codes and words that are true."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import textwrap
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import BIN
from tests.real.developer import Developer, beside, developer


@pytest.fixture(scope="module")
def dev(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developer]:
    """A developer whose application runs."""
    with developer(testbed, tmp_path_factory.mktemp("draft")) as found:
        found.up()
        yield found


def images(dev: Developer) -> set[str]:
    """What the engine has of the application."""
    name = f"{dev.application.env['PIPELINEKIT_REGISTRY']}/{dev.application.team}/{dev.application.name}"
    return set(dev.application.tool("docker", "images", "--no-trunc", "--quiet", name).split())


def logins(dev: Developer) -> str:
    """What pods of the developer's namespace pull with."""
    words = ("-n", dev.namespace, "get", "secret", "draft-pullsecret", "-o", "jsonpath={.data}")
    data = json.loads(dev.application.tool("kubectl", *words))[".dockerconfigjson"]
    return base64.b64decode(data).decode()


def platform(dev: Developer, **cluster: str) -> str:
    """A platform whose one gated environment is in the cluster `prod`."""
    registry = dev.application.env["PIPELINEKIT_REGISTRY"]
    lines = "".join(f", {key}: {json.dumps(value)}" for key, value in cluster.items())
    text = f"""
        apiVersion: pipelinekit/v1
        kind: Platform
        metadata: {{name: acme}}
        images: {{registry: "{registry}", mirror: "{registry}"}}
        charts: {{repository: "oci://{registry}/charts"}}
        clusters: [{{name: nonprod, context: acme-dev}}, {{name: prod{lines}}}]
        environments:
          - {{name: dev, cluster: nonprod, namespace: "{{team}}-dev", automatic: true}}
          - {{name: staging, cluster: nonprod, namespace: "{{team}}-staging", after: dev}}
          - {{name: production, cluster: prod, namespace: "{{team}}", after: staging}}
    """
    path = dev.kubeconfig.with_name("platform.yaml")
    path.write_text(textwrap.dedent(text))
    return str(path)


def with_contexts(dev: Developer, *names: str, elsewhere: str = "") -> Mapping[str, str]:
    """A kubeconfig that has the testbed under these names, and another server under `elsewhere`."""
    config = dev.config()
    first = config["contexts"][0]
    config["contexts"] = [{**first, "name": name} for name in names]
    if elsewhere:
        config["clusters"].append({"name": "far", "cluster": {"server": "https://127.0.0.1:9"}})
        context = {**first["context"], "cluster": "far"}
        config["contexts"].append({"name": elsewhere, "context": context})
    config["current-context"] = config["contexts"][0]["name"]
    path = dev.kubeconfig.with_name("contexts.json")
    path.write_text(json.dumps(config))
    return {"KUBECONFIG": str(path), "PIPELINEKIT_CONTEXT": ""}


# --- the guard ------------------------------------------------------------------------------------


def server(dev: Developer) -> str:
    return str(dev.config()["clusters"][0]["cluster"]["server"])


@pytest.mark.parametrize("said", ["by-context", "by-server"])
def test_a_gated_cluster_is_refused_whatever_its_context_is_called(dev: Developer, said: str) -> None:
    dev.application.write(".draft-tasks.toml", '[pre-up]\n"runs" = "touch ran"\n')
    env = with_contexts(dev, "innocent", "acme-prod", elsewhere="acme-dev")
    cluster = {"context": "acme-prod"} if said == "by-context" else {"server": server(dev) + "/"}
    at = platform(dev, **cluster)
    for words in (["--context", "innocent"], ["--context", "innocent", "--allow-context", "innocent"]):
        found = dev.draft("up", "--platform", at, *words, env=env)
        assert (found.code, "whose environments have gates: production" in found.reason) == (6, True), (
            found.err
        )
    assert not (dev.application.folder / "ran").exists()
    dev.application.write(".draft-tasks.toml", "")


def test_a_gated_environments_namespace_is_refused_in_a_cluster_that_is_open(dev: Developer) -> None:
    env = with_contexts(dev, "acme-dev", elsewhere="acme-prod")
    at = platform(dev, context="acme-prod")
    found = dev.draft("up", "--platform", at, "--namespace", f"{dev.application.team}-staging", env=env)
    assert (found.code, "environment staging's, which has a gate" in found.reason) == (6, True), found.err


def test_a_context_that_nobody_knows_is_used_by_word_alone(dev: Developer) -> None:
    env = with_contexts(dev, "mine", elsewhere="acme-dev")
    at = platform(dev, server="https://prod.example.com")
    found = dev.draft("up", "--platform", at, "--context", "mine", env=env)
    assert (found.code, "does not know the cluster" in found.reason) == (6, True), found.err
    found = dev.draft("status", "--platform", at, "--context", "mine", "--allow-context", "mine", env=env)
    assert found.code == 0, found.err
    found = dev.draft("status", env=env)
    assert (found.code, "no platform says" in found.reason) == (6, True), found.err


def test_the_context_that_counts_is_the_one_at_the_beginning(dev: Developer) -> None:
    before = dev.kubeconfig.read_text()
    elsewhere = "kubectl config set-cluster testbed --server https://127.0.0.1:9"
    switch = f"{elsewhere} && kubectl config unset current-context"
    dev.application.write(".draft-tasks.toml", f"[pre-up]\n'somebody switches' = '{switch}'\n")
    try:
        found = dev.up()
    finally:
        dev.kubeconfig.write_text(before)
        dev.application.write(".draft-tasks.toml", "")
    assert not found["revised"]


def test_what_is_somebody_elses_stays_theirs(dev: Developer) -> None:
    other = beside(dev)
    found = other.draft("up", "--namespace", dev.namespace)
    assert (found.code, f"is {dev.name}'s" in found.reason) == (6, True), found.err
    found = other.draft("delete", "--namespace", dev.namespace)
    assert found.code == 6
    assert [each["name"] for each in dev.releases()] == ["orders"]


def test_two_developers_have_one_each(dev: Developer) -> None:
    other = beside(dev)
    try:
        assert other.up()["built"] is False
        assert (other.http(), dev.http()) == ("Hello from orders\n", "Hello from orders\n")
        done = other.draft("delete")
        assert done.code == 0, done.err
        assert other.application.tool("helm", "-n", other.namespace, "list", "-q") == ""
    finally:
        words = ("delete", "namespace", other.namespace, "--ignore-not-found", "--wait=false")
        other.application.tool("kubectl", *words)


def test_a_secret_that_is_lacking_is_named_before_the_build(dev: Developer) -> None:
    before = (dev.application.folder / "app.yaml").read_text()
    dev.application.replace("app.yaml", "  replicas: 1\n", '  replicas: 1\n  secrets: {K: "secret:keys#k"}\n')
    dev.application.must("generate")
    built = images(dev)
    try:
        found = dev.draft("up")
        assert (found.code, "has no Secret keys (keys: k)" in found.reason) == (6, True), found.err
        command = next(line for line in found.err.splitlines() if "create secret generic keys" in line)
        assert f"--namespace {dev.namespace} create secret generic keys --from-file=k=FILE" in command
        assert images(dev) == built
    finally:
        dev.application.write("app.yaml", before)
        dev.application.must("generate")


# --- up -------------------------------------------------------------------------------------------


def test_nothing_changed_is_nothing_done_whatever_was_touched(dev: Developer) -> None:
    first = dev.up()
    before = images(dev)
    for path in dev.application.folder.rglob("*"):
        if ".git" not in path.parts:
            path.touch()
    found = dev.up()
    assert (found["built"], found["pushed"], found["revised"]) == (False, False, False)
    assert found["revision"] == first["revision"]
    assert found["buildID"] == first["buildID"]
    assert images(dev) == before
    assert dev.draft("status").code == 0


def test_values_alone_are_no_build(dev: Developer) -> None:
    before = dev.up()
    dev.application.replace("charts/orders/values.yaml", "tmp: 1Gi", "tmp: 2Gi")
    found = dev.up()
    assert (found["built"], found["pushed"], found["revised"]) == (False, False, True)
    assert found["tag"] == before["tag"]


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
    said = failed.err[failed.err.index("error: ") :].splitlines()
    assert len(said) == 21
    assert said[-1].strip() == "line 29" or any("line 29" in each for each in said[-3:])
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
    found = dev.draft("up", env={"DOCKER_CONFIG": str(tmp_path)})
    assert (found.code, "try 2 of" in found.err) == (5, False), found.err
    assert host in found.reason
    assert login in logins(dev)
    dev.up()
    assert login not in logins(dev)


# --- connect --------------------------------------------------------------------------------------


@contextmanager
def saying(dev: Developer, *words: str) -> Iterator[list[str]]:
    """`draft` with these words during the block; its lines. Ctrl-C ends it, with all that it has started."""
    said: list[str] = []
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), "draft", *words],
        cwd=dev.application.folder,
        env={**os.environ, **dev.application.env},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        reader = threading.Thread(target=lambda: said.extend(process.stdout or ()))
        reader.start()
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            finally:
                # One that does not end fails, and holds up nobody.
                process.kill()
                reader.join()
    assert process.returncode == 130
    mine = subprocess.run(["ps", "-eo", "sess="], capture_output=True, text=True, check=True).stdout.split()
    assert str(process.pid) not in mine


def ask(port: int, path: str) -> str:
    """What answers at a local port, or why nothing does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            text: str = answer.read().decode()
            return text
    except OSError as error:
        return repr(error)


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
    planned = dev.draft("reap", "--plan", "--json", "--idle", "1h").json()
    assert dev.namespace not in {each["namespace"] for each in planned["asleep"]}
    long_ago = "pipelinekit.dev/used=2020-01-01T00:00:00Z"
    dev.application.tool("kubectl", "annotate", "--overwrite", namespace, long_ago)
    # Other developers of this cluster are other tests: of them, none has been idle for years.
    done = dev.draft("reap", "--json", "--idle", "365d").json()
    assert [each["namespace"] for each in done["asleep"]] == [dev.namespace]
    wait = ("wait", "--for=delete", "pods", "--selector", "draft=orders", "--timeout=60s")
    dev.application.tool("kubectl", "-n", dev.namespace, *wait)
    asleep = dev.draft("status")
    assert (asleep.code, "asleep" in asleep.out) == (1, True)
    assert dev.up()["revised"]
    assert "orders" in dev.http()
    dev.application.tool("kubectl", "label", "--overwrite", namespace, "pipelinekit.dev/end=2020-01-01")
    planned = dev.draft("reap", "--plan", "--json", "--idle", "365d").json()
    assert [each["namespace"] for each in planned["removed"]] == [dev.namespace]
    dev.up()


def test_history_and_logs_know_what_was(dev: Developer) -> None:
    rows = dev.draft("history", "-o", "json").json()
    assert rows[0]["status"] == "deployed"
    assert rows[0]["buildID"] == dev.up()["buildID"]
    assert f"orders {rows[0]['tag'][:12]}" in "".join(each for each in (dev.draft("status").out,))
    assert dev.draft("logs").code == 0
    assert dev.draft("logs", "no-such").code == 2


# --- watch ----------------------------------------------------------------------------------------


def test_a_watched_folder_is_stale_in_words_until_it_is_mended_and_then_goes_on(dev: Developer) -> None:
    dev.up()
    before = (dev.application.folder / "Dockerfile").read_text()
    with saying(dev, "up", "--watch") as said:
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


# --- create and packs -----------------------------------------------------------------------------


def test_a_classic_folder_is_kept_and_runs_from_a_pack(dev: Developer, tmp_path: Path) -> None:
    home = {"DRAFT_HOME": str(tmp_path / "home")}
    folder = tmp_path / "parcels"
    shutil.copytree(dev.application.folder / "orders", folder / "app")
    (folder / "requirements.txt").write_text("")
    (folder / "app" / "__main__.py").write_text(
        (folder / "app" / "__main__.py").read_text().replace("from orders.", "from app.")
    )
    (folder / "Dockerfile").write_text(
        (dev.application.folder / "Dockerfile").read_text().replace("orders", "app")
    )
    mine = (folder / "Dockerfile").read_text()
    assert dev.draft("packs", "--out", str(tmp_path / "home" / "packs" / "ours"), env=home).code == 0
    listed = dev.draft("pack", "list", "--json", env=home).json()
    assert len(listed) == 10
    made = dev.draft("create", str(folder), "--pack", "Python", env=home)
    assert made.code == 0, made.err
    assert (folder / "Dockerfile").read_text() == mine
    assert "keep  Dockerfile" in made.err
    again = dev.draft("create", str(folder), env=home)
    assert (again.code, "keep  charts/parcels/" in again.err) == (0, True), again.err
    namespace = f"draft-apps-{dev.name}"
    try:
        said = dev.draft("up", str(folder), "--json", env=home)
        assert said.code == 0, said.err
        found = said.json()
        assert (found["built"], found["namespace"]) == (True, namespace)
        again = dev.draft("up", str(folder), "--json", env=home)
        assert (again.json()["built"], again.json()["revised"]) == (False, False)
        path = f"/api/v1/namespaces/{namespace}/services/http:parcels:80/proxy/"
        assert "orders" in dev.application.tool("kubectl", "get", "--raw", path)
    finally:
        words = ("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
        dev.application.tool("kubectl", *words)


def test_lint_names_what_is_wrong_with_a_pack(dev: Developer, tmp_path: Path) -> None:
    dev.draft("packs", "--out", str(tmp_path))
    pack = tmp_path / "packs" / "go"
    assert dev.draft("pack", "lint", str(pack)).code == 0
    old = pack / "charts" / "templates" / "old.yaml"
    old.write_text("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: x}\n")
    (pack / "tasks.toml").write_text("[pre-up\n")
    helpers = pack / "charts" / "templates" / "_helpers.tpl"
    helpers.write_text(helpers.read_text().replace("buildID: {{", "build: {{"))
    found = dev.draft("pack", "lint", str(pack))
    assert found.code == 1
    assert f"{old}:1: Ingress of extensions/v1beta1 is removed" in found.err
    assert "now: networking.k8s.io/v1" in found.err
    assert "no pod takes buildID" in found.err
    assert f"{pack / 'tasks.toml'}:1" in found.err


def test_delete_leaves_nothing(dev: Developer) -> None:
    done = dev.draft("delete")
    assert done.code == 0, done.err
    assert "nothing was left in it" in done.out
    dev.application.tool("kubectl", "wait", "--for=delete", f"namespace/{dev.namespace}", "--timeout=90s")
    again = dev.draft("delete")
    assert again.code == 0
