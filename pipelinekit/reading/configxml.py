"""A job's `config.xml`, in either form that Jenkins keeps, to values; and changed where it is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from pipelinekit.model.jenkins.jobconfig import Config
from pipelinekit.model.jenkins.marker import Marker, with_marker, without_marker

HEAD = "<?xml version='1.1' encoding='UTF-8'?>\n"

CREDENTIALS = (
    "com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty"
)
LIBRARY_NAMES = (
    "properties/org.jenkinsci.plugins.workflow.libs.FolderLibraries/libraries"
    "/org.jenkinsci.plugins.workflow.libs.LibraryConfiguration/name"
)
TRIGGERS = "org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty"
TRACKER = "org.jenkinsci.plugins.pipeline.modeldefinition.actions.DeclarativeJobPropertyTrackerAction"
PARAMETERS = "hudson.model.ParametersDefinitionProperty"

KEPT = ("actions", "folderViews", "healthMetrics", "icon")
"""Parts of a job that people and Jenkins arrange: never compared but for their class, kept when we post."""

ANY = "*"

WITHOUT_EFFECT = frozenset(("includes", "excludes", "ignoreOnPushNotifications"))
"""Beside traits these count for nothing, and Jenkins drops them."""

WHAT_IS_BUILT = ("DiscoveryTrait", "FilterTrait", "DiscoverOtherRefsTrait")
"""Ends of the names of traits that decide which branches and pull requests are built: those are ours."""

CLONE = "jenkins.plugins.git.traits.CloneOptionTrait"
OF_CLONE = frozenset(("shallow", "noTags"))
"""What is ours of how a repository is cloned; timeout, reference and depth are the administrator's."""

DEEPEST = 100
"""Elements in each other that are read; Jenkins' own have a dozen, and each is a call of a function."""

DEFAULT_CLASSES = {"logRotator": "hudson.tasks.LogRotator", "folderViews": ANY, "icon": ANY}
"""A class that Jenkins writes where it was left out."""

_REDACTED = frozenset(("secret-redacted",))
_STARS = re.compile(r"\*{6,}\Z")

# XML 1.1 may hold characters that Python's parser, which reads 1.0, refuses: they stand here while it works.
_STANDS_FOR_CONTROL = 0x10FF00
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_STANDING = re.compile("[\U0010ff00-\U0010ff1f]")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_config(text: str) -> Config:
    """The configuration that a text says; `ValueError` when it is no XML."""
    return _config(_parsed(text))


def is_as_posted(live: str, posted: str) -> bool:
    """Whether both are the same text but for XML's declaration, as Jenkins keeps what it was sent."""
    return _DECLARATION.sub("", live, count=1).strip() == _DECLARATION.sub("", posted, count=1).strip()


def lay_over(live: str, wanted: str) -> str:
    """The wanted text with everything of the live one that is not ours: properties, credentials, views.

    Raises `ValueError` when the live text hides a secret: posting it back would destroy that.
    """
    theirs, ours = _parsed(live), _parsed(wanted)
    if _config(theirs).redacted:
        raise ValueError("its credentials are hidden from this account")
    for name in KEPT:
        old, new = theirs.find(name), ours.find(name)
        if old is not None:
            if new is not None:
                ours.remove(new)
            ours.append(old)
    kept = theirs.find("properties")
    if kept is not None:
        properties = ours.find("properties")
        if properties is None:
            properties = ET.SubElement(ours, "properties")
        have = {each.tag for each in properties}
        properties.extend([each for each in kept if each.tag not in have])
    for old, new in zip(_sources(theirs), _sources(ours), strict=False):
        _keep_traits(old, new)
    return _text(ours)


def _sources(root: ET.Element) -> list[ET.Element]:
    return root.findall("sources/data/jenkins.branch.BranchSource/source/traits")


def _keep_traits(theirs: ET.Element, ours: ET.Element) -> None:
    """How a repository is checked out is the administrator's, but for the fields that we name."""
    have = {each.tag for each in ours}
    ours.extend([each for each in theirs if each.tag not in have and not each.tag.endswith(WHAT_IS_BUILT)])
    old, new = theirs.find(f"{CLONE}/extension"), ours.find(f"{CLONE}/extension")
    if old is not None and new is not None:
        new.extend([each for each in old if each.tag not in OF_CLONE])


def disabled(live: str, marker: Marker) -> str:
    """The live text with the job disabled and that marker in its description; nothing else is changed.

    Raises `ValueError` when the live text hides a secret.
    """
    root = _parsed(live)
    if _config(root).redacted:
        raise ValueError("its credentials are hidden from this account")
    _field(root, "disabled").text = "true"
    description = _field(root, "description")
    description.text = with_marker(description.text or "", marker)
    return _text(root)


def _field(root: ET.Element, name: str) -> ET.Element:
    found = root.find(name)
    return ET.SubElement(root, name) if found is None else found


# --- text and elements ----------------------------------------------------------------------------


def _parsed(text: str) -> ET.Element:
    bare = _DECLARATION.sub("", text, count=1)
    try:
        root = ET.fromstring(_REFERENCE.sub(_stand_in, bare))  # noqa: S314 - expat bounds entity expansion
    except ET.ParseError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    level = [root]
    for _ in range(DEEPEST):
        level = [below for each in level for below in each]
    if level:
        raise ValueError(f"nested too deep: {DEEPEST} elements in each other are read")
    return root


def _stand_in(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(_STANDS_FOR_CONTROL + code) if code < 32 and code not in (9, 10, 13) else found[0]


def _text(root: ET.Element) -> str:
    ET.indent(root)
    # A bare carriage return would be a line break to the next reader.
    text = ET.tostring(root, encoding="unicode").replace("\r", "&#xd;")
    return HEAD + _STANDING.sub(lambda found: f"&#x{ord(found[0]) - _STANDS_FOR_CONTROL:x};", text) + "\n"


# --- elements to values ---------------------------------------------------------------------------


def _config(root: ET.Element) -> Config:
    fields: dict[str, str] = {}
    _fields(root, "", fields)
    if "description" in fields:
        fields["description"] = without_marker(fields["description"])
        if not fields["description"]:
            del fields["description"]
    hidden = any(each.tag in _REDACTED or (each.text and _STARS.match(each.text)) for each in root.iter())
    return Config(
        root=root.tag,
        fields=fields,
        tracked=frozenset(_tracked(root)),
        holds_credentials=root.find(f"properties/{CREDENTIALS}") is not None,
        redacted=hidden,
        credentials=frozenset(_credentials(root)),
        libraries=frozenset(each.text or "" for each in root.findall(LIBRARY_NAMES)),
        disabled=(root.findtext("disabled") or "").strip() == "true",
    )


def _credentials(root: ET.Element) -> Iterator[str]:
    """The ids in every domain of a folder's store."""
    for each in root.iterfind(f"properties/{CREDENTIALS}//id"):
        if each.text:
            yield each.text


def _fields(element: ET.Element, path: str, fields: dict[str, str]) -> None:
    seen: dict[str, int] = {}
    tags = {each.tag for each in element}
    beside_traits = "traits" in tags and not path.endswith("traits")
    for child in element:
        tag = child.tag
        if _is_not_ours(child, path) or (beside_traits and tag in WITHOUT_EFFECT):
            continue
        seen[tag] = number = seen.get(tag, 0) + 1
        below = f"{path}{tag}[{number}]" if number > 1 else path + tag
        if not path and tag == "triggers" and element.tag == "flow-definition":
            # Where Jenkins moves them to as it loads the job.
            below = f"properties/{TRIGGERS}/triggers"
        _field_of(child, below, fields)


def _field_of(element: ET.Element, path: str, fields: dict[str, str]) -> None:
    kind = element.get("class")
    has_children = len(element) > 0
    # A form sends a text's lines with CR and LF, and Jenkins keeps what it was sent.
    text = "" if has_children else (element.text or "").replace("\r\n", "\n")
    # An empty list is no list at all.
    is_said = has_children or text or not (kind or "").endswith("list")
    if kind and is_said and DEFAULT_CLASSES.get(element.tag) not in (kind, ANY):
        fields[f"{path}/@class"] = kind
    if "." in element.tag:
        # An object of that class: that it is there counts, whatever is in it.
        fields[path] = text.strip() if has_children else text
    elif text and text != "false" and text.strip():
        fields[path] = text
    if has_children:
        _fields(element, path + "/", fields)


def _is_not_ours(element: ET.Element, path: str) -> bool:
    if element.get("reference") is not None:
        return True
    if not path and element.tag == "icon":
        return "MetadataActionFolderIcon" in (element.get("class") or "") or "StockFolderIcon" in (
            element.get("class") or ""
        )
    if path.endswith("/traits/"):
        return element.tag != CLONE and not element.tag.endswith(WHAT_IS_BUILT)
    if path.endswith(f"{CLONE}/extension/"):
        return element.tag not in OF_CLONE
    return (not path and element.tag in ("actions", "folderViews")) or (
        path == "properties/" and element.tag == CREDENTIALS
    )


def _tracked(root: ET.Element) -> Iterator[str]:
    tracker = root.find(f"actions/{TRACKER}")
    if tracker is None:
        return
    for each in tracker.findall("jobProperties/string"):
        yield f"properties/{each.text}"
    if tracker.find("triggers/string") is not None:
        yield f"properties/{TRIGGERS}"
    if tracker.find("parameters/string") is not None:
        yield f"properties/{PARAMETERS}"
