"""PostgreSQL as a component: databases, who is let in, backup and restore, what happens when it dies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.real.components.site import Site, image, made_site, postgresql
from tests.real.kube import eventually

# What files, SQL and shells take for something else.
PASSWORD = "a:b\\c'd\"e$(f) `g`"
NAME = "postgresql"


def values(site: Site, **more: Any) -> dict[str, Any]:
    """What a small node gets."""
    return postgresql(
        site,
        {"name": "orders", "secret": "orders-db", "extensions": ["pgcrypto"]},
        {"name": "shop", "role": "keeper", "secret": "shop-db", "key": "word"},
        settings={"shared_buffers": "32MB", "application_name": "it's \\ here"},
        **more,
    )


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with made_site(tmp_path_factory.mktemp("postgresql"), testbed) as made:
        made.take(NAME)
        made.space(NAME)
        made.secret(NAME, NAME, password=PASSWORD)
        made.secret(NAME, "orders-db", password=PASSWORD)
        made.secret(NAME, "shop-db", word="simple")
        made.volume()
        made.volume()
        made.on(postgresql=values(made))
        made.deploy()
        yield made


def sql(site: Site, statement: str, database: str = "postgres") -> str:
    """What the superuser is told, who logs in over TCP with the Secret's password."""
    script = f'. /scripts/connect.sh; PGHOST=127.0.0.1 sql --dbname={database} --command="$1"'
    words = ("exec", f"{NAME}-0", "-c", NAME, "--", "sh", "-c", script, "sh", statement)
    return site.kubectl(NAME, *words).strip()


def login(site: Site, role: str, database: str, password: str) -> str:
    """What somebody is told who logs in through the Service; the reason where that is refused."""
    script = 'PGPASSWORD="$1" psql -h "$2" -U "$3" -d "$4" -At -c "SELECT current_user" 2>&1 || true'
    host = f"{NAME}.{site.namespace(NAME)}.svc"
    words = ("exec", f"{NAME}-0", "-c", NAME, "--", "sh", "-c", script, "sh", password, host, role, database)
    return site.kubectl(NAME, *words).strip()


@pytest.mark.matrix("components")
def test_it_runs_its_databases_are_there_and_a_second_run_does_nothing(site: Site) -> None:
    assert site.platform.states() == {NAME: "unchanged"}
    assert login(site, "orders", "orders", PASSWORD) == "orders"
    assert login(site, "keeper", "shop", "simple") == "keeper"
    assert "password authentication failed" in login(site, "orders", "orders", "simple")
    assert "permission denied for database" in login(site, "orders", "shop", PASSWORD)
    assert sql(site, "SELECT extname FROM pg_extension WHERE extname = 'pgcrypto'", "orders") == "pgcrypto"
    assert sql(site, "SHOW application_name; SHOW shared_buffers").splitlines()[-1] == "32MB"
    logs = site.kubectl(NAME, "logs", f"{NAME}-0", "--all-containers")
    assert PASSWORD not in logs
    assert "c'd" not in logs
    site.platform.must("verify")


@pytest.mark.matrix("components", sample=True)
def test_what_was_backed_up_is_restored_and_nothing_else_is_touched(site: Site) -> None:
    sql(site, "CREATE TABLE rows AS SELECT generate_series(1, 1000) AS n", "orders")
    sql(site, "CREATE TABLE kept (n int); ALTER TABLE kept OWNER TO keeper", "shop")
    assert "3 databases" in site.job(NAME, "postgresql-backup", "one")
    sql(site, "DROP DATABASE orders WITH (FORCE)")
    sql(site, "DROP DATABASE shop WITH (FORCE)")
    sql(site, "DROP ROLE keeper")
    sql(site, "CREATE DATABASE later")
    said = site.job(NAME, "postgresql-restore", "back")
    assert "restored orders" in said
    assert sql(site, "SELECT count(*) FROM rows", "orders") == "1000"
    assert sql(site, "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'", "shop") == "keeper"
    assert login(site, "keeper", "shop", "simple") == "keeper"
    assert "permission denied for database" in login(site, "orders", "shop", PASSWORD)
    assert sql(site, "SELECT count(*) FROM pg_database WHERE datname = 'later'") == "1"
    sql(site, "DROP DATABASE later")


@pytest.mark.matrix("components")
def test_a_damaged_backup_is_not_restored_and_old_ones_go(site: Site) -> None:
    for name in ("two", "three"):
        said = site.job(NAME, "postgresql-backup", name)
    assert "gone: " in said
    (folder,) = (site.platform.folder / "volumes").glob("*/.lock")
    backups = sorted(each for each in folder.parent.iterdir() if each.name.startswith("2"))
    assert len(backups) == 2
    with (backups[-1] / "globals.sql").open("a") as file:
        file.write("DROP DATABASE orders;\n")
    with pytest.raises(AssertionError, match="FAILED"):
        site.job(NAME, "postgresql-restore", "damaged")
    assert sql(site, "SELECT count(*) FROM rows", "orders") == "1000"
    (backups[-1] / "SHA256SUMS").unlink()
    with pytest.raises(AssertionError, match="SHA256SUMS"):
        site.job(NAME, "postgresql-restore", "unknown")
    assert not (folder.parent / ".work").exists()


@pytest.mark.matrix("components")
def test_what_is_committed_outlives_a_kill_and_a_new_password_counts_from_the_next_start(site: Site) -> None:
    sql(site, "CREATE TABLE survivor AS SELECT 7 AS n", "orders")
    site.secret(NAME, NAME, password="another 'one'")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--grace-period=0", "--force")
    assert eventually(lambda: _ready(site), 90)
    assert sql(site, "SELECT n FROM survivor", "orders") == "7"
    assert login(site, "postgres", "postgres", "another 'one'") == "postgres"
    assert "password authentication failed" in login(site, "postgres", "postgres", PASSWORD)


def _ready(site: Site) -> bool:
    words = ("get", "pods", f"{NAME}-0", "--ignore-not-found", "--output")
    found = site.kubectl(NAME, *words, "jsonpath={.status.containerStatuses[0].ready}")
    return found == "true"


@pytest.mark.matrix("components")
def test_an_upgrade_backs_up_first_ends_sessions_and_brings_the_metrics(site: Site) -> None:
    metrics = {"enabled": True, "image": image(site.env, "prometheuscommunity/postgres-exporter:0.11")}
    site.on(postgresql=values(site, metrics=metrics))
    said = site.deploy()
    assert "backup postgresql-backup-" in said.err
    path = f"/api/v1/namespaces/{site.namespace(NAME)}/services/{NAME}:9187/proxy/metrics"
    assert eventually(lambda: "\npg_up 1" in site.platform.kubectl("get", "--raw", path), 60)
    log = site.kubectl(NAME, "logs", f"{NAME}-0", "-c", NAME)
    assert "database system was not properly shut down" not in log
    assert site.platform.states() == {NAME: "unchanged"}


@pytest.mark.matrix("components")
def test_data_of_another_major_is_told_and_not_touched(site: Site) -> None:
    (version,) = (site.platform.folder / "volumes").glob("*/cluster/PG_VERSION")
    version.write_text("14\n")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--wait")

    def told() -> bool:
        words = ("logs", f"{NAME}-0", "-c", "prepare", "--ignore-errors")
        return "the data is PostgreSQL 14's, the image has 15" in site.kubectl(NAME, *words)

    assert eventually(told, 60)
    version.write_text("15\n")
    site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--wait")
    assert eventually(lambda: _ready(site), 90)
    assert sql(site, "SELECT n FROM survivor", "orders") == "7"
