"""Cassandra as a component: who is let in, what outlives a kill and a change, backup and restore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.real.components.callers import called
from tests.real.components.site import Site, image, made_site
from tests.real.kube import eventually
from tests.testbed import cassandra
from tests.testbed.layout import Layout

pytestmark = pytest.mark.story

NAME = "cassandra"
POD = f"{NAME}-0"
# What files, CQL and shells take for something else.
PASSWORD = "a:b\\c'd\"e$(f) `g` %(h)s;#i"


def values(site: Site, **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    storage = {"class": site.storage_class, "size": "1Gi"}
    return {
        "image": image(site.env, cassandra.IMAGE),
        "mirror": site.env["PK_TESTBED_REGISTRY"],
        "storage": storage,
        "resources": {"cpu": "100m", "memory": "1Gi", "disk": "128Mi"},
        "backup": {"keep": 2, "suspend": True, "storage": storage},
        "keyspaces": [
            {"name": "orders", "secret": "orders-cassandra"},
            {"name": "table", "role": "keeper", "secret": "shop-cassandra", "key": "word"},
        ],
        **more,
    }


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    cassandra.image(Layout.from_environment())
    with made_site(tmp_path_factory.mktemp(NAME), testbed) as made:
        made.take(NAME)
        made.space(NAME)
        made.secret(NAME, NAME, password=PASSWORD)
        made.secret(NAME, "orders-cassandra", password=PASSWORD + "\n")
        made.secret(NAME, "shop-cassandra", word="simple")
        made.volume()
        made.volume()
        made.on(cassandra=values(made))
        made.deploy(600)
        yield made


LOGIN = """
umask 077
printf '[plain_text_auth]\\nusername = %s\\npassword = %s\\n' "$1" "$2" > /tmp/login
cqlsh --credentials=/tmp/login --request-timeout=60 --execute="$3" "$4" 2>&1 || true
rm /tmp/login
"""


def cql(site: Site, statement: str, role: str = "admin", password: str = PASSWORD) -> str:
    """What somebody is told who logs in through the Service; the reason where that is refused."""
    words = ("exec", POD, "-c", NAME, "--", "sh", "-c", LOGIN, "sh", role, password, statement, NAME)
    return site.kubectl(NAME, *words)


def cell(site: Site, statement: str, role: str = "admin", password: str = PASSWORD) -> str:
    """The one value that a statement asks for."""
    lines = cql(site, statement, role, password).splitlines()
    assert "(1 rows)" in lines, lines
    return lines[lines.index("(1 rows)") - 2].strip()


def ready(site: Site) -> bool:
    """Whether the server is a member, and its keeper there."""
    words = ("get", "pod", POD, "--ignore-not-found", "--output")
    return site.kubectl(NAME, *words, "jsonpath={.status.containerStatuses[*].ready}") == "true true"


# --- the tests -------------------------------------------------------------------------------------


@pytest.mark.matrix("components")
def test_who_is_declared_logs_in_and_nobody_as_cassandra_and_a_second_run_does_nothing(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    asked = "SELECT cluster_name FROM system.local"
    assert "platform" in cql(site, asked)
    assert "platform" in cql(site, asked, "orders")
    assert "platform" in cql(site, asked, "keeper", "simple")
    for role, password in (("cassandra", "cassandra"), ("admin", "cassandra"), ("orders", "simple")):
        said = cql(site, asked, role, password)
        assert "AuthenticationFailed" in said, said
    cql(site, "CREATE TABLE orders.mine (n int PRIMARY KEY)", "orders")
    assert "Unauthorized" in cql(site, "SELECT * FROM orders.mine", "keeper", "simple")
    assert "Unauthorized" in cql(site, "CREATE ROLE other", "orders")
    found = cell(site, "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'system_auth'")
    assert "NetworkTopologyStrategy', 'dc1': '1'" in found
    memory = site.kubectl(NAME, "exec", POD, "-c", NAME, "--", "nodetool", "info")
    assert "/ 512.00" in memory, memory
    site.platform.must("verify")
    logs = site.kubectl(NAME, "logs", POD, "--all-containers")
    assert "c'd" not in logs


@pytest.mark.matrix("components")
def test_applications_reach_cql_and_nothing_else_and_strangers_nothing(site: Site) -> None:
    application = called(site, "payments", {"app.kubernetes.io/component": "web"})
    stranger = called(site, "strangers", {})
    server = f"{NAME}.{site.namespace(NAME)}"
    one = f"{POD}.{NAME}-internal.{site.namespace(NAME)}"
    assert eventually(lambda: application.reaches(server, 9042), 60)
    assert eventually(lambda: application.reaches(one, 9042), 60)
    for port in (7000, 7199, 8081):
        assert not application.reaches(one, port), port
    assert not stranger.reaches(server, 9042)
    # As one of its own pods it reaches the keeper, and JMX no more than others.
    site.kubectl("payments", "delete", "pod", "caller")
    site.kubectl("strangers", "delete", "pod", "caller")
    own = called(site, NAME, {"app.kubernetes.io/name": NAME})
    assert eventually(lambda: own.reaches(one, 8081), 60)
    assert not own.reaches(one, 7199)
    ask = f"import urllib.request as u; u.urlopen('http://{one}:8081/snapshot', b'')"
    refused = site.tried(NAME, "exec", "caller", "--", "python3", "-c", ask)
    assert "HTTP Error 403" in refused, refused
    site.kubectl(NAME, "delete", "pod", "caller")


@pytest.mark.matrix("components")
def test_rows_outlive_a_kill(site: Site) -> None:
    cql(site, "CREATE TABLE orders.survivors (n int PRIMARY KEY, word text)", "orders")
    cql(site, "INSERT INTO orders.survivors (n, word) VALUES (7, 'seven')", "orders")
    site.kubectl(NAME, "delete", "pod", POD, "--grace-period=0", "--force")
    assert eventually(lambda: ready(site), 300)
    assert cell(site, "SELECT word FROM orders.survivors WHERE n = 7") == "seven"
    # Read back from the commit log, for no table was written.
    assert "Log replay complete" in site.kubectl(NAME, "logs", POD, "-c", NAME)


@pytest.mark.matrix("components")
def test_a_change_backs_up_first_and_a_server_drains_before_it_ends(site: Site) -> None:
    cql(site, "INSERT INTO orders.survivors (n, word) VALUES (8, 'eight')", "orders")
    with ThreadPoolExecutor(1) as aside:
        words = ("logs", "--follow", POD, "-c", NAME)
        log = aside.submit(site.platform.kubectl, *words, component=NAME, patience=900)
        site.on(cassandra=values(site, settings={"concurrent_reads": 16, "commitlog_sync": "batch"}))
        said = site.deploy(600)
        assert "backup cassandra-backup-" in said.err
        ended = log.result()
    # By nodetool, before the signal: what a signal alone begins says less.
    assert "DRAINED" in ended, ended[-3000:]
    assert cell(site, "SELECT value FROM system_views.settings WHERE name = 'concurrent_reads'") == "16"
    assert cell(site, "SELECT word FROM orders.survivors WHERE n = 8") == "eight"
    assert site.platform.states() == {NAME: "unchanged"}


@pytest.mark.matrix("components")
def test_a_dropped_table_comes_back_and_nothing_else_is_touched(site: Site) -> None:
    cql(site, 'CREATE TABLE "table"."Kept" (n int PRIMARY KEY, word text)', "keeper", "simple")
    cql(site, 'CREATE INDEX by_word ON "table"."Kept" (word)', "keeper", "simple")
    cql(site, """INSERT INTO "table"."Kept" (n, word) VALUES (3, 'one')""", "keeper", "simple")
    cql(site, """INSERT INTO "table"."Kept" (n, word) VALUES (8, 'it''s two')""", "keeper", "simple")
    cql(site, "CREATE TABLE IF NOT EXISTS orders.survivors (n int PRIMARY KEY, word text)", "orders")
    cql(site, "INSERT INTO orders.survivors (n, word) VALUES (7, 'seven')", "orders")
    cql(site, "INSERT INTO orders.survivors (n, word) VALUES (8, 'eight')", "orders")
    assert "2 keyspaces" in site.job(NAME, "cassandra-backup", "one", 480)
    cql(site, 'DROP TABLE "table"."Kept"')
    cql(site, "DROP ROLE orders")
    cql(site, "TRUNCATE orders.survivors; INSERT INTO orders.survivors (n) VALUES (9)")
    replication = "{'class': 'NetworkTopologyStrategy', 'dc1': 1}"
    cql(site, f"CREATE KEYSPACE later WITH replication = {replication}")
    said = site.job(NAME, "cassandra-restore", "back", 480)
    assert "table.Kept: 1 files" in said, said
    asked = """SELECT n FROM "table"."Kept" WHERE word = 'it''s two'"""
    assert cell(site, asked, "keeper", "simple") == "8"
    assert cell(site, "SELECT count(*) FROM orders.survivors") == "2"
    assert cell(site, "SELECT word FROM orders.survivors WHERE n = 7") == "seven"
    cql(site, "INSERT INTO orders.survivors (n) VALUES (10)", "orders")
    assert cell(site, "SELECT count(*) FROM orders.survivors") == "3"
    assert (
        cell(site, "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = 'later'")
        == "later"
    )


@pytest.mark.matrix("components")
def test_a_damaged_backup_is_not_restored_and_old_ones_go(site: Site) -> None:
    for name in ("two", "three"):
        said = site.job(NAME, "cassandra-backup", name, 480)
    assert "gone: " in said
    (folder,) = (site.platform.folder / "volumes").glob("*/.lock")
    backups = sorted(each for each in folder.parent.iterdir() if each.name.startswith("2"))
    assert len(backups) == 2
    with (backups[-1] / "schema.cql").open("a") as file:
        file.write("DROP KEYSPACE orders;\n")
    with pytest.raises(AssertionError, match=r"schema\.cql is damaged"):
        site.job(NAME, "cassandra-restore", "damaged", 480)
    assert cell(site, "SELECT count(*) FROM orders.survivors") == "3"
    assert not (folder.parent / ".work").exists()
