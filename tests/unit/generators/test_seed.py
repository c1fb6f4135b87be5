from __future__ import annotations

from dataclasses import replace

import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.generators import seed
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Images,
    Jenkins,
    Library,
    Origin,
    Platform,
    Registration,
)
from pipelinekit.model.platform.registries import MirrorLogin
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
        '{"action": "sync"',
        '{"action": "plan"',
        "archiveArtifacts",
        '{"action": "apply"',
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert '"plan": "plan.json"' in text[places[-1] :]
    assert '"platform": "acme"' in text
    assert "credentialsId: 'platform-git'" in text
    assert list(literals(text))


def test_the_seed_loads_no_library_and_speaks_the_command_line_s_contract() -> None:
    text = texts()["Jenkinsfile"]
    assert "@Library" not in text
    assert "library(" not in text
    assert text.count(f"'PK_CONTRACT={CONTRACT}'") == 3


def test_the_seed_s_token_is_bound_where_jobs_are_planned_and_applied_alone() -> None:
    text = texts()["Jenkinsfile"]
    assert text.count("credentialsId: 'jenkins-api'") == 2
    assert "withCredentials" not in text[: text.index('"action": "plan"')]
    assert "withCredentials" not in texts(credentials="")["Jenkinsfile"]


def test_the_seed_fetches_tags_and_the_whole_history() -> None:
    assert "[$class: 'CloneOption', shallow: false, noTags: false" in texts()["Jenkinsfile"]


def test_without_a_source_there_is_no_seed() -> None:
    assert list(seed.plan(platform(source=None))) == []
    assert list(seed.plan(examples.platform())) == []


def test_the_seed_s_agent_is_the_platform_s() -> None:
    assert "label 'linux'" in texts(agent=Agent(label="linux"))["Jenkinsfile"]
    assert "kubernetes {" in texts(agent=Agent(pod=AgentPod(namespace="n", image="i:1")))["Jenkinsfile"]
    assert "agent any" in texts()["Jenkinsfile"]


def test_the_snippet_has_the_library_the_environment_and_credentials_by_reference() -> None:
    library = Library(repository="https://git.acme.example/kit.git", credentials="kit-git")
    casc = yaml.safe_load(texts(library=library)["jenkins.yaml"])
    (environment,) = casc["jenkins"]["globalNodeProperties"]
    assert environment["envVars"]["env"] == [
        {"key": "PIPELINEKIT_PLATFORM", "value": f"git+{SOURCE.repository}@main#acme"}
    ]
    (kit,) = casc["unclassified"]["globalUntrustedLibraries"]["libraries"]
    assert "globalLibraries" not in casc["unclassified"]
    assert kit["name"] == "pipelinekit"
    assert kit["retriever"]["modernSCM"]["scm"]["git"]["remote"] == library.repository
    (held,) = casc["credentials"]["system"]["domainCredentials"]
    login, kubeconfig = held["credentials"]
    assert login["usernamePassword"]["password"] == "${NEXUS_PASSWORD}"
    assert kubeconfig["file"]["secretBytes"] == "${KUBE_NONPROD_BASE64}"


def test_a_credential_of_each_team_is_in_its_folder_and_in_nobody_else_s_reach() -> None:
    given = replace(
        platform(),
        images=Images(registry="r", credentials="nexus-{team}"),
        charts=Charts(repository="oci://r/charts", credentials="nexus-{team}"),
        clusters=(
            Cluster(name="nonprod", credentials="kube-nonprod-{team}"),
            Cluster(name="prod", credentials="kube-prod-{team}"),
        ),
        applications=(ORDERS, replace(ORDERS, name="shop", team="sales", credentials="")),
    )
    text = render(seed.plan_casc(given), templates())["jenkins.yaml"].text
    for team in ("payments", "sales"):
        assert f"#   nexus-{team} in apps/{team}\n" in text
        assert f"#   kube-nonprod-{team} in apps/{team}\n" in text
        assert f"#   kube-prod-{team} in release\n" in text
    assert "credentials" not in yaml.safe_load(text)
    assert "{team}" not in text


def test_the_library_s_tag_is_the_one_that_is_named() -> None:
    library = Library(repository="https://git.acme.example/kit.git", version="v9.1.0")
    casc = yaml.safe_load(texts(library=library)["jenkins.yaml"])
    (kit,) = casc["unclassified"]["globalUntrustedLibraries"]["libraries"]
    assert kit["defaultVersion"] == "v9.1.0"


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
    assert "jenkins-api in pipelinekit" in text
    assert "platform-git in pipelinekit" in text
    assert "git-ssh in apps/payments" in text
    assert "kube-prod" not in str(yaml.safe_load(text))


def test_the_hook_encodes_the_repository_and_keeps_the_token_out_of_arguments() -> None:
    text = texts(token_file="/etc/it's/token")["hooks/payments-orders/post-receive"]
    assert "?url=ssh%3A%2F%2Fgit%40git.acme.example%2Forders.git'" in text
    assert "<'/etc/it'\\''s/token'" in text
    assert "--config -" in text


def test_a_controller_s_chart_is_told_the_same_as_jenkins_yaml_and_where_agents_are() -> None:
    pod = AgentPod(namespace="builds", image="r:5000/agent:1")
    given = platform(
        agent=Agent(pod=pod), library=Library(repository="https://git.acme.example/kit.git", version="v2")
    )
    assert given.jenkins is not None
    told = seed.pipelines(given, given.jenkins)
    (file,) = seed.plan_casc(given)
    assert (told["url"], told["namespace"]) == ("https://jenkins.acme.example/", "builds")
    assert {key: each for key, each in told.items() if key not in ("url", "namespace")} == {
        key: each for key, each in file.inputs.items() if each and key != "elsewhere"
    }
    assert "namespace" not in seed.pipelines(given, Jenkins(url="https://jenkins.acme.example"))
