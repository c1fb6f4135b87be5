"""Where things are: one folder for what is kept between runs, one for what `down` removes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# Every unix socket lives under the state folder, and a socket's path may have 107 characters at most.
_LONGEST_STATE = 60


@dataclass(frozen=True)
class Layout:
    """The two folders of one testbed, and the places inside them."""

    state: Path
    cache: Path
    whole: bool = True
    """Whether it is for the tests, with all that they build on; the demo needs a few images only."""

    @classmethod
    def from_environment(cls, environment: dict[str, str] | None = None) -> Layout:
        """The folders that the environment names, or the defaults.

        Raises ValueError for a state folder too deep for the unix sockets in it.
        """
        env = dict(os.environ) if environment is None else environment
        home = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME", "/root")) / ".cache")
        cache = env.get("PIPELINEKIT_TESTBED_CACHE") or str(home / "pipelinekit-testbed")
        state = env.get("PIPELINEKIT_TESTBED_STATE") or "/var/lib/pipelinekit-testbed"
        layout = cls(state=Path(state).absolute(), cache=Path(cache).absolute())
        if len(str(layout.state)) > _LONGEST_STATE:
            raise ValueError(f"PIPELINEKIT_TESTBED_STATE: {layout.state}: over {_LONGEST_STATE} characters")
        return layout

    @property
    def record(self) -> Path:
        return self.state / "record.json"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets.json"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def pki(self) -> Path:
        return self.state / "pki"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"

    @property
    def docker_config(self) -> Path:
        """The folder that DOCKER_CONFIG names."""
        return self.state / "docker-config"

    @property
    def docker_socket(self) -> Path:
        return self.state / "docker.sock"

    @property
    def containerd_socket(self) -> Path:
        return self.state / "containerd.sock"

    @property
    def registry_storage(self) -> Path:
        return self.state / "registry" / "storage"

    @property
    def image_store(self) -> Path:
        """The registry's content with the base images, ready to be copied."""
        return self.cache / "images"

    @property
    def binaries(self) -> Path:
        return self.cache / "bin"

    @property
    def scratch(self) -> Path:
        """Room for downloads and compilers; may vanish between any two runs."""
        return self.cache / "testbed-scratch"
