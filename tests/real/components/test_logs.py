"""Log lines of an application, from its container's file to a query, with the templates of our Job.

OpenSearch stands in Elasticsearch's place, and Debian's rsyslog in Fluent Bit's. Of what the Jobs ask for,
templates, streams, snapshots and restores are the same in both, and so is the form in which both tell why a
part is not restored. What needs Elastic's own (a policy by age, users and roles), and Kibana's views, are
tried against doubles in tests/charts. The repository is a folder of the server's volume, in a bucket's place.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.components.callers import called, placed
from tests.real.components.shipping import JOB, SERVER, SHIPPER, STREAM, Shipped, shipped
from tests.real.kube import eventually
from tests.real.test_flows import deployed

pytestmark = pytest.mark.story

TEAM = f"t{time.time_ns() % 10**8}"
ORDERS = {"application": "orders"}
BESIDE = f"restored-{STREAM}"
SAYS = """for place in range(int(self.path.partition("burst=")[2] or 1)):
                said = {"level": "INFO", "path": self.path, "place": place, "a.b": {"c": 1}}
                print(json.dumps(said), flush=True)
            print("plainly: " + self.path, flush=True)"""


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    with shipped(tmp_path_factory.mktemp("logs"), testbed, TEAM) as made:
        yield made


@pytest.fixture(scope="module")
def orders(
    site: Shipped, testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """A generated application that says JSON of each request, and a text."""
    with app.new(testbed, tmp_path_factory.mktemp("orders"), team=TEAM) as made:
        made.replace("orders/web.py", "super().log_message(format, *args)", SAYS)
        made.replace("orders/web.py", "from http.server", "import json\nfrom http.server")
        deployed(made)
        yield made


def places(site: Shipped, path: str) -> list[int]:
    """What the application said of one request, in order."""
    lines = [each for each in site.found(ORDERS) if each.get("fields", {}).get("path") == path]
    return sorted(each["fields"]["place"] for each in lines)


@pytest.mark.matrix("components")
def test_all_is_as_declared_and_a_second_run_does_nothing(site: Shipped) -> None:
    platform = site.site.platform
    assert platform.states() == dict.fromkeys((SERVER, JOB, SHIPPER), "unchanged")
    platform.must("verify")
    said = site.site.job(SERVER, f"{JOB}-keep", "again")
    assert said == f"as declared: data stream {STREAM}, and 4 that it needs\n"


@pytest.mark.matrix("components")
def test_lines_of_an_application_are_found_by_team_application_and_what_they_say(
    site: Shipped, orders: Application
) -> None:
    orders.http("/?here=1")
    team, level = {"team": TEAM}, {"fields.level": "INFO"}
    assert eventually(lambda: bool(site.found(team, ORDERS, level)), 60)
    (line,) = [each for each in site.found(team, ORDERS, level) if each["fields"]["path"] == "/?here=1"]
    assert line["kubernetes"]["namespace_name"] == orders.namespace
    assert line["kubernetes"]["container_name"] == "web"
    assert (line["fields"]["place"], line["fields"]["a.b"], line["stream"]) == (0, {"c": 1}, "stdout")
    assert line["@timestamp"].startswith(time.strftime("%Y-", time.gmtime()))
    assert eventually(lambda: bool(_said(site, "here")), 30)
    assert site.found({"application": "billing"}) == []
    assert site.found(ORDERS, {"fields.level": "ERROR"}) == []


def _said(site: Shipped, word: str) -> list[Any]:
    """Lines whose text has a word, however it is written."""
    body = {"query": {"bool": {"must": [{"match": {"log": f"plainly {word.upper()}"}}]}}}
    _, said = site.asking.ask(f"/{STREAM}/_search", body=body)
    return [each for each in said["hits"]["hits"] if word in each["_source"]["log"]]


@pytest.mark.matrix("components")
def test_no_line_is_lost_while_the_server_is_away_and_none_is_there_twice(
    site: Shipped, orders: Application
) -> None:
    orders.http("/?burst=50")
    assert arrived(site, 50)
    site.scaled(0)
    before = waiting(site)
    orders.http("/?burst=201")
    assert eventually(lambda: waiting(site) > before + 201 * 200, 30)
    # What waits is on the node, and so is how far each file was read.
    site.site.kubectl(SHIPPER, "delete", "pod", "--selector", f"app.kubernetes.io/name={SHIPPER}", "--wait")
    orders.http("/?burst=202")
    site.site.kubectl(SHIPPER, "rollout", "status", f"daemonset/{SHIPPER}", "--timeout=60s")
    orders.http("/?burst=203")
    site.scaled(1)
    assert [each for each in (201, 202, 203, 50) if not arrived(site, each)] == []
    assert not (site.site.platform.folder / "state" / "refused").exists()


def arrived(site: Shipped, lines: int) -> bool:
    """Whether so many lines of one request come, each of them once."""
    path = f"/?burst={lines}"
    return eventually(lambda: len(places(site, path)) >= lines, 120) and places(site, path) == list(
        range(lines)
    )


def waiting(site: Shipped) -> int:
    """Bytes of the files on the node in which lines wait."""
    return sum(each.stat().st_size for each in (site.site.platform.folder / "state").glob("waiting.0*"))


@pytest.mark.matrix("components")
def test_what_somebody_changed_of_the_templates_is_put_back(site: Shipped) -> None:
    path, place = f"/_index_template/{STREAM}", f"/_data_stream/{STREAM}"
    _, said = site.asking.ask(path)
    template = said["index_templates"][0]["index_template"]
    before = site.asking.ask(place)[1]["data_streams"][0]["generation"]
    changed = {**template, "priority": 7, "data_stream": {}}
    assert site.asking.ask(path, method="PUT", body=changed)[0] == 200
    said = site.site.job(SERVER, f"{JOB}-keep", "back")
    assert f"index template {STREAM}: put back what somebody changed: priority was 7\n" in said
    _, said = site.asking.ask(path)
    assert said["index_templates"][0]["index_template"]["priority"] == 300
    assert site.asking.ask(place)[1]["data_streams"][0]["generation"] == before + 1
    assert site.asking.ask("/_snapshot/backups")[1]["backups"]["type"] == "fs"


@pytest.mark.matrix("components")
def test_lines_that_are_deleted_come_back_by_the_jobs_and_nothing_else_is_touched(
    site: Shipped, orders: Application
) -> None:
    orders.http("/?kept=1")
    assert eventually(lambda: len(found(site, STREAM)) == 1, 60)
    written(site, "neighbour", "before")
    name = backed_up(site, "kept")
    written(site, "neighbour", "after")
    written(site, "newcomer", "after")
    (line,) = found(site, STREAM)
    place = f"/{line['_index']}/_doc/{quote(line['_id'], safe='')}?refresh=true"
    assert site.asking.ask(place, method="DELETE")[0] == 200
    before = there(site)
    # Beside what is there, of which nobody knows whether it is still wanted.
    said = site.site.job(SERVER, f"{JOB}-restore", "beside")
    assert said == f"restored {STREAM} of {name} as {BESIDE}\n"
    assert (len(found(site, BESIDE)), found(site, STREAM)) == (1, [])
    with pytest.raises(AssertionError, match=f"DELETE _data_stream/{BESIDE}"):
        site.site.job(SERVER, f"{JOB}-restore", "beside-again")
    # In its place, while nothing writes: the next line would make the stream anew.
    site.sending(False)
    assert site.asking.ask(f"/_data_stream/{STREAM}", method="DELETE")[0] == 200
    said = site.site.job(SERVER, f"{JOB}-restore", "in-place")
    assert said == f"restored {STREAM} of {name} as {STREAM}\n"
    assert len(found(site, STREAM)) == 1
    assert {each: there(site).get(each) for each in before} == before
    # What came back goes on.
    site.sending(True)
    orders.http("/?after=1")
    assert eventually(lambda: places(site, "/?after=1") == [0], 60)
    assert f"removed {name}\n" in site.site.job(SERVER, f"{JOB}-backup", "second")


@pytest.mark.matrix("components")
def test_a_snapshot_that_is_damaged_or_not_there_is_refused_with_what_to_do(site: Shipped) -> None:
    name = backed_up(site, "before-the-damage")
    site.asking.ask(f"/_data_stream/{BESIDE}", method="DELETE")
    before = there(site)
    # Each part's content, of one snapshot and of all that share it; their lists stay.
    blobs = [each for each in site.data().glob("snapshots/indices/*/*/__*") if each.is_file()]
    assert blobs
    for each in blobs:
        content = bytearray(each.read_bytes())
        content[len(content) // 2] ^= 0xFF
        each.write_bytes(content)
    with pytest.raises(AssertionError, match=f"{BESIDE} is not all that {name} has: .*failed to be restored"):
        site.site.job(SERVER, f"{JOB}-restore", "damaged")
    assert {each: there(site).get(each) for each in before} == before
    # As it says.
    assert site.asking.ask(f"/_data_stream/{BESIDE}", method="DELETE")[0] == 200
    site.site.on(elasticsearch={}, logs={"restore": {"from": "logs-20200101t000000z"}}, fluent_bit={})
    site.site.deploy()
    missing = f"there is no snapshot logs-20200101t000000z: there are: {name}"
    with pytest.raises(AssertionError, match=missing):
        site.site.job(SERVER, f"{JOB}-restore", "missing")
    assert there(site) == before


def backed_up(site: Shipped, job: str) -> str:
    """The name of a snapshot that the Job for it has made."""
    said = site.site.job(SERVER, f"{JOB}-backup", job)
    found = re.search(r"^made (logs-\d{8}t\d{6}z): \d+ indices$", said, re.MULTILINE)
    assert found, said
    return found[1]


def written(site: Shipped, index: str, word: str) -> None:
    """One document in somebody else's index."""
    status, said = site.asking.ask(f"/{index}/_doc?refresh=true", body={"word": word})
    assert status == 201, said


def there(site: Shipped) -> dict[str, tuple[str, str]]:
    """Each index but the stream's and what comes back of it: which one it is, and how much is in it."""
    status, said = site.asking.ask("/_cat/indices?format=json&expand_wildcards=all")
    assert status == 200, said
    others = [each for each in said if STREAM not in each["index"]]
    return {each["index"]: (each["uuid"], each["docs.count"]) for each in others}


def found(site: Shipped, stream: str) -> list[Any]:
    """The line that was kept, as often as it is there."""
    site.asking.ask(f"/{stream}/_refresh", method="POST")
    _, said = site.asking.ask(f"/{stream}/_search", body={"query": {"term": {"fields.path": "/?kept=1"}}})
    return list(said["hits"]["hits"])


@pytest.mark.matrix("components")
def test_only_those_who_may_reach_the_server(site: Shipped) -> None:
    server = f"{SERVER}-es-http.{site.site.namespace(SERVER)}"
    kibana = {"app.kubernetes.io/name": "kibana", "pipelinekit.dev/part": "server"}
    shipper = {**kibana, "app.kubernetes.io/name": SHIPPER}
    stranger = called(site.site, "strangers", kibana)
    assert not stranger.reaches(server, 9200)
    assert called(site.site, "kibana", kibana).reaches(server, 9200)
    assert not called(site.site, "closed", shipper).reaches(server, 9200)
    assert not site.asking.reaches(server, 9300)


@pytest.mark.matrix("components")
def test_jobs_reach_the_server_alone_and_others_of_their_namespace_not_even_that(
    site: Shipped,
) -> None:
    server = f"{SERVER}-es-http.{site.site.namespace(SERVER)}"
    reached = {}
    for part in ("backup", "restore", ""):
        labels = {
            "app.kubernetes.io/name": JOB,
            "app.kubernetes.io/instance": JOB,
            "pipelinekit.dev/part": part,
        }
        pod = placed(site.site, SERVER, labels if part else {"app": "stranger"})
        # A new pod may be shut off for seconds.
        served = eventually(partial(pod.reaches, server, 9200), 30 if part else 0)
        reached[part] = [served, pod.reaches(server, 9300)]
        # Whatever else is in the namespace is nobody's, and goes where its own policies let it.
        if part:
            reached[part].append(pod.reaches("kubernetes.default", 443))
        site.site.kubectl(SERVER, "delete", "pod", "caller", "--wait")
    assert reached == {"backup": [True, False, False], "restore": [True, False, False], "": [False, False]}
