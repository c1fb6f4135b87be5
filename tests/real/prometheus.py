"""A real Prometheus, Debian's own, that scrapes one program of ours each second."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from tests.real.kube import eventually
from tests.testbed.layout import Layout

PACKAGE = "prometheus"


def binary() -> Path:
    """The program out of Debian's package, which is not installed: nothing of it starts by itself."""
    folder = Layout.from_environment().cache / "debian" / PACKAGE
    found = folder / "usr/bin/prometheus"
    if not found.exists():
        download = folder / "download"
        download.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", PACKAGE], cwd=download, check=True, capture_output=True)
        (archive,) = download.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder)], check=True)
        archive.unlink()
    return found


def promtool() -> Path:
    """The program of the same package that tests rules."""
    return binary().with_name("promtool")


class _Metrics(BaseHTTPRequestHandler):
    def __init__(self, text: Callable[[], str], *arguments: object) -> None:
        self.text = text
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        body = self.text().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(text: Callable[[], str]) -> Iterator[str]:
    """A server on the loopback that answers each GET with that text; its host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Metrics, text))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def prometheus(folder: Path, target: str) -> Iterator[str]:
    """A Prometheus that scrapes `target`, with some answers already; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "orders", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration))
    command = [
        str(binary()),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            assert eventually(partial(_has, address, "count_over_time(orders_ratio[1m])>4"), 60)
            yield f"http://{address}"
        finally:
            server.terminate()


def _has(address: str, query: str) -> bool:
    url = f"http://{address}/api/v1/query?query={quote(query)}"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(json.load(answer)["data"]["result"])
    except OSError:
        return False
