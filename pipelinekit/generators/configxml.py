"""A job as the `config.xml` that Jenkins takes. Texts are escaped where the tree becomes text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelinekit.generators.scans import crontab
from pipelinekit.model.jenkins.jobs import Folder, Git, GitHub, Job, Multibranch, Parameter, Pipeline

FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"
MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
PIPELINE = "flow-definition"
_GITHUB = "org.jenkinsci.plugins.github__branch__source."
"""XStream writes an underscore of a class in an element's name twice."""

EXCLUDE_BRANCHES_WITH_PULL_REQUEST = "1"
MERGED_WITH_TARGET = "1"


class Element(NamedTuple):
    """An element; `content` is its text or its children. A tuple, for a platform has tens of thousands."""

    tag: str
    content: str | Sequence[Element] = ""
    attributes: Mapping[str, str] = {}


def config_xml(job: Job, description: str) -> str:
    """The text to post for a job; `description` is shown on its page."""
    if isinstance(job, Folder):
        root = _folder(job, description)
    elif isinstance(job, Pipeline):
        root = _pipeline(job, description)
    else:
        root = _multibranch(job, description)
    lines = ["<?xml version='1.1' encoding='UTF-8'?>"]
    _write(root, "", lines)
    return "\n".join((*lines, ""))


def described(xml: str, before: str, after: str) -> str:
    """A text of `config_xml` with another description, without rendering the rest once more."""
    # A job's description is the first thing in it.
    return xml.replace(_element("description", before), _element("description", after), 1)


# --- jobs -----------------------------------------------------------------------------------------


def _folder(job: Folder, description: str) -> Element:
    return Element(
        FOLDER,
        (
            Element("description", description),
            Element("displayName", job.title),
            Element("properties"),
        ),
    )


def _pipeline(job: Pipeline, description: str) -> Element:
    definition = (Element("script", job.script), Element("sandbox", "true"))
    return Element(
        PIPELINE,
        (
            Element("description", description),
            Element("displayName", job.title),
            Element("keepDependencies", "false"),
            Element("properties", _parameters(job.parameters)),
            Element("definition", definition, _class("org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition")),
            Element("triggers", _timer(job.cron)),
            Element("disabled", "false"),
        ),
    )


def _timer(cron: str) -> Sequence[Element] | str:
    return (Element("hudson.triggers.TimerTrigger", (Element("spec", cron),)),) if cron else ""


def _parameters(parameters: Sequence[Parameter]) -> Sequence[Element] | str:
    # Here and not in the script: Jenkins knows a script's parameters only after its first build.
    of = Element("parameterDefinitions", [_parameter(each) for each in parameters])
    return (Element("hudson.model.ParametersDefinitionProperty", (of,)),) if parameters else ""


def _parameter(each: Parameter) -> Element:
    named = (Element("name", each.name), Element("description", each.text))
    if each.choices:
        listed = Element("a", [Element("string", one) for one in each.choices], _class("string-array"))
        choices = Element("choices", (listed,), _class("java.util.Arrays$ArrayList"))
        return Element("hudson.model.ChoiceParameterDefinition", (*named, choices))
    if each.tick:
        default = Element("defaultValue", "false")
        return Element("hudson.model.BooleanParameterDefinition", (*named, default))
    text = (*named, Element("defaultValue"), Element("trim", "true"))
    return Element("hudson.model.StringParameterDefinition", text)


def _multibranch(job: Multibranch, description: str) -> Element:
    return Element(
        MULTIBRANCH,
        (
            Element("description", description),
            Element("displayName", job.title),
            Element("properties"),
            Element("folderViews", (_owner(),), _class("jenkins.branch.MultiBranchProjectViewHolder")),
            Element("healthMetrics"),
            Element("icon", (_owner(),), _class("jenkins.branch.MetadataActionFolderIcon")),
            Element(
                "orphanedItemStrategy",
                (
                    Element("pruneDeadBranches", "true"),
                    Element("daysToKeep", str(job.keep_days)),
                    Element("numToKeep", str(job.keep_branches)),
                    Element("abortBuilds", "false"),
                ),
                _class("com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy"),
            ),
            Element("triggers", (_scan(job.scan),)),
            Element("disabled", "false"),
            _sources(job),
            Element(
                "factory",
                (_owner(), Element("scriptPath", job.script)),
                _class("org.jenkinsci.plugins.workflow.multibranch.WorkflowBranchProjectFactory"),
            ),
        ),
    )


def _scan(seconds: int) -> Element:
    return Element(
        "com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger",
        (Element("spec", crontab(seconds)), Element("interval", str(seconds * 1000))),
    )


def _sources(job: Multibranch) -> Element:
    strategy = Element(
        "strategy",
        (Element("properties", attributes=_class("empty-list")),),
        _class("jenkins.branch.DefaultBranchPropertyStrategy"),
    )
    source = _github(job, job.source) if isinstance(job.source, GitHub) else _git(job, job.source)
    data = Element("data", (Element("jenkins.branch.BranchSource", (source, strategy)),))
    return Element("sources", (data, _owner()), _class("jenkins.branch.MultiBranchProject$BranchSourceList"))


def repository_url(source: GitHub) -> str:
    """A repository's address on github.com."""
    return f"https://github.com/{source.owner}/{source.repository}"


def _git(job: Multibranch, source: Git) -> Element:
    return Element(
        "source",
        (
            Element("id", job.source_id),
            Element("remote", source.address),
            Element("credentialsId", source.credentials),
            Element("traits", (Element("jenkins.plugins.git.traits.BranchDiscoveryTrait"), _whole_history())),
        ),
        _class("jenkins.plugins.git.GitSCMSource"),
    )


def _github(job: Multibranch, source: GitHub) -> Element:
    # A fork's author who may not push builds with the target branch's Jenkinsfile: theirs is not trusted.
    trust = "org.jenkinsci.plugins.github_branch_source.ForkPullRequestDiscoveryTrait$TrustPermission"
    traits = (
        _trait("BranchDiscoveryTrait", EXCLUDE_BRANCHES_WITH_PULL_REQUEST),
        _trait("OriginPullRequestDiscoveryTrait", MERGED_WITH_TARGET),
        _trait(
            "ForkPullRequestDiscoveryTrait", MERGED_WITH_TARGET, Element("trust", attributes=_class(trust))
        ),
        _whole_history(),
    )
    return Element(
        "source",
        (
            Element("id", job.source_id),
            Element("apiUri", "https://api.github.com"),
            Element("credentialsId", source.credentials),
            Element("repoOwner", source.owner),
            Element("repository", source.repository),
            Element("repositoryUrl", repository_url(source)),
            Element("traits", traits),
        ),
        _class("org.jenkinsci.plugins.github_branch_source.GitHubSCMSource"),
    )


def _trait(name: str, strategy: str, *more: Element) -> Element:
    return Element(_GITHUB + name, (Element("strategyId", strategy), *more))


def _whole_history() -> Element:
    """A version is counted from the tags before it: without this trait a branch's checkout fetches none."""
    option = (Element("shallow", "false"), Element("noTags", "false"))
    return Element(
        "jenkins.plugins.git.traits.CloneOptionTrait",
        (Element("extension", option, _class("hudson.plugins.git.extensions.impl.CloneOption")),),
    )


def _owner() -> Element:
    return Element("owner", attributes={"class": MULTIBRANCH, "reference": "../.."})


def _class(name: str) -> dict[str, str]:
    return {"class": name}


# --- the tree as text -----------------------------------------------------------------------------

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#xd;"}
_SPECIAL = re.compile("[&<>\"'\r]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> str:
    """A text as XML holds it, in an element or an attribute; `ValueError` for what XML 1.0 cannot hold."""
    if _FORBIDDEN.search(text):
        raise ValueError(f"XML cannot hold {text[:60]!r}")
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _write(element: Element, margin: str, lines: list[str]) -> None:
    tag, content, of = element
    attributes = "".join([f' {name}="{escaped(value)}"' for name, value in of.items()]) if of else ""
    if isinstance(content, str):
        lines.append(margin + _element(tag, content, attributes))
        return
    lines.append(f"{margin}<{tag}{attributes}>")
    for child in content:
        _write(child, margin + "  ", lines)
    lines.append(f"{margin}</{tag}>")


def _element(tag: str, text: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{escaped(text)}</{tag}>" if text else f"<{tag}{attributes}/>"
