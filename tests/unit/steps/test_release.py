from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import CheckFailed, Fault, PipelinekitError, Refused, ToolFailed
from pipelinekit.model.app import Process, SecretRef
from pipelinekit.model.deployment import DeploymentPlan, Look
from pipelinekit.model.receipts import ChartPublished, Deployed, Verified
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.deploying.deploymentplan import lines
from pipelinekit.ports import SILENT
from pipelinekit.steps import release
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying import patience
from pipelinekit.steps.deploying.deployment import Prepared, find, plan_deployment
from pipelinekit.steps.deploying.outlook import BLINKS
from tests import examples
from tests.doubles import Charts, Cluster, Receipts, Record, Registry, Releases, Signer, Workspace, digest
from tests.things import Things

PLAN = examples.plan()
DEV = examples.target()


class Bench:
    """A published chart, a cluster, and what has been said so far."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.registry = Registry()
        self.receipts = Receipts()
        self.charts = Charts()
        self.cluster = Cluster()
        self.releases = Releases(self.cluster)
        self.said: list[str] = []
        self.while_waiting: Callable[[], None] | None = None
        self.waited = 0
        self.chart = self.publish()

    def publish(self, **texts: str) -> ChartPublished:
        """Publish a chart in the place of the one before, and keep its receipt."""
        folder = self.workspace.working_folder("source")
        shutil.rmtree(folder / "templates", ignore_errors=True)
        for name, text in {
            "Chart.yaml": "name: orders\nversion: 1.2.3\n",
            "values.yaml": "image: {digest: x}",
            **texts,
        }.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        archive = self.charts.package(folder, {}, "{}", folder.parent, "published", root=folder.parent)
        receipt = ChartPublished(
            key=PLAN.key,
            version=PLAN.version,
            repository=f"{PLAN.chart.registry}/{PLAN.chart.repository}",
            digest=self.registry.publish_chart(PLAN.chart, archive, {}),
            archive_digest=digest(archive.read_bytes()),
            image_repository="payments/orders",
            image_digest=examples.DIGEST,
        )
        self.receipts.save(receipt)
        self.chart = receipt
        return receipt

    def deploy(
        self, target: Target = DEV, plan: ReleasePlan = PLAN, promised: str = ""
    ) -> tuple[Deployed, Did]:
        return release.deploy(
            self.prepare(target, plan),
            releases=self.releases,
            cluster=self.cluster,
            objects=self.cluster.things,
            receipts=self.receipts,
            timeout=10,
            say=self.said.append,
            sleep=self._sleep,
            promised=promised,
        )

    def prepare(self, target: Target = DEV, plan: ReleasePlan = PLAN) -> Prepared:
        return release.prepare(
            plan,
            self.chart,
            target,
            self.workspace,
            self.charts,
            self.registry,
            self.cluster,
            self.said.append,
        )

    def plan(self) -> DeploymentPlan:
        things = self.cluster.things
        there = find(DEV, self.releases.state(DEV), things, self.said.append)
        return plan_deployment(self.prepare(), there, self.releases, things)

    def verify(self, plan: ReleasePlan = PLAN, target: Target = DEV) -> tuple[Verified, Did]:
        return release.verify(plan, target, self.releases, self.receipts, self.said.append)

    @property
    def records(self) -> dict[int, Record]:
        return self.cluster.records.setdefault((DEV.namespace, DEV.name), {})

    def pending(self, owner: str, *, seconds: float, status: str = "pending-upgrade") -> int:
        """Leave the record of a deployment that is under way, or was killed; its revision."""
        revision = max(self.records, default=0) + 1
        labels = {"owner": owner, "until": str(time.time() + seconds)}
        self.records[revision] = Record(status, {}, "half", labels)
        self.cluster.namespaces.add("payments-dev")
        return revision

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.waited += 1
        assert self.waited < 5, "it waits for ever"
        if self.while_waiting:
            self.while_waiting()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    # Every pod has had its time to start.
    monkeypatch.setattr(patience, "STARTING", 0.0)
    return Bench(tmp_path)


def another_key(**fields: str) -> ReleasePlan:
    return replace(PLAN, key=replace(PLAN.key, **fields))


def code_of(error: PipelinekitError) -> str:
    return error.faults[0].code


# --- what was published ---------------------------------------------------------------------------


def test_a_published_chart_is_taken_when_the_repository_still_has_it(bench: Bench) -> None:
    assert release.published(PLAN, bench.registry, bench.receipts) == bench.chart


def test_without_a_published_chart_nothing_is_deployed(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, Receipts())
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)
    assert caught.value.faults[0].hint == "run `pipelinekit publish` first"


@pytest.mark.parametrize("key", [{"commit": "f"}, {"descriptor": "d"}, {"platform": "p"}])
def test_a_chart_of_something_else_is_refused(bench: Bench, key: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        release.published(another_key(**key), bench.registry, bench.receipts)
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)


@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_a_chart_that_the_repository_has_no_more_is_refused(bench: Bench, change: str) -> None:
    bench.registry.delete(PLAN.chart)
    if change == "replaced":
        bench.registry.store(PLAN.chart, {"chart": b"another"})
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, bench.receipts)
    assert code_of(caught.value) == "chart-moved"


def test_where_charts_are_verified_an_unsigned_one_is_refused(bench: Bench) -> None:
    signer = Signer()
    with pytest.raises(Refused) as caught:
        release.published(PLAN, bench.registry, bench.receipts, signer)
    assert code_of(caught.value) == "chart-unsigned"
    signer.signatures.add(bench.chart.digest)
    assert release.published(PLAN, bench.registry, bench.receipts, signer) == bench.chart


# --- deploy ---------------------------------------------------------------------------------------


def test_a_first_deployment_makes_the_namespace_and_installs_the_chart(bench: Bench) -> None:
    receipt, did = bench.deploy()
    assert bench.cluster.namespaces == {"payments-dev"}
    assert did == Did("orders 1.2.3 runs in dev (namespace payments-dev)", acted=True)
    assert (receipt.revision, receipt.environment, receipt.namespace) == (1, "dev", "payments-dev")
    assert receipt.chart_digest == bench.chart.digest
    assert bench.receipts.load(Deployed, "dev") == receipt
    assert bench.records[1].values["image"] == {"registry": "nexus.acme.example:5000", "pullSecrets": []}


def test_deploying_again_changes_nothing(bench: Bench) -> None:
    first, _ = bench.deploy()
    again, did = bench.deploy()
    assert (again, list(bench.records)) == (first, [1])
    assert did == Did("orders 1.2.3 runs already in dev (namespace payments-dev)", acted=False)


def test_another_chart_is_deployed_although_it_has_the_same_values(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, 2)


def test_what_is_not_ready_is_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = len(BLINKS) + 2
    _, did = bench.deploy()
    assert did.acted


def test_what_is_ready_again_a_moment_later_is_not_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = 2
    _, did = bench.deploy()
    assert (did.acted, bench.waited, max(bench.records)) == (False, 1, 1)


def test_what_hands_have_changed_is_not_waited_for(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.unready = len(BLINKS) + 2
    del bench.cluster.things.all["Deployment/orders"]
    _, did = bench.deploy()
    assert (did.acted, bench.waited) == (True, 0)


def test_what_somebody_else_changed_the_values_of_is_deployed_again(bench: Bench) -> None:
    bench.deploy()
    bench.records[1].values = {**bench.records[1].values, "mirror": "by hand"}
    _, did = bench.deploy()
    assert did.acted


@pytest.mark.parametrize("status", ["failed", "uninstalled", "superseded"])
def test_what_is_not_deployed_is_deployed_again(bench: Bench, status: str) -> None:
    bench.deploy()
    bench.records[1].status = status
    _, did = bench.deploy()
    assert did.acted


def test_the_environments_own_values_lie_under_those_of_the_deployment(bench: Bench) -> None:
    bench.publish(**{"values-dev.yaml": "environment: nonsense\nprocesses: {web: {replicas: 4}}\n"})
    bench.deploy()
    assert bench.records[1].values["processes"] == {"web": {"replicas": 4}}
    assert bench.records[1].values["environment"] == "dev"


def test_an_environment_may_have_a_registry_of_its_own(bench: Bench) -> None:
    bench.deploy(examples.target(replace(examples.DEV, registry="nexus-prod:5000")))
    image = bench.records[1].values["image"]
    assert isinstance(image, dict)
    assert image["registry"] == "nexus-prod:5000"


def test_the_chart_comes_from_the_repository_when_the_local_one_is_another(bench: Bench) -> None:
    local = bench.workspace.working_folder("dist") / "orders-1.2.3.tgz"
    local.write_text('{"Chart.yaml": "tampered"}')
    bench.deploy()
    assert digest(local.read_bytes()) == bench.chart.archive_digest


# --- hands ----------------------------------------------------------------------------------------

REPLICAS = ("f:spec", "f:replicas")
IMAGE = ("f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"web"}', "f:image")
ONE = "ours again: Deployment/orders spec.replicas: 0 → 1 (kubectl had it)"


@pytest.mark.parametrize(("path", "value"), [(REPLICAS, 0), (IMAGE, "foreign:1")])
def test_what_hands_have_changed_does_not_run_already(
    bench: Bench, path: tuple[str, ...], value: object
) -> None:
    first, _ = bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", path, value)
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, first.revision + 1)
    assert any(each.startswith("ours again: Deployment/orders spec.") for each in bench.said)
    _, did = bench.deploy()
    assert not did.acted


def test_what_hands_have_deleted_is_made_again(bench: Bench) -> None:
    bench.deploy()
    del bench.cluster.things.all["Deployment/orders"]
    _, did = bench.deploy()
    assert did.acted
    assert "made again: Deployment/orders" in bench.said


def test_what_others_have_added_is_no_reason_to_act(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", ("f:spec", "f:paused"), True)
    _, did = bench.deploy()
    assert not did.acted


def test_where_nothing_was_touched_nothing_is_asked_beyond_how_it_stands(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.looks = 0
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.deploy()
    assert bench.cluster.things.looks == 2


def test_what_cannot_be_compared_is_said_and_deployed(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.silent = "the webhook does not support a dry run"
    _, did = bench.deploy()
    assert did.acted
    assert "cannot be compared" in " ".join(bench.said)


@pytest.mark.parametrize("code", sorted(SILENT))
def test_a_dry_run_that_nobody_answers_is_no_reason_to_go_on_without_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def silent(*_: object) -> str:
        raise ToolFailed(Fault(code, "no answer"))

    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    monkeypatch.setattr(bench.releases, "preview", silent)
    with pytest.raises(ToolFailed, match="no answer"):
        bench.deploy()
    assert list(bench.records) == [1]


def test_what_helm_cannot_try_is_deployed_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def untried(*given: object) -> str:
        del given
        raise ToolFailed(Fault("cluster-failed", "no dry run here"))

    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    monkeypatch.setattr(bench.releases, "preview", untried)
    _, did = bench.deploy()
    assert did.acted
    assert "what hands have changed cannot be told: no dry run here" in bench.said


def test_a_cluster_that_does_not_answer_is_no_reason_to_act(bench: Bench) -> None:
    class Unreachable(Things):
        def look(self, target: Target, manifest: str, more: str = "") -> Look:
            raise ToolFailed(Fault("cluster-unreachable", "it does not answer"))

    bench.deploy()
    bench.cluster.things = Unreachable()
    with pytest.raises(ToolFailed, match="does not answer"):
        bench.deploy()
    assert list(bench.records) == [1]


# --- autoscalers ----------------------------------------------------------------------------------

SCALER = (
    '{"kind": "HorizontalPodAutoscaler", "metadata": {"name": "orders"}, "spec": {"minReplicas": %d, '
    '"scaleTargetRef": {"kind": "Deployment", "name": "orders"}}}'
)


def test_what_runs_is_held_when_the_chart_stops_naming_its_number(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 6\nimage: {digest: x}"})
    bench.deploy()
    on = {"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 6}
    bench.publish(**on)
    bench.deploy()
    thing = bench.cluster.things.all["Deployment/orders"]
    assert thing.body["spec"]["replicas"] == 6
    assert REPLICAS in thing.owners["pipelinekit"]
    assert any(each.startswith("keep: Deployment/orders spec.replicas: 6") for each in bench.said)
    bench.publish(**{"values.yaml": "replicas: 4\nimage: {digest: x}"})
    bench.deploy()
    assert bench.cluster.things.all["Deployment/orders"].body["spec"]["replicas"] == 4
    assert "HorizontalPodAutoscaler/orders" not in bench.cluster.things.all


def test_a_deployment_waits_for_the_autoscalers_least_number(bench: Bench) -> None:
    bench.publish(
        **{"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 3}
    )

    def scales() -> None:
        bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 3, "kube-controller-manager")

    bench.while_waiting = scales
    bench.deploy()
    assert bench.waited == 1
    assert "Deployment/orders: 1 of 3 ready (the autoscaler's least)" in bench.said
    bench.waited = 0
    bench.while_waiting = lambda: scales() if bench.waited > len(BLINKS) else None
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 1, "kube-controller-manager")
    _, did = bench.deploy()
    assert did.acted, "fewer run than should"


def test_an_autoscaler_that_does_not_scale_is_a_failure_once_the_time_is_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(
        **{"values.yaml": "autoscale: true\nimage: {digest: x}", "templates/scaler.yaml": SCALER % 3}
    )
    began = time.time()
    bench.while_waiting = lambda: monkeypatch.setattr(time, "time", lambda: began + 60)
    with pytest.raises(ToolFailed, match="1 of 3 ready") as caught:
        bench.deploy()
    assert code_of(caught.value) == "not-ready"


# --- at the same moment ---------------------------------------------------------------------------


def test_who_comes_second_waits_and_finds_that_it_runs(bench: Bench) -> None:
    other = bench.prepare()

    def wins() -> None:
        bench.releases.install(DEV, other.archive, other.layers, timeout=1, hopeless=lambda: False)

    bench.releases.rivals.append(wins)
    receipt, did = bench.deploy()
    assert (receipt.revision, did.acted) == (1, False)
    assert "another deployment has begun at the same moment" in bench.said


def test_a_name_that_is_always_taken_ends_with_helms_reason(bench: Bench) -> None:
    bench.releases.rivals += [lambda: None] * 100
    with pytest.raises(ToolFailed, match="already exists"):
        bench.deploy()


# --- a plan that was promised ---------------------------------------------------------------------


def test_the_plan_that_was_promised_is_done_and_said(bench: Bench) -> None:
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    plan = bench.plan()
    assert plan.acts
    _, did = bench.deploy(promised=plan.digest)
    assert did.acted
    assert list(lines(plan)) == [each for each in bench.said if each.startswith(("ours", "note"))]
    assert ONE in bench.said


@pytest.mark.parametrize("moment", ["first", "later"])
def test_a_plan_of_another_state_of_the_cluster_is_refused(bench: Bench, moment: str) -> None:
    if moment == "later":
        bench.deploy()
    plan = bench.plan()
    if moment == "later":
        bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 0)
    else:
        bench.deploy()
    before = list(bench.records)
    with pytest.raises(Refused) as caught:
        bench.deploy(promised=plan.digest)
    assert (code_of(caught.value), caught.value.exit_code) == ("cluster-moved", 6)
    assert list(bench.records) == before


# --- killed, under way, foreign -------------------------------------------------------------------


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_a_killed_deployment_is_taken_over(bench: Bench, status: str) -> None:
    killed = bench.pending("dead", seconds=60, status=status)
    receipt, did = bench.deploy()
    assert did.acted
    assert bench.records[receipt.revision].status == "deployed"
    assert any(f"killed in the middle (revision {killed})" in each for each in bench.said)
    assert bench.waited == 0


def test_the_deployment_before_a_killed_one_counts_again(bench: Bench) -> None:
    first, _ = bench.deploy()
    bench.pending("dead", seconds=60)
    again, did = bench.deploy()
    assert (again, did.acted, list(bench.records)) == (first, False, [1])


def test_one_on_another_machine_is_taken_over_when_its_time_is_up(bench: Bench) -> None:
    bench.releases.elsewhere.add("far")
    bench.pending("far", seconds=-1)
    _, did = bench.deploy()
    assert did.acted
    assert bench.waited == 0


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_deployment_under_way_is_waited_for(bench: Bench, where: str) -> None:
    (bench.releases.living if where == "here" else bench.releases.elsewhere).add("other")
    revision = bench.pending("other", seconds=60)

    def finishes() -> None:
        if bench.waited == 3:
            bench.records[revision].status = "deployed"

    bench.while_waiting = finishes
    bench.deploy()
    assert bench.waited == 3
    assert sum("another deployment is under way" in each for each in bench.said) == 1


def test_a_deployment_that_dies_while_it_is_waited_for_is_taken_over(bench: Bench) -> None:
    bench.releases.living.add("other")
    bench.pending("other", seconds=60)
    bench.while_waiting = bench.releases.living.clear
    _, did = bench.deploy()
    assert did.acted
    assert bench.waited == 1


def test_what_something_else_began_is_refused(bench: Bench) -> None:
    bench.records[1] = Record("pending-install", {}, "half", {"owner": "helm"})
    with pytest.raises(Refused) as caught:
        bench.deploy()
    assert (code_of(caught.value), caught.value.exit_code) == ("release-pending", 6)
    assert (
        caught.value.faults[0].hint == "helm history orders --namespace payments-dev --kube-context acme-dev"
    )
    assert "by something else than pipelinekit" in caught.value.faults[0].problem
    assert bench.records[1].status == "pending-install"


def test_a_record_that_vanishes_between_two_questions_is_no_obstacle(bench: Bench) -> None:
    class Vanishing(Cluster):
        def release_labels(self, target: Target, revision: int) -> None:
            self.drop_release(target, revision)

    bench.pending("other", seconds=60)
    bench.cluster = bench.releases.cluster = Vanishing(records=bench.cluster.records)
    _, did = bench.deploy()
    assert did.acted


def test_a_record_that_cannot_be_read_is_not_asked_for_without_end(bench: Bench) -> None:
    class Blind(Cluster):
        def release_labels(self, target: Target, revision: int) -> None:
            del target, revision

    bench.pending("other", seconds=60)
    records = bench.cluster.records
    bench.cluster = bench.releases.cluster = Blind(records=records)
    with pytest.raises(Refused, match="its record is unreadable") as caught:
        bench.deploy()
    assert code_of(caught.value) == "release-pending"


def test_a_release_that_somebody_removes_is_theirs_to_end(bench: Bench) -> None:
    bench.deploy()
    bench.records[1].status = "uninstalling"
    with pytest.raises(Refused) as caught:
        bench.deploy()
    assert code_of(caught.value) == "release-uninstalling"
    assert (
        "helm uninstall orders --namespace payments-dev --kube-context acme-dev"
        in caught.value.faults[0].hint
    )
    assert list(bench.records) == [1]


# --- Secrets ---------------------------------------------------------------------------------------


def test_a_changed_secret_is_deployed_and_an_unchanged_one_is_not(bench: Bench) -> None:
    reference = SecretRef(kind="secret", path="api", key="k")
    app = examples.app(processes={"web": Process(name="web", secrets={"KEY": reference})})
    plan = replace(PLAN, app=app)
    acted = []
    for version in ("one", "one", "two", "two"):
        bench.cluster.secrets = {"api": version}
        acted.append(bench.deploy(plan=plan)[1].acted)
    assert acted == [True, False, True, False]


# --- not ready ------------------------------------------------------------------------------------


def trouble(subject: str, problem: str, **more: object) -> Trouble:
    return Trouble(subject=subject, problem=problem, **more)  # type: ignore[arg-type]


def test_the_pods_reasons_come_first_and_helms_noise_not_at_all(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image"), trouble("pod b", "keeps crashing")]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert [each.problem for each in caught.value.faults] == [
        "dev: pod a: no such image",
        "dev: pod b: keeps crashing",
    ]
    assert code_of(caught.value) == "not-ready"
    assert "kubectl --context acme-dev --namespace payments-dev describe pod a" in caught.value.faults[0].hint
    assert bench.receipts.load(Deployed, "dev") is None


def test_a_first_installation_that_fails_is_left_to_look_at_and_says_so(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert "nothing ran before: what was made is left" in caught.value.faults[0].hint
    assert bench.records[1].status == "failed"


def test_what_failed_is_rolled_back_to_what_ran(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert caught.value.faults[0].problem == "dev: pod a: no such image"
    assert caught.value.faults[0].hint.endswith("rolled back to revision 1, which runs")
    assert [each.status for each in bench.records.values()] == ["superseded", "failed", "deployed"]
    assert bench.records[3].manifest == bench.records[1].manifest


def test_a_rollback_that_fails_too_keeps_the_first_reason_first(bench: Bench) -> None:
    bench.deploy()
    bench.publish(**{"templates.yaml": "changed"})
    bench.cluster.wrong = [trouble("pod a", "no such image", final=True)]
    bench.releases.no_way_back = "helm rollback: the quota is full"
    with pytest.raises(ToolFailed) as caught:
        bench.deploy()
    assert caught.value.faults[0].problem == "dev: pod a: no such image"
    assert "failed as well (helm rollback: the quota is full)" in caught.value.faults[0].hint
    assert (
        "helm rollback orders 1 --namespace payments-dev --kube-context acme-dev"
        in caught.value.faults[0].hint
    )


def test_without_a_reason_from_the_pods_helms_own_stands(bench: Bench) -> None:
    class Absent(Cluster):
        def ensure_namespace(self, target: Target) -> bool:
            del target
            return False  # taken at its word that somebody else makes namespaces

    bench.cluster = bench.releases.cluster = Absent()
    with pytest.raises(ToolFailed, match="namespaces") as caught:
        bench.deploy()
    assert [each.code for each in caught.value.faults] == ["deploy-failed"]
    assert caught.value.faults[0].hint == "nothing was changed"


def test_what_failed_is_deployed_again_once_it_is_mended(bench: Bench) -> None:
    bench.cluster.wrong = [trouble("pod a", "no such image")]
    with pytest.raises(ToolFailed):
        bench.deploy()
    bench.cluster.wrong = []
    receipt, did = bench.deploy()
    assert (did.acted, receipt.revision) == (True, 2)


# --- verify ---------------------------------------------------------------------------------------


def test_a_deployment_is_verified_once(bench: Bench) -> None:
    bench.deploy()
    receipt, did = bench.verify()
    assert did == Did("orders 1.2.3 is verified in dev", acted=True)
    again, did = bench.verify()
    assert (again, did.acted, bench.releases.tests_run) == (receipt, False, 1)


def test_another_revision_of_the_release_is_verified_anew(bench: Bench) -> None:
    bench.deploy()
    bench.verify()
    bench.cluster.things.unready = len(BLINKS) + 2
    bench.deploy()
    _, did = bench.verify()
    assert did.acted
    assert bench.releases.tests_run == 2


def test_a_failed_check_leaves_no_receipt(bench: Bench) -> None:
    bench.deploy()
    bench.releases.tests_fail = "GET http://orders/: no answer"
    with pytest.raises(CheckFailed, match="no answer"):
        bench.verify()
    assert bench.receipts.load(Verified, "dev") is None


def test_nothing_is_verified_that_was_not_deployed(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.verify()
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-missing", 6)


def test_nothing_is_verified_that_was_deployed_from_something_else(bench: Bench) -> None:
    bench.deploy()
    with pytest.raises(Refused) as caught:
        bench.verify(another_key(commit="f" * 40))
    assert (code_of(caught.value), caught.value.exit_code) == ("receipt-stale", 6)


def test_an_environment_that_went_to_another_cluster_is_verified_anew(bench: Bench) -> None:
    bench.deploy()
    bench.verify()
    moved = replace(DEV, context="another")
    with pytest.raises(Refused) as caught:
        bench.verify(target=moved)
    assert code_of(caught.value) == "receipt-stale"
    bench.deploy(moved)
    assert bench.verify(target=moved)[1].acted


@pytest.mark.parametrize("change", ["newer", "failed", "gone"])
def test_what_has_moved_since_is_not_verified(bench: Bench, change: str) -> None:
    bench.deploy()
    if change == "newer":
        bench.records[2] = replace(bench.records[1])
    elif change == "failed":
        bench.records[1].status = "failed"
    else:
        bench.records.clear()
    with pytest.raises(Refused) as caught:
        bench.verify()
    assert code_of(caught.value) == "deployment-moved"
    assert bench.releases.tests_run == 0
