"""The shared library on a controller: whether it is the one that the platform names, and in the sandbox."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pipelinekit.model.jenkins.jobconfig import Config
from pipelinekit.model.platform.document import Jenkins

NAME = "pipelinekit"

PLUGIN, OLDEST = "pipeline-groovy-lib", 752
"""The plugin that has untrusted libraries, and the first number of the version that was tried."""


def trusted(libraries: Collection[str] | None) -> str:
    """What to say of a controller's trusted libraries, or empty; None is that nobody could ask."""
    if libraries is None:
        return (
            f"nobody has looked whether a trusted library named {NAME} is there: that needs"
            " Overall/SystemRead and the plugin configuration-as-code; look yourself in Manage Jenkins,"
            " System, Global Trusted Pipeline Libraries"
        )
    if NAME not in libraries:
        return ""
    return (
        f"the controller has a trusted library named {NAME}: every commit of its repository, a pull"
        " request's too, runs outside the sandbox; remove it below globalLibraries and add it below"
        " globalUntrustedLibraries, as `seed export` writes it"
    )


def elsewhere(configs: Mapping[str, Config]) -> Iterator[str]:
    """The folders and projects that have a library of our name of their own."""
    for path in sorted(configs):
        if NAME in configs[path].libraries:
            yield (
                f"{path} has a library named {NAME} of its own, which its pipelines run instead of the"
                " controller's: remove it in Pipeline Libraries of its configuration"
            )


def old_plugin(plugins: Mapping[str, str] | None) -> str:
    """What to say of the plugin that loads the library; empty when it will do."""
    if plugins is None:
        return ""
    version = plugins.get(PLUGIN)
    if version is None:
        return f"the plugin {PLUGIN} is not there: no pipeline can load the shared library"
    first = version.partition(".")[0]
    if first.isdecimal() and int(first) < OLDEST:
        return f"the plugin {PLUGIN} is {version}: untrusted libraries need {OLDEST} or later"
    return ""


def tag_of(jenkins: Jenkins, version: str) -> str:
    """The tag under which pipelines name the library; `version` is pipelinekit's own."""
    return (jenkins.library.version if jenkins.library else "") or f"v{version}"


HOW_TO_TAG = (
    "mirror pipelinekit's repository with its tags (git clone --mirror, then git push --mirror),"
    " or name a tag that is there: version: below jenkins.library"
)


def missing_tag(address: str, tag: str) -> str:
    """What to say of a library's repository without the tag that pipelines name."""
    return f"{address} has no tag {tag}, by which every pipeline loads the library"
