"""A disk that takes nothing more, wherever that shows: no fault of ours, and no bug to report."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.errors import ToolFailed

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def told(error: OSError) -> ToolFailed:
    """What the system said of a file of ours. One without a name is open already: such ones are temporary."""
    return files.disk_error("disk-failed", Path(os.fsdecode(error.filename or tempfile.gettempdir())), error)
