"""Files of strangers' repositories that say how a program is built, run and tested, with all their parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import tomlkit
import yaml

from pipelinekit.cli.application.repository.services import services_in
from pipelinekit.plan.detect import detect
from pipelinekit.reading.repository import read_words
from tests.hostile.spoiled import spoiled

FEW: tuple[Any, ...] = (None, 1.5, "x", [None], {"x": None})
"""What nobody expects in a document, one of a kind: there are many files."""
TOMLS: tuple[Any, ...] = (True, 1.5, float("nan"), "x", [[]], {}, [{"name": []}])
"""What TOML can say of that."""
STEP = {"run": "npm test", "uses": "actions/setup-node@v4", "with": {"node-version": "20"}, "env": {"A": "b"}}
SERVICE = {
    "build": {"context": ".", "dockerfile": "Dockerfile", "target": "x", "args": {"A": "b"}},
    "ports": ["80:80", {"target": 80, "published": "80"}],
    "environment": {"A": "b"},
    "env_file": [".env"],
    "depends_on": {"db": {"condition": "x"}},
    "command": ["a"],
    "healthcheck": {"test": ["CMD", "x"]},
    "volumes": ["a:/b", {"type": "volume", "source": "a", "target": "/b"}],
    "deploy": {"replicas": 2, "resources": {"limits": {"memory": "1g"}}},
    "extends": {"file": "x", "service": "y"},
}
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "package.json": (
        "node",
        {
            "name": "x",
            "main": "server.js",
            "engines": {"node": ">=18"},
            "packageManager": "pnpm@9.1.0",
            "scripts": {"start": "node server.js", "build": "tsc", "test": "jest"},
            "workspaces": ["packages/*"],
            "dependencies": {"express": "^4", "next": "14"},
            "devDependencies": {"typescript": "5"},
            "volta": {"node": "20.1.0"},
        },
    ),
    "tsconfig.json": ("node", {"compilerOptions": {"outDir": "dist", "rootDir": "src"}, "include": ["src"]}),
    "nest-cli.json": (
        "node",
        {"sourceRoot": "src", "monorepo": True, "projects": {"a": {"type": "application", "root": "apps/a"}}},
    ),
    "angular.json": (
        "node",
        {"projects": {"a": {"architect": {"build": {"builder": "x", "options": {"outputPath": "dist/a"}}}}}},
    ),
    "composer.json": (
        "php",
        {
            "require": {"php": "^8.1", "ext-gd": "*", "laravel/framework": "11"},
            "require-dev": {"phpunit/phpunit": "1"},
            "scripts": {"test": ["phpunit"]},
            "config": {"platform": {"php": "8.1.2"}},
        },
    ),
    "composer.lock": (
        "php",
        {"packages": [{"name": "a/b", "require": {"ext-intl": "*"}}], "platform": {"php": "8.2"}},
    ),
    "Pipfile.lock": ("python", {"_meta": {"requires": {"python_version": "3.11"}}, "default": {"flask": {}}}),
    "appsettings.json": (
        "dotnet",
        {"Kestrel": {"Endpoints": {"Http": {"Url": "http://*:80"}}}, "Urls": "x"},
    ),
    "global.json": ("dotnet", {"sdk": {"version": "8.0.100"}}),
    "pyproject.toml": (
        "python",
        {
            "project": {
                "name": "x",
                "requires-python": ">=3.11",
                "dependencies": ["flask"],
                "scripts": {"x": "a:b"},
                "optional-dependencies": {"dev": ["pytest"]},
            },
            "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
            "dependency-groups": {"dev": ["pytest", {"include-group": "x"}]},
            "tool": {
                "poetry": {
                    "packages": [{"include": "a"}],
                    "dependencies": {"python": "^3.11", "flask": {"extras": ["x"]}},
                    "group": {"dev": {"dependencies": {"pytest": "1"}}},
                },
                "uv": {"workspace": {"members": ["a/*"]}, "sources": {"b": {"workspace": True}}},
                "pdm": {"dev-dependencies": {"t": ["pytest"]}},
            },
        },
    ),
    "Pipfile": (
        "python",
        {"packages": {"flask": "*"}, "requires": {"python_version": "3.11"}, "scripts": {"start": "x"}},
    ),
    "Cargo.toml": (
        "rust",
        {
            "package": {"name": "x", "rust-version": "1.75", "default-run": "a"},
            "bin": [{"name": "a", "path": "src/a.rs"}],
            "dependencies": {"axum": "0.7", "b": {"path": "../b"}},
            "workspace": {"members": ["a", "b/*"], "package": {"rust-version": "1.7"}},
        },
    ),
    "Cargo.lock": ("rust", {"package": [{"name": "openssl-sys", "dependencies": ["a"]}]}),
    "rust-toolchain.toml": ("rust", {"toolchain": {"channel": "1.75"}}),
    "gradle/libs.versions.toml": (
        "gradle",
        {
            "versions": {"java": "21", "kotlin": {"strictly": "1"}},
            "libraries": {"a": {"module": "a:b", "version": {"ref": "java"}}},
            "plugins": {"boot": {"id": "org.springframework.boot", "version": "3.2.0"}},
        },
    ),
    "app.json": (
        "node",
        {"env": {"A": {"value": "b"}}, "addons": [{"plan": "x"}], "formation": {"web": {"quantity": 1}}},
    ),
    "railway.json": ("node", {"deploy": {"startCommand": "node x", "healthcheckPath": "/h"}}),
    ".devcontainer.json": ("node", {"forwardPorts": [3000], "containerEnv": {"A": "b"}, "image": "x"}),
    "fly.toml": (
        "node",
        {
            "env": {"A": "b"},
            "http_service": {"internal_port": 8080},
            "services": [{"internal_port": 1, "http_checks": [{"path": "/h"}]}],
            "processes": {"web": "x", "worker": "y"},
            "mounts": [{"source": "d", "destination": "/data"}],
            "vm": [{"memory": "1gb"}],
        },
    ),
    "nixpacks.toml": (
        "node",
        {"phases": {"setup": {"aptPkgs": ["ffmpeg"]}}, "start": {"cmd": "x"}, "variables": {"A": "b"}},
    ),
    ".mise.toml": ("node", {"tools": {"node": "20", "python": ["3.11"], "java": {"version": "17"}}}),
    "compose.yaml": ("node", {"services": {"api": SERVICE, "db": {"image": "postgres:15"}}}),
    "render.yaml": (
        "node",
        {
            "services": [
                {
                    "type": "web",
                    "name": "x",
                    "healthCheckPath": "/h",
                    "numInstances": 2,
                    "envVars": [{"key": "A", "value": "b"}, {"key": "B", "fromDatabase": {"name": "d"}}],
                    "disk": {"name": "d", "mountPath": "/d"},
                    "scaling": {"minInstances": 1, "maxInstances": 3},
                }
            ],
            "databases": [{"name": "d"}],
        },
    ),
    "heroku.yml": (
        "node",
        {
            "setup": {"addons": [{"plan": "x"}]},
            "build": {"docker": {"web": "Dockerfile"}},
            "run": {"web": "x"},
        },
    ),
    ".github/workflows/ci.yml": (
        "node",
        {
            "env": {"A": "b"},
            "jobs": {
                "t": {
                    "strategy": {"matrix": {"node": [18, 20], "include": [{"node": 1}]}},
                    "services": {"db": {"image": "postgres", "env": {"A": "b"}, "ports": ["5432:5432"]}},
                    "container": {"image": "x"},
                    "steps": [STEP],
                }
            },
        },
    ),
    ".gitlab-ci.yml": (
        "node",
        {
            "image": {"name": "node:20"},
            "variables": {"A": "b", "C": {"value": "d"}},
            "services": ["postgres", {"name": "redis"}],
            "test": {"script": ["npm test", ["x"]], "image": "x", "services": ["m"], "variables": {"A": "b"}},
        },
    ),
    ".circleci/config.yml": (
        "node",
        {"jobs": {"b": {"docker": [{"image": "x"}], "steps": ["checkout", {"run": {"command": "x"}}]}}},
    ),
    "pnpm-workspace.yaml": ("node", {"packages": ["packages/*"]}),
    "src/main/resources/application.yml": (
        "maven",
        {"server": {"port": 8080, "servlet": {"context-path": "/a"}}, "management": {"server": {"port": 1}}},
    ),
}
"""A file's path: the kind of repository that it stands in, and what it says."""
BESIDE: dict[str, dict[str, str]] = {
    "node": {
        "package.json": '{"name": "x", "scripts": {"start": "node server.js"}}',
        "server.js": "require('http').createServer().listen(3000)\n",
        "packages/a/package.json": '{"name": "a", "scripts": {"start": "node a.js"}}',
        "Dockerfile": "FROM node:20\nCMD node x\n",
    },
    "php": {"composer.json": '{"require": {"php": "8"}}', "public/index.php": "<?php"},
    "python": {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "a/__init__.py": ""},
    "dotnet": {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>', "Program.cs": "app.Run();"},
    "rust": {"Cargo.toml": '[package]\nname = "x"\n', "src/main.rs": "fn main() {}", "a/src/main.rs": ""},
    "gradle": {"build.gradle": "plugins { id 'org.springframework.boot' version '3' }"},
    "maven": {"pom.xml": "<project><artifactId>spring-boot-starter-web</artifactId></project>"},
}


def spoiled_of(file: str) -> list[Any]:
    """What a file says, with each part in turn something else."""
    return spoiled(FILES[file][1], TOMLS if is_toml(file) else FEW)


def is_toml(file: str) -> bool:
    return file.endswith(".toml") or file in {"Pipfile", "Cargo.lock"}


def text(file: str, value: Any) -> str:
    """A value in the language of a file; empty for what that cannot say."""
    if is_toml(file):
        return toml(value)
    return yaml.safe_dump(value) if file.endswith((".yml", ".yaml")) else json.dumps(value)


def toml(value: Any) -> str:
    """A value as TOML; empty for what is no table."""
    return tomlkit.dumps(value) if isinstance(value, dict) else ""


def reader(file: str) -> Callable[[str], object]:
    """All that is asked of a repository in which a file says this."""
    beside = BESIDE[FILES[file][0]]

    def read(said: str) -> object:
        texts = {**beside, file: said}
        return detect(texts), services_in(texts), read_words(texts)

    return read
