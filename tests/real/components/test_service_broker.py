"""The service broker as a component: the specification's answers, logins, kills, change, restore."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real.components.broker import (
    DATABASE,
    HUGE,
    LARGE,
    LOGIN,
    NAME,
    ORDERS,
    SERVICE,
    SMALL,
    Request,
    Team,
    bound,
    meanwhile,
    of,
    sql,
    team,
    wanted,
)
from tests.real.components.brokered import application, brokered, brokers, held_up, limit, psql, values
from tests.real.components.callers import called
from tests.real.components.osb import HEADS, LINES
from tests.real.components.site import Site
from tests.real.kube import eventually

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with brokered(tmp_path_factory.mktemp(NAME), testbed) as made:
        yield made


@pytest.fixture(scope="module")
def payments(site: Site) -> Team:
    """The team of an application."""
    made = team(site, "payments")
    assert eventually(lambda: made.ask("GET", "/v2/catalog").status == 200, 60)
    return made


@pytest.mark.matrix("components")
def test_it_runs_on_postgresql_and_a_second_run_does_nothing(site: Site, payments: Team) -> None:
    assert site.platform.states() == {DATABASE: "unchanged", NAME: "unchanged"}
    assert len(brokers(site)) == 2
    site.platform.must("verify")
    said = payments.ask("GET", "/v2/catalog")
    (service,) = said.body["services"]
    assert {"id": SERVICE, "bindable": True, "plan_updateable": True}.items() <= service.items()
    assert [(each["name"], each["free"]) for each in service["plans"]] == [("small", True), ("large", False)]
    assert said.headers["content-type"] == "application/json"


@pytest.mark.matrix("components")
def test_each_answer_is_the_specification_s(site: Site, payments: Team) -> None:
    answers = payments.in_turn(*(each[:3] for each in LINES))
    for place, ((method, path, _, status, word), said) in enumerate(zip(LINES, answers, strict=True)):
        asked = f"{place}: {method} {path}"
        assert (said.status, said.body.get("error", "")) == (status, word), f"{asked}: {said}"
        assert status < 300 or said.body["description"], asked
    answers = payments.in_turn(*(("GET", "/v2/catalog", None, headers) for headers, _ in HEADS))
    assert [each.status for each in answers] == [status for _, status in HEADS]
    assert answers[0].headers["x-broker-api-request-identity"] == "0f-1"
    assert answers[-1].headers["www-authenticate"] == 'Basic realm="service broker"'
    # Nothing stays of all that.
    assert sql(site, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'osb%'") == ""
    assert sql(site, "SELECT datname FROM pg_database WHERE datname LIKE 'osb%'") == ""


@pytest.mark.matrix("components")
def test_what_takes_its_time_is_asked_for_again(payments: Team) -> None:
    begun = payments.ask("PUT", f"{ORDERS}?accepts_incomplete=true", wanted())
    assert begun.status == 202
    polled = f"{ORDERS}/last_operation?operation={begun.body['operation']}&service_id={SERVICE}"
    assert eventually(lambda: payments.ask("GET", polled).body["state"] == "succeeded", 30)
    assert payments.ask("GET", ORDERS).body["plan_id"] == SMALL
    begun = payments.ask("DELETE", f"{ORDERS}{of(accepts_incomplete='true')}")
    assert begun.status == 202
    assert eventually(lambda: payments.ask("GET", f"{ORDERS}/last_operation").status == 410, 30)


# Nobody makes or drops a database then.
LOCKED = "LOCK TABLE pg_database IN SHARE MODE"


@pytest.mark.matrix("components")
def test_what_is_asked_meanwhile_is_answered_as_long_as_it_takes(site: Site, payments: Team) -> None:
    slow = "/v2/service_instances/slow"
    later, away = f"{slow}?accepts_incomplete=true", f"{slow}{of(accepts_incomplete='true')}"
    with meanwhile(site, LOCKED):
        begun, *said = payments.in_turn(
            ("PUT", later, wanted()),
            ("PUT", later, wanted()),
            ("PUT", slow, wanted(LARGE)),
            ("PATCH", slow, {"service_id": SERVICE}),
            ("PUT", f"{slow}/service_bindings/web", bound()),
            ("GET", slow, None),
            ("GET", f"{slow}/last_operation", None),
        )
    assert [each.status for each in (begun, *said)] == [202, 202, 409, 422, 422, 404, 200]
    assert said[0].body == begun.body
    assert [said[each].body["error"] for each in (2, 3)] == ["ConcurrencyError"] * 2
    assert said[-1].body == {"state": "in progress"}
    assert eventually(lambda: payments.ask("GET", slow).status == 200, 60)
    with meanwhile(site, LOCKED):
        begun, *said = payments.in_turn(
            ("DELETE", away, None),
            ("DELETE", away, None),
            ("PUT", later, wanted()),
            ("GET", f"{slow}/last_operation", None),
        )
    assert [each.status for each in (begun, *said)] == [202, 202, 422, 200]
    assert said[0].body == begun.body
    assert eventually(lambda: payments.ask("GET", f"{slow}/last_operation").status == 410, 60)


@pytest.mark.matrix("components")
def test_an_application_logs_in_with_what_is_bound_and_nobody_else(site: Site, payments: Team) -> None:
    said = payments.in_turn(("PUT", ORDERS, wanted()), ("PUT", LOGIN, bound()), ("GET", LOGIN, None))
    assert [each.status for each in said] == [201, 201, 200]
    given = said[1].body["credentials"]
    assert said[1].body["endpoints"] == [{"host": given["host"], "ports": ["5432"], "protocol": "tcp"}]
    assert said[2].body["credentials"] == given
    site.secret("payments", "orders-db", uri=given["uri"])
    application(site)
    assert psql(site, "CREATE TABLE mine (n int)") == "CREATE TABLE"
    assert psql(site, "CREATE EXTENSION pg_trgm") == "CREATE EXTENSION"
    # Even what it makes by another name than the owner's is the owner's in the end.
    assert psql(site, "SET ROLE NONE; CREATE TABLE own (n int); SELECT current_user").endswith(
        given["username"]
    )
    owner = given["database"]
    assert psql(site, "SELECT current_user") == owner
    assert limit(site, owner) == "10"

    # Another instance's login does not get in here, nor does this one there, nor at the broker's.
    other = "/v2/service_instances/other"
    made = payments.in_turn(("PUT", other, wanted()), ("PUT", f"{other}/service_bindings/web", bound()))
    theirs = made[1].body["credentials"]
    for name in (theirs["database"], "broker"):
        script = f'psql "${{DATABASE_URL%/*}}/{name}" -At -c "SELECT 1" 2>&1 || true'
        told = site.kubectl("payments", "exec", "orders", "--", "sh", "-c", script)
        assert "permission denied for database" in told
    assert "permission denied" in psql(site, f'SET ROLE "{theirs["database"]}"')
    gone = payments.in_turn(
        ("DELETE", f"{other}/service_bindings/web{of()}", None), ("DELETE", f"{other}{of()}", None)
    )
    assert [each.status for each in gone] == [200, 200]


@pytest.mark.matrix("components")
def test_unbinding_closes_the_login_ends_its_sessions_and_keeps_what_it_made(
    site: Site, payments: Team
) -> None:
    with ThreadPoolExecutor(1) as aside:
        at_work = aside.submit(psql, site, "SELECT pg_sleep(60)")
        name = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'osb_b%'"
        assert eventually(lambda: sql(site, name) == "1", 30)
        assert payments.ask("DELETE", f"{LOGIN}{of()}").status == 200
        assert "terminating connection" in at_work.result()
    assert "authentication failed" in psql(site, "SELECT 1")
    assert sql(site, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'osb_b%'") == ""
    given = payments.ask("PUT", LOGIN, bound())
    assert given.status == 201
    assert "authentication failed" in psql(site, "SELECT 1")
    owner = given.body["credentials"]["database"]
    told = sql(site, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", owner)
    assert told == owner
    site.kubectl("payments", "delete", "pod", "orders", "--wait")
    site.secret("payments", "orders-db", uri=given.body["credentials"]["uri"])
    application(site)
    assert psql(site, "DROP TABLE own") == "DROP TABLE"


@pytest.mark.matrix("components")
def test_two_who_change_one_instance_are_told(site: Site, payments: Team) -> None:
    owner = psql(site, "SELECT current_user")
    larger: Request = ("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": LARGE})
    with ThreadPoolExecutor(1) as aside:
        with meanwhile(site, f'ALTER DATABASE "{owner}" CONNECTION LIMIT 10'):
            asked = aside.submit(payments.together, larger, larger)
            assert eventually(lambda: sql(site, held_up("ALTER DATABASE")) == "1", 20)
        answers = sorted(asked.result(), key=lambda each: each.status)
    assert [each.status for each in answers] == [200, 422]
    assert answers[1].body["error"] == "ConcurrencyError"
    assert payments.ask("GET", ORDERS).body["plan_id"] == LARGE
    assert limit(site, owner) == "20"
    assert payments.ask("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": SMALL}).status == 200
    # Bindings do not wait for each other.
    paths = [f"{ORDERS}/service_bindings/{each}" for each in ("one", "two", "three")]
    made = payments.together(*(("PUT", each, bound()) for each in paths))
    assert [each.status for each in made] == [201, 201, 201]
    gone = payments.together(*(("DELETE", f"{each}{of()}", None) for each in paths))
    assert [each.status for each in gone] == [200, 200, 200]


@pytest.mark.matrix("components")
def test_brokers_that_are_killed_in_the_middle_lose_nothing(site: Site, payments: Team) -> None:
    cut = "/v2/service_instances/cut"
    killed = brokers(site)
    with meanwhile(site, LOCKED):
        with ThreadPoolExecutor(1) as aside:
            asked = aside.submit(payments.ask, "PUT", cut, wanted())
            assert eventually(lambda: sql(site, held_up("CREATE DATABASE")) == "1", 20)
            site.kubectl(NAME, "delete", "pod", *killed, "--grace-period=0", "--force")
            assert asked.result().status == 0
        assert "creating" in sql(site, "SELECT state FROM broker.instances WHERE id = 'cut'", "broker")
    assert eventually(lambda: len(brokers(site)) == 2, 120)
    assert not set(killed) & set(brokers(site))
    # They finish it by themselves, and who asks again is told.
    assert eventually(lambda: payments.ask("GET", cut).status == 200, 60)
    answers = payments.in_turn(
        ("PUT", cut, wanted()),
        ("PUT", f"{cut}/service_bindings/web", bound()),
        ("DELETE", f"{cut}/service_bindings/web{of()}", None),
        ("DELETE", f"{cut}{of()}", None),
    )
    assert [each.status for each in answers] == [200, 201, 200, 200]
    assert psql(site, "SELECT 1") == "1"


@pytest.mark.matrix("components")
def test_what_postgresql_refuses_is_told_and_can_be_had_later(site: Site, payments: Team) -> None:
    barred = "/v2/service_instances/barred"
    sql(site, "ALTER ROLE broker NOCREATEDB")
    said, polled = payments.in_turn(("PUT", barred, wanted()), ("GET", f"{barred}/last_operation", None))
    why = "PostgreSQL says: permission denied to create database (42501)"
    assert (said.status, said.body["description"]) == (500, why)
    assert polled.body == {"state": "failed", "description": why}
    sql(site, "ALTER ROLE broker CREATEDB")
    answers = payments.in_turn(("PUT", barred, wanted()), ("DELETE", f"{barred}{of()}", None))
    assert [each.status for each in answers] == [201, 200]


@pytest.mark.matrix("components")
def test_a_change_of_the_catalog_comes_one_broker_after_the_other(site: Site, payments: Team) -> None:
    huge = {"id": HUGE, "name": "huge", "description": "All", "connections": -1}
    before = brokers(site)
    with payments.looking() as answers:
        site.on(postgresql={}, service_broker=values(site, huge))
        site.deploy(400)
        time.sleep(1)
    assert len(answers) > 10
    assert set(answers) == {200}
    assert not set(before) & set(brokers(site))
    assert site.platform.states() == {DATABASE: "unchanged", NAME: "unchanged"}
    assert payments.ask("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": HUGE}).status == 200
    assert limit(site, psql(site, "SELECT current_user")) == "-1"


@pytest.mark.matrix("components")
def test_postgresql_s_backup_brings_back_what_was_bound(site: Site, payments: Team) -> None:
    psql(site, "INSERT INTO mine VALUES (7)")
    site.job(DATABASE, "postgresql-backup", "one")
    away: list[Request] = [("DELETE", f"{LOGIN}{of(HUGE)}", None), ("DELETE", f"{ORDERS}{of(HUGE)}", None)]
    later = "/v2/service_instances/later"
    answers = payments.in_turn(*away, ("PUT", later, wanted()))
    assert [each.status for each in answers] == [200, 200, 201]
    assert "restored broker" in site.job(DATABASE, "postgresql-restore", "back")
    assert eventually(lambda: payments.ask("GET", ORDERS).status == 200, 60)
    assert psql(site, "SELECT n FROM mine") == "7"
    # What came later is not known. Made again it is taken over, and can be given back.
    answers = payments.in_turn(
        ("PUT", LOGIN, bound(HUGE)),
        ("GET", later, None),
        ("PUT", later, wanted()),
        ("DELETE", f"{later}{of()}", None),
        *away,
    )
    assert [each.status for each in answers] == [200, 404, 201, 200, 200, 200]
    assert sql(site, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'osb%'") == ""


@pytest.mark.matrix("components")
def test_only_those_who_may_reach_it_and_no_log_has_a_password(site: Site, payments: Team) -> None:
    stranger = called(site, "strangers", {})
    server = f"{NAME}.{site.namespace(NAME)}"
    assert not stranger.reaches(server, 8080)
    assert not stranger.reaches(server, 9000)
    path = f"/api/v1/namespaces/{site.namespace(NAME)}/services/{NAME}:9000/proxy/metrics"
    said = site.platform.kubectl("get", "--raw", path)
    assert "\nservice_broker_database_up 1\n" in said
    assert '\nservice_broker_instances{state="ready"} 0\n' in said
    # Each statement is in the database's log, with verifiers in it.
    logs = site.kubectl(DATABASE, "logs", f"{DATABASE}-0", "-c", DATABASE, "--tail=-1")
    logs += site.kubectl(NAME, "logs", "--selector", f"app.kubernetes.io/name={NAME}", "--tail=-1")
    assert "CREATE ROLE" in logs
    word = site.kubectl("payments", "exec", "orders", "--", "printenv", "DATABASE_URL").split(":")[2]
    assert word.partition("@")[0] not in logs
    assert "c'd" not in logs
