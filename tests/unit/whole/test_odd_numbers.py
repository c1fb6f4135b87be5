"""Numbers that are none, wherever a repository has one: each is passed over, and nothing fails."""

from __future__ import annotations

import pytest

from pipelinekit.cli.application.repository.takein import seen_in

JAVA = 'class A { static void main(String[] a) { new ServerSocket({n}); getenv("PORT"); port = {n}; } }'
REPOSITORIES = {
    "maven": {
        "pom.xml": "<java.version>{n}</java.version><release>{n}</release>",
        "src/main/java/A.java": JAVA,
    },
    "spring": {
        "pom.xml": "spring-boot-starter-web",
        "src/main/java/A.java": JAVA,
        "src/main/resources/application.properties": "server.port={n}",
        "system.properties": "java.runtime.version={n}",
    },
    "java in CI": {
        "pom.xml": "<project/>",
        ".github/workflows/ci.yml": (
            "jobs:\n  a:\n    steps:\n    - {uses: actions/setup-java@v4, with: {java-version: '{n}'}}\n"
        ),
    },
    "gradle": {
        "build.gradle": "sourceCompatibility = {n}",
        "gradle/wrapper/gradle-wrapper.properties": "gradle-{n}.1",
    },
    "go": {
        "go.mod": "module x\ngo 1.{n}\ntoolchain go{n}.{n}",
        "main.go": 'package main\nfunc main() { http.ListenAndServe(":{n}", nil) }',
    },
    "rust": {
        "Cargo.toml": '[package]\nname = "a"\nrust-version = "{n}"',
        "src/main.rs": 'fn main() { TcpListener::bind("0.0.0.0:{n}"); }',
    },
    "node": {
        "package.json": '{"engines": {"node": "{n} - {n}"}, "packageManager": "yarn@{n}"}',
        "server.js": "listen({n})",
    },
    "python": {
        "pyproject.toml": '[project]\nname = "x"\nrequires-python = "{n}.{n} - {n}"\ndependencies = []',
        "app.py": "app = Flask(__name__)\napp.run(port={n})",
        "Procfile": "web: gunicorn -b :{n} app:app",
    },
    "dotnet": {
        "a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net{n}.0</TargetFramework>',
        "Program.cs": 'UseUrls("http://*:{n}")',
    },
    "a Dockerfile": {
        "Dockerfile": "FROM x\nENV PORT={n}\nRUN useradd -u {n} web\nUSER web\nCMD x",
    },
    "a Dockerfile that exposes": {
        "Dockerfile": "FROM x\nEXPOSE {n}\nUSER {n}\nHEALTHCHECK CMD curl http://localhost:{n}/h\nCMD x",
        "fly.toml": '[http_service]\ninternal_port = {n}\n[env]\nPORT = "{n}"',
    },
    "compose": {
        "Gemfile": 'ruby "{n}"',
        "config/puma.rb": "port {n}",
        "docker-compose.yml": (
            "services:\n  a:\n    build: .\n    ports: ['{n}:{n}']\n    environment: {PORT: '{n}'}\n"
        ),
    },
}


@pytest.mark.parametrize("number", ["9" * 5000, "²", "v17", "0", "99999", "-1"], ids=lambda each: each[:6])
@pytest.mark.parametrize("kind", REPOSITORIES)
def test_a_number_that_is_none_is_passed_over(kind: str, number: str) -> None:
    texts = {path: text.replace("{n}", number) for path, text in REPOSITORIES[kind].items()}
    found = seen_in(texts, "orders")
    assert found is not None
    assert found.port is None or 0 < found.port < 65536
    assert found.user is None or 0 < found.user < 10**9
