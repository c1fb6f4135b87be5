"""Jenkins' home, and what is kept of it."""

import os
import pathlib
import re

import copies

HOME = pathlib.Path("/var/jenkins_home")
LEFT = frozenset(
    (".cache", ".java", "caches", "logs", "lost+found", "plugins", "updates", "war", "workspace")
)
"""What is not kept: clones and workspaces are made anew, plugins are in the image."""


def files(home):
    """Every file that is kept, by its path from there.

    Jenkins writes `atomic….tmp` beside a file and gives it the name when it is whole.
    """
    for name, path in copies.files(home, LEFT):
        if not re.fullmatch(r"atomic.*\.tmp", path.name):
            yield name, path


def tidied(home):
    """Take away what has no file in it: to Jenkins a build's folder is a build."""
    for where, _, _ in os.walk(home, topdown=False):
        folder = pathlib.Path(where)
        if folder != home and folder.relative_to(home).parts[0] not in LEFT and not any(folder.iterdir()):
            folder.rmdir()
