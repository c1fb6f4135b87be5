"""What templates use, what `inputs.yaml` declares and what plans give is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import jinja2
import pytest
import yaml
from jinja2 import meta

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import jobdsl, plan_files, seed
from pipelinekit.generators.jobs import certificates, components, drafts, releases
from pipelinekit.generators.platformdoc import Answers, plan_platform
from pipelinekit.generators.skeleton import plan_descriptor, plan_skeleton
from pipelinekit.model.app import LANGUAGES, Build
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.platform.document import Jenkins, Library, Origin, Registration
from pipelinekit.model.tree import FilePlan
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.render import SUFFIX, escape
from tests import examples
from tests.unit.generators.jobs.test_certificates import platform as certifying
from tests.unit.generators.jobs.test_components import platform as rolling_out
from tests.unit.generators.jobs.test_drafts import platform as drafting
from tests.unit.generators.jobs.test_releases import platform as promoting

FOLDERS = sorted({name.partition("/")[0] for name in templates()})


def used(texts: Mapping[str, str], folder: str) -> set[str]:
    """The names that the templates of a folder use and do not set themselves."""
    jinja = jinja2.Environment(autoescape=True)
    jinja.globals.clear()
    jinja.filters.update(escape.FILTERS)
    return {
        name
        for path, text in texts.items()
        if path.startswith(f"{folder}/") and path.endswith(SUFFIX)
        for name in meta.find_undeclared_variables(jinja.parse(text))
    }


def declared(texts: Mapping[str, str], folder: str) -> set[str]:
    """The names that a folder's `inputs.yaml` declares."""
    return set(yaml.safe_load(texts[f"{folder}/inputs.yaml"]))


def plans() -> list[FilePlan]:
    """A plan for every template."""
    site = examples.site(agent=Agent(pod=AgentPod(namespace="agents", image="a:1")))
    found = [plan_platform(Answers(name="acme", registry="r", environments=[("dev", "")]))]
    for language in LANGUAGES:
        app = examples.app(build=Build(language=language))
        app = replace(app, environments={"production": app.processes})
        found += [*plan_files(app, site), *plan_skeleton("orders", language, 80, "1")]
        found.append(plan_descriptor("orders", "payments", language, 80))
    # A program in Node needs no web server's configuration, a built site does.
    found += plan_files(examples.app(build=Build(language="node", package="dist")), site)
    found += plan_files(examples.app(build=Build(language="go", folder="cmd/orders")), site)
    controller = examples.platform(
        jenkins=Jenkins(
            url="https://jenkins",
            source=Origin(repository="https://git/p.git"),
            library=Library(repository="r"),
        ),
        applications=(Registration(name="orders", team="payments", repository="https://git/orders.git"),),
    )
    found += [*seed.plan(controller), *seed.plan_casc(controller), *releases.plan(promoting())]
    found += [*components.plan(rolling_out()), *drafts.plan(drafting()), *certificates.plan(certifying())]
    found.append(seed.plan_hook(controller, controller.applications[0]))
    found.append(jobdsl.plan([(job, "text") for job in wanted_jobs(controller, "")], "acme"))
    return found


def undeclared(these: Iterable[FilePlan], texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Template and input of each plan that gives what its folder does not declare."""
    return {
        (each.template, name)
        for each in these
        for name in each.inputs
        if name not in declared(texts, each.template.partition("/")[0])
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_declares_what_its_templates_use(folder: str) -> None:
    assert used(templates(), folder) == declared(templates(), folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_plans_give_what_is_declared_and_nothing_else(folder: str) -> None:
    given = {name for each in plans() if each.template.startswith(f"{folder}/") for name in each.inputs}
    assert given == declared(templates(), folder)


def test_no_plan_gives_what_is_not_declared() -> None:
    assert undeclared(plans(), templates()) == set()


def test_every_template_has_a_plan() -> None:
    assert {each.template for each in plans()} == {
        name for name in templates() if not name.endswith("/inputs.yaml")
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_input_is_described(folder: str) -> None:
    described = yaml.safe_load(templates()[f"{folder}/inputs.yaml"])
    assert all(isinstance(text, str) and text for text in described.values())


# --- these tests bite -----------------------------------------------------------------------------


def test_a_name_that_a_template_uses_without_declaring_it_is_found() -> None:
    texts = {"x/inputs.yaml": "a: text\n", "x/deep/y.j2": "{% for c in b %}{{ c }}{% endfor %}{{ a }}"}
    assert used(texts, "x") - declared(texts, "x") == {"b"}


def test_a_declared_name_that_no_template_uses_is_found() -> None:
    texts = {"x/inputs.yaml": "a: text\nb: text\n", "x/y.j2": "{{ a }}", "x/z.tpl": "{{ b }}"}
    assert declared(texts, "x") - used(texts, "x") == {"b"}


def test_a_plan_that_gives_too_much_is_found() -> None:
    texts = {"x/inputs.yaml": "a: text\n", "x/y.j2": "{{ a }}"}
    plan = FilePlan(path="f", template="x/y.j2", inputs={"a": 1, "b": 2})
    assert undeclared([plan], texts) == {("x/y.j2", "b")}
