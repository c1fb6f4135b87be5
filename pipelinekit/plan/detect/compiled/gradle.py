"""Gradle: what the settings at the top build, with which Gradle and on which Java."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.compiled.jvm import USUAL, program, versioned
from pipelinekit.plan.detect.signs import Detected, Texts

_READ_FIRST = re.compile(r"gradle\.properties$|buildSrc/|gradle/(?!wrapper/)")
"""What a build reads beside its own files."""


def look(texts: Texts) -> Detected | None:
    """A Gradle project, or None."""
    tops = ("settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts")
    top = next((each for each in tops if each in texts), "")
    if not top:
        return None
    found = Detected(language="java-gradle", evidence=(f"{top}: Java with Gradle",))
    settings = texts.get("settings.gradle", texts.get("settings.gradle.kts", ""))
    lines = re.findall(r"^[^\S\n]*include\b([^\n]*(?:,\s*\n[^\n]*)*)", settings, re.MULTILINE)
    included = re.findall(r"['\"]:?([\w.:-]+)['\"]", "\n".join(lines))
    modules = [each.replace(":", "/") for each in included]
    builds = {path: text for path, text in texts.items() if re.search(r"(^|/)[^/]+\.gradle(\.kts)?$", path)}
    whole = "\n".join(builds[path] for path in sorted(builds))
    version = re.search(
        r"(?:JavaLanguageVersion\.of\(\s*|jvmToolchain\(\s*|options\.release(?:\.set\()?[ =(]*"
        r"|(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?['\"]?(?:1[._])?)(\d+)",
        whole,
    )
    found = versioned(found, version[1] if version else "", top)
    found = _wrapper(found, texts)
    if modules:
        found = replace(found, dependencies=()).because(f"{top}: {', '.join(modules)}, built from the top")
    elif "apply from" in whole or any(_READ_FIRST.match(path) for path in texts):
        found = replace(found, dependencies=()).because(
            "the build reads more than its own files: no layer of its own"
        )
    if "projectDir" in settings:
        found = found.doubting("settings.gradle moves projects to other folders: build.package is a guess")
    return program(found, texts, ["", *modules])


def _wrapper(found: Detected, texts: Texts) -> Detected:
    """The image of the Gradle that the wrapper names, where another than the usual one is asked for."""
    text = texts.get("gradle/wrapper/gradle-wrapper.properties", "")
    match = re.search(r"gradle-(\d{1,3})\.", text)
    if not match or match[1] == "8":
        return found
    java = int(found.version or USUAL)
    major = max(int(match[1]), 6)
    if major >= 9 and java < 17:
        java = 17
    if (major == 6 and java > 11) or (major == 7 and java > 17):
        major = 8 if java > 17 else 7
    base = f"library/gradle:{major}-jdk{java}"
    return replace(found, base=base).because(f"the wrapper asks for Gradle {match[1]}: {base}")
