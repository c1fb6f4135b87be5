"""The two texts that Jenkins keeps of one configuration: as it was posted, and as it saves it itself."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.parsers import expat

FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"
MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
PIPELINE = "flow-definition"
FREESTYLE = "project"
CREDENTIALS = (
    "com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty"
)
ROOTS = (FOLDER, MULTIBRANCH, PIPELINE, FREESTYLE)

_DECLARATION = re.compile(r"\s*<\?xml\s+version=['\"](1\.[01])['\"][^>]*\?>")
_CONTROL = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_STANDS_FOR = 0x10FF00


class NotXml(ValueError):
    """Jenkins answers 500 to this, and keeps the reason to itself."""


# --- as posted ------------------------------------------------------------------------------------


def stored(posted: str) -> str:
    """The text after a create or a reconfigure: the posted one, serialised again."""
    version, body = _split(posted)
    writer = _Writer()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.CommentHandler = lambda text: writer.raw(f"<!--{text}-->")
    parser.StartCdataSectionHandler = writer.begin_cdata
    parser.EndCdataSectionHandler = writer.end_cdata
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotXml(str(error)) from error
    text = "".join(writer.out)
    return f'<?xml version="{version}" encoding="UTF-8"?>{_controls(text, "&#{};")}'


def root_of(text: str) -> str:
    """The root element's name; raises `NotXml`."""
    return parsed(text).tag


def _split(text: str) -> tuple[str, str]:
    found = _DECLARATION.match(text)
    version = found[1] if found else "1.0"
    body = text[found.end() :] if found else text

    def stand_in(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        if code < 32 and code not in (9, 10, 13):
            if version == "1.0":
                raise NotXml(f"character {code}")
            return chr(_STANDS_FOR + code)
        return match[0]

    return version, _CONTROL.sub(stand_in, body)


def _controls(text: str, form: str) -> str:
    return re.sub(
        "[\U0010ff00-\U0010ff1f]", lambda found: form.format(f"{ord(found[0]) - _STANDS_FOR}"), text
    )


@dataclass
class _Writer:
    out: list[str] = field(default_factory=list)
    open: bool = False
    cdata: bool = False

    def raw(self, text: str) -> None:
        if self.open:
            self.out.append(">")
            self.open = False
        self.out.append(text)

    def start(self, name: str, attributes: list[str]) -> None:
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        self.raw(f"<{name}" + "".join(f' {key}="{_stored(value)}"' for key, value in pairs))
        self.open = True

    def end(self, name: str) -> None:
        if self.open:
            self.out.append("/>")
            self.open = False
        else:
            self.out.append(f"</{name}>")

    def text(self, text: str) -> None:
        self.raw(text if self.cdata else _stored(text))

    def begin_cdata(self) -> None:
        self.raw("<![CDATA[")
        self.cdata = True

    def end_cdata(self) -> None:
        self.raw("]]>")
        self.cdata = False


def _stored(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return "".join(f"&#{ord(each)};" if 0xFFFF < ord(each) < _STANDS_FOR else each for each in text)


# --- as saved -------------------------------------------------------------------------------------

PLUGINS: Mapping[str, str] = {
    "workflow-job": "667.vcef6b_a_eff0cc",
    "workflow-cps": "1375.ve007b_7ff2178",
    "workflow-multibranch": "426.v59f7718ddede",
    "cloudbees-folder": "492.vb_72f4d5c0709",
    "branch-api": "556.ve73a_56d39788",
    "git": "3066.va_dd6e4dc74e6",
    "github-branch-source": "1797.v86fdb_4d57d43",
    "credentials": "825.vd96751b_cc06d",
    "plain-credentials": "111.v19ca_f8fb_f4a_d",
    "pipeline-model-definition": "691.v42c9dc3e440b",
}

_OWNERS = (
    ("flow-definition", "workflow-job"),
    ("org.jenkinsci.plugins.workflow.job.", "workflow-job"),
    ("org.jenkinsci.plugins.workflow.cps.", "workflow-cps"),
    ("org.jenkinsci.plugins.workflow.multibranch.", "workflow-multibranch"),
    ("com.cloudbees.hudson.plugins.folder.", "cloudbees-folder"),
    ("jenkins.branch.", "branch-api"),
    ("jenkins.plugins.git.", "git"),
    ("hudson.plugins.git.", "git"),
    ("org.jenkinsci.plugins.github_branch_source.", "github-branch-source"),
    ("org.jenkinsci.plugins.github__branch__source.", "github-branch-source"),
    ("com.cloudbees.plugins.credentials.", "credentials"),
    ("org.jenkinsci.plugins.plaincredentials.", "plain-credentials"),
    ("org.jenkinsci.plugins.pipeline.modeldefinition.", "pipeline-model-definition"),
)
"""Which plugin a class comes from: it is written where it is another than around it."""

_PROPERTY = "org.jenkinsci.plugins.workflow.job.properties."
_PARAMETER = ("name", "description", "defaultValue", "choices", "trim")
_ROTATOR = ("daysToKeep", "numToKeep", "artifactDaysToKeep", "artifactNumToKeep", "removeLastBuild")

_ORDER: Mapping[str, tuple[str, ...]] = {
    PIPELINE: (
        "actions",
        "description",
        "displayName",
        "logRotator",
        "keepDependencies",
        "properties",
        "definition",
        "triggers",
        "disabled",
    ),
    FOLDER: ("actions", "description", "displayName", "properties", "folderViews", "healthMetrics", "icon"),
    MULTIBRANCH: (
        "actions",
        "description",
        "displayName",
        "properties",
        "folderViews",
        "healthMetrics",
        "icon",
        "orphanedItemStrategy",
        "triggers",
        "disabled",
        "sources",
        "factory",
    ),
    "logRotator": _ROTATOR,
    "strategy": (*_ROTATOR, "properties"),
    "definition": ("script", "scm", "scriptPath", "lightweight", "sandbox"),
    "scm": (
        "configVersion",
        "userRemoteConfigs",
        "branches",
        "doGenerateSubmoduleConfigurations",
        "submoduleCfg",
        "gitTool",
        "extensions",
    ),
    "hudson.plugins.git.UserRemoteConfig": ("name", "refspec", "url", "credentialsId"),
    "folderViews": ("owner", "views", "primaryView", "tabBar"),
    "factory": ("owner", "scriptPath"),
    "orphanedItemStrategy": ("pruneDeadBranches", "daysToKeep", "numToKeep", "abortBuilds"),
    "source": (
        "id",
        "apiUri",
        "remote",
        "credentialsId",
        "repoOwner",
        "repository",
        "repositoryUrl",
        "traits",
    ),
    "hudson.model.StringParameterDefinition": _PARAMETER,
    "hudson.model.TextParameterDefinition": _PARAMETER,
    "hudson.model.ChoiceParameterDefinition": _PARAMETER,
    "hudson.model.BooleanParameterDefinition": _PARAMETER,
    "hudson.model.PasswordParameterDefinition": _PARAMETER,
    _PROPERTY + "DisableConcurrentBuildsJobProperty": ("abortPrevious",),
    "com.cloudbees.hudson.plugins.folder.health.WorstChildHealthMetric": ("nonRecursive",),
    "com.cloudbees.hudson.plugins.folder.computed.PeriodicFolderTrigger": ("spec", "interval"),
    "hudson.triggers.TimerTrigger": ("spec",),
}
"""The fields of a class in the order in which they are written; what is not among them is dropped."""

_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    PIPELINE: {"keepDependencies": "false", "properties": "", "disabled": "false"},
    MULTIBRANCH: {"disabled": "false", "properties": "", "actions": ""},
    FOLDER: {"properties": ""},
    "logRotator": {"removeLastBuild": "false"},
    "hudson.tasks.LogRotator": {"removeLastBuild": "false"},
    "org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition": {"sandbox": "false"},
    "hudson.plugins.git.GitSCM": {"extensions": ""},
    # From the git plugin's sources, not from a recording.
    "hudson.plugins.git.extensions.impl.CloneOption": {"depth": "0", "honorRefspec": "false"},
    "hudson.model.StringParameterDefinition": {"trim": "false"},
    "hudson.model.TextParameterDefinition": {"trim": "false"},
    _PROPERTY + "DisableConcurrentBuildsJobProperty": {"abortPrevious": "false"},
    "com.cloudbees.hudson.plugins.folder.health.WorstChildHealthMetric": {"nonRecursive": "false"},
    "com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy": {"abortBuilds": "false"},
}
"""What Jenkins writes where nothing was said."""

_VIEWS = f"""<folderViews class="com.cloudbees.hudson.plugins.folder.views.DefaultFolderViewHolder"><views>
<hudson.model.AllView><owner class="{FOLDER}" reference="../../../.."/><name>All</name>
<filterExecutors>false</filterExecutors><filterQueue>false</filterQueue>
<properties class="hudson.model.View$PropertyList"/></hudson.model.AllView></views>
<tabBar class="hudson.views.DefaultViewsTabBar"/></folderViews>"""

_KNOWN_PROPERTIES = (
    _PROPERTY,
    "jenkins.model.BuildDiscarderProperty",
    "hudson.model.ParametersDefinitionProperty",
    "com.cloudbees.hudson.plugins.folder.properties.",
    "org.jenkinsci.plugins.workflow.libs.FolderLibraries",
    "org.jenkinsci.plugins.workflow.multibranch.",
)


def saved(text: str, change: Mapping[str, str] | None = None) -> str:
    """The text after Jenkins has saved the job itself, with the root's fields of `change` set."""
    root = parsed(text)
    for name, value in (change or {}).items():
        found = root.find(name)
        if found is None or not len(found):
            (ET.SubElement(root, name) if found is None else found).text = value or None
    _migrate(root)
    tidy = _tidied(root, "")
    lines: list[str] = []
    _write(tidy, "", lines, "")
    return "<?xml version='1.1' encoding='UTF-8'?>\n" + _controls("\n".join(lines), "&#x{};")


def parsed(text: str) -> ET.Element:
    try:
        return ET.fromstring(_split(text)[1])
    except ET.ParseError as error:
        raise NotXml(str(error)) from error


def migrates(text: str) -> bool:
    """Whether Jenkins changes and saves the job while it loads it."""
    root = parsed(text)
    triggers = root.find("triggers")
    return root.tag == PIPELINE and triggers is not None and len(triggers) > 0


def _migrate(root: ET.Element) -> None:
    """Old triggers become a property; a missing view is made; what has no effect is dropped."""
    _move_triggers(root)
    if root.tag == FOLDER:
        if root.find("folderViews") is None:
            root.append(ET.fromstring(_VIEWS))
        for name, kind in (
            ("healthMetrics", ""),
            ("icon", FOLDER.rpartition(".")[0] + ".icons.StockFolderIcon"),
        ):
            if root.find(name) is None:
                ET.SubElement(root, name, {"class": kind} if kind else {})
    factory = root.find("factory")
    if factory is not None and factory.find("owner") is None:
        factory.insert(0, ET.Element("owner", {"class": MULTIBRANCH, "reference": "../.."}))
    rotator = root.find("logRotator")
    if rotator is not None:
        rotator.set("class", "hudson.tasks.LogRotator")
    _drop_unknown(root)


def _move_triggers(root: ET.Element) -> None:
    triggers = root.find("triggers")
    if root.tag == PIPELINE and triggers is not None and len(triggers):
        root.remove(triggers)
        properties = root.find("properties")
        properties = ET.SubElement(root, "properties") if properties is None else properties
        holder = ET.SubElement(properties, _PROPERTY + "PipelineTriggersJobProperty")
        holder.append(triggers)


def _drop_unknown(root: ET.Element) -> None:
    for source in root.iter("source"):
        if source.find("traits") is not None:
            for name in ("includes", "excludes", "ignoreOnPushNotifications"):
                for each in source.findall(name):
                    source.remove(each)
    properties = root.find("properties")
    if properties is not None:
        for each in [each for each in properties if not each.tag.startswith(_KNOWN_PROPERTIES)]:
            properties.remove(each)


def _tidied(element: ET.Element, owner: str) -> ET.Element:
    """The element with its fields in order, its defaults, its secrets hidden, and its plugin."""
    if element.get("reference"):
        return ET.Element(element.tag, dict(element.attrib))
    kind = element.get("class") or ("jenkins.branch.Branch" if element.tag == "branch" else element.tag)
    order = _ORDER.get(element.tag)
    new = ET.Element(element.tag, {key: value for key, value in element.attrib.items() if key != "plugin"})
    plugin = next((each for begin, each in _OWNERS if kind.startswith(begin)), "")
    if plugin and plugin != owner:
        new.set("plugin", f"{plugin}@{PLUGINS[plugin]}")
    inner = plugin or owner
    children = list(element)
    for name, value in {**_DEFAULTS.get(element.tag, {}), **_DEFAULTS.get(kind, {})}.items():
        if element.find(name) is None:
            added = ET.Element(name)
            added.text = value or None
            children.append(added)
    if order:
        children = sorted(
            (each for each in children if each.tag in order), key=lambda each: order.index(each.tag)
        )
    new.text = "" if children else element.text
    if element.tag in ("properties", "actions", "extensions") and not children:
        new.text = None
    if (
        element.tag == "defaultValue"
        and owner == "(password)"
        and not (element.text or "").startswith("{AQAA")
    ):
        new.text = "{AQAA" + secrets.token_hex(16) + "=}"
    marked = "(password)" if kind == "hudson.model.PasswordParameterDefinition" else inner
    new.extend([_tidied(each, marked) for each in children])
    return new


def _write(element: ET.Element, margin: str, lines: list[str], parent: str) -> None:
    attributes = "".join(f' {key}="{_saved(value)}"' for key, value in element.attrib.items())
    if len(element):
        lines.append(f"{margin}<{element.tag}{attributes}>")
        for each in element:
            _write(each, margin + "  ", lines, element.tag)
        lines.append(f"{margin}</{element.tag}>")
    elif element.text or (element.text == "" or (element.text is None and _is_text(element, parent))):
        lines.append(f"{margin}<{element.tag}{attributes}>{_saved(element.text or '')}</{element.tag}>")
    else:
        lines.append(f"{margin}<{element.tag}{attributes}/>")


_TEXTS = frozenset(
    (
        "description",
        "credentialsId",
        "defaultValue",
        "scriptPath",
        "displayName",
        "script",
        "name",
        "url",
        "spec",
    )
)


def _is_text(element: ET.Element, parent: str) -> bool:
    """A text that is empty is written with both its tags, a list or an object that is empty with one."""
    return element.tag in _TEXTS and not element.attrib and parent != "hudson.model.AllView"


def _saved(text: str) -> str:
    for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        text = text.replace(plain, escaped)
    return text.replace("\r", "&#xd;")
