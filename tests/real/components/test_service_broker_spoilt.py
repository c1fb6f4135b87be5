"""The service broker beside tenants that use what an owner of a database may, against it and each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.real.components.broker import LOGIN, NAME, ORDERS, Team, bound, of, sql, team, wanted
from tests.real.components.brokered import application, brokered, limit, psql
from tests.real.components.site import Site
from tests.real.kube import eventually

pytestmark = pytest.mark.story

OTHER = f"{ORDERS}/service_bindings/other"
SHOP = "/v2/service_instances/shop"
SHOPS = f"{SHOP}/service_bindings/web"
SPOILT = (
    "SET role = '{name}'",
    "SET default_transaction_read_only = on",
    "SET search_path = public",
    "SET idle_session_timeout = 1",
    "SET idle_in_transaction_session_timeout = 1",
    "SET local_preload_libraries = 'nothing'",
    "CONNECTION LIMIT 0",
    "IS_TEMPLATE true",
)
"""What the owner says of its database: each would keep the broker out of it, or from its work there."""


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with brokered(tmp_path_factory.mktemp(NAME), testbed) as made:
        yield made


@pytest.fixture(scope="module")
def payments(site: Site) -> Team:
    """The team of an application, which has a pod with the login `web` of `orders`."""
    made = team(site, "payments")
    assert eventually(lambda: made.ask("GET", "/v2/catalog").status == 200, 60)
    asked = [("PUT", each, wanted()) for each in (ORDERS, SHOP)]
    asked += [("PUT", each, bound()) for each in (LOGIN, OTHER, SHOPS)]
    assert [each.status for each in made.in_turn(*asked)] == [201] * 5
    site.secret("payments", "orders-db", uri=_given(made, LOGIN)["uri"])
    application(site)
    return made


def _given(payments: Team, binding: str) -> dict[str, str]:
    found: dict[str, str] = payments.ask("GET", binding).body["credentials"]
    return found


def _psql(site: Site, uri: str, database: str, statement: str) -> str:
    script = 'psql "$1" -At -c "$2" 2>&1 || true'
    address = uri.replace(uri.rpartition("/")[2].partition("?")[0], database)
    words = ("exec", "orders", "--", "sh", "-c", script, "sh", address, statement)
    return site.kubectl("payments", *words).strip()


@pytest.mark.matrix("components")
def test_what_another_tenant_grants_ties_nobody_to_it(site: Site, payments: Team) -> None:
    shop, mine = (_given(payments, each) for each in (SHOPS, LOGIN))
    for role in (shop["username"], shop["database"]):
        told = psql(
            site,
            f"GRANT ALL ON DATABASE {mine['database']} TO {role}; CREATE TABLE {role} (n int);"
            f"GRANT ALL ON {role} TO {role}; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {role}",
        )
        assert told.endswith("ALTER DEFAULT PRIVILEGES"), told
    # What is granted is used, and so is the database where everybody is let in.
    for place in (mine["database"], "postgres"):
        for role in (shop["username"], shop["database"]):
            made = _psql(site, shop["uri"], place, f"SET ROLE {role}; SELECT lo_create(0) > 0")
            assert made.split() == ["SET", "t"], made
    both = payments.in_turn(("DELETE", f"{SHOPS}{of()}", None), ("DELETE", f"{SHOP}{of()}", None))
    assert [each.status for each in both] == [200, 200], both
    roles = f"SELECT count(*) FROM pg_roles WHERE rolname IN ('{shop['username']}', '{shop['database']}')"  # noqa: S608
    assert sql(site, roles) == "0"
    assert psql(site, f"TABLE {shop['username']}") == "", "nobody else lost anything"


@pytest.mark.matrix("components")
def test_a_database_that_its_owner_has_spoilt_is_unbound_and_dropped_all_the_same(
    site: Site, payments: Team
) -> None:
    mine = _given(payments, LOGIN)
    name = mine["database"]
    told = ["SET ROLE NONE", "CREATE TABLE own (n int)", f"SET ROLE {name}"]
    told += [f"ALTER DATABASE {name} {each.format(name=name)}" for each in SPOILT]
    told.append(f"REVOKE CONNECT ON DATABASE {name} FROM {name}")
    # In one session: after some of them it would not get in again.
    said = psql(site, "; ".join(told))
    assert said.endswith("REVOKE"), said
    both = payments.together(*(("DELETE", f"{each}{of()}", None) for each in (LOGIN, OTHER)))
    assert [each.status for each in both] == [200, 200], both
    assert limit(site, name) == "10", "the plan's own again"
    assert payments.ask("DELETE", f"{ORDERS}{of()}").status == 200
    assert sql(site, "SELECT datname FROM pg_database WHERE datname LIKE 'osb%'") == ""
    assert sql(site, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'osb%'") == ""
