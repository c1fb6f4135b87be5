from __future__ import annotations

from dataclasses import replace

import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import seed
from pipelinekit.model.agent import Agent, AgentPod
from pipelinekit.model.platform import (
    Charts,
    Cluster,
    Images,
    Jenkins,
    MirrorLogin,
    Origin,
    Platform,
    Registration,
)
from pipelinekit.render import render
from tests import examples
from tests.groovy import literals

SOURCE = Origin(repository="https://git.acme.example/platform.git", path="acme", credentials="platform-git")
ORDERS = Registration(
    name="orders", team="payments", repository="ssh://git@git.acme.example/orders.git", credentials="git-ssh"
)


def platform(**jenkins: object) -> Platform:
    given = {"source": SOURCE, "credentials": "jenkins-api", **jenkins}
    return examples.platform(
        images=Images(registry="r", credentials="nexus"),
        charts=Charts(repository="oci://r/charts", credentials="nexus"),
        clusters=(
            Cluster(name="nonprod", credentials="kube-nonprod"),
            Cluster(name="prod", credentials="kube-prod"),
        ),
        environments=(examples.DEV, examples.environment("production", cluster="prod", after="dev")),
        jenkins=Jenkins(url="https://jenkins.acme.example/", **given),  # type: ignore[arg-type]
        applications=(ORDERS,),
    )


def texts(**jenkins: object) -> dict[str, str]:
    given = platform(**jenkins)
    plans = [*seed.plan(given), *seed.plan_casc(given), seed.plan_hook(given, ORDERS)]
    return {path: file.text for path, file in render(plans, templates()).items()}


def test_the_seed_checks_out_syncs_plans_shows_keeps_and_applies_that_plan() -> None:
    text = texts()["Jenkinsfile"]
    order = [
        "checkout scmGit",
        "pkPlatform(action: 'sync'",
        "pkJobs(action: 'plan'",
        "archiveArtifacts",
        "pkJobs(action: 'apply'",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert "plan: 'plan.json'" in text[places[-1] :]
    assert "platform: 'acme'" in text
    assert "credentialsId: 'platform-git'" in text
    assert list(literals(text))


def test_without_a_source_there_is_no_seed() -> None:
    assert list(seed.plan(platform(source=None))) == []
    assert list(seed.plan(examples.platform())) == []


def test_the_seed_s_agent_is_the_platform_s() -> None:
    assert "label 'linux'" in texts(agent=Agent(label="linux"))["Jenkinsfile"]
    assert "kubernetes {" in texts(agent=Agent(pod=AgentPod(namespace="n", image="i:1")))["Jenkinsfile"]
    assert "agent any" in texts()["Jenkinsfile"]


def test_the_snippet_has_the_library_the_environment_and_credentials_by_reference() -> None:
    library = Origin(repository="https://git.acme.example/kit.git", credentials="kit-git")
    casc = yaml.safe_load(texts(library=library)["jenkins.yaml"])
    (environment,) = casc["jenkins"]["globalNodeProperties"]
    assert environment["envVars"]["env"] == [
        {"key": "PIPELINEKIT_PLATFORM", "value": f"git+{SOURCE.repository}@main#acme"}
    ]
    (kit,) = casc["unclassified"]["globalLibraries"]["libraries"]
    assert kit["name"] == "pipelinekit"
    assert kit["retriever"]["modernSCM"]["scm"]["git"]["remote"] == library.repository
    (held,) = casc["credentials"]["system"]["domainCredentials"]
    login, kubeconfig = held["credentials"]
    assert login["usernamePassword"]["password"] == "${NEXUS_PASSWORD}"
    assert kubeconfig["file"]["secretBytes"] == "${KUBE_NONPROD_BASE64}"


def test_the_mirror_s_login_is_among_the_credentials() -> None:
    given = platform()
    mirrored = replace(given, images=replace(given.images, mirror_login=MirrorLogin(credentials="reader")))
    casc = yaml.safe_load(render(seed.plan_casc(mirrored), templates())["jenkins.yaml"].text)
    (held,) = casc["credentials"]["system"]["domainCredentials"]
    ids = [each["usernamePassword"]["id"] for each in held["credentials"] if "usernamePassword" in each]
    assert ids == ["nexus", "reader"]


def test_a_guarded_credential_is_not_put_in_everybody_s_reach() -> None:
    text = texts()["jenkins.yaml"]
    assert "kube-prod in release" in text
    assert "kube-prod in platform" in text
    assert "jenkins-api in pipelinekit" in text
    assert "platform-git in pipelinekit" in text
    assert "git-ssh in apps/payments" in text
    assert "kube-prod" not in str(yaml.safe_load(text))


def test_the_hook_encodes_the_repository_and_keeps_the_token_out_of_arguments() -> None:
    text = texts(token_file="/etc/it's/token")["hooks/payments-orders/post-receive"]
    assert "?url=ssh%3A%2F%2Fgit%40git.acme.example%2Forders.git'" in text
    assert "<'/etc/it'\\''s/token'" in text
    assert "--config -" in text
