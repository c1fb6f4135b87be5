"""Layouts like those of real projects, as texts: what `new-app --from` is to understand."""

from __future__ import annotations

FLASK = {
    "requirements.txt": "flask==3.0\ngunicorn==22\n",
    "requirements-dev.txt": "pytest\n",
    "shop/__init__.py": (
        'from flask import Flask\n\nweb = Flask(__name__)\n\n@web.get("/healthz")\ndef health():\n    return "ok"\n'
    ),
    "tests/test_shop.py": "def test_it():\n    pass\n",
}
DJANGO = {
    "requirements.txt": "django==5.0\npsycopg\n",
    "manage.py": "#!/usr/bin/env python\n",
    "shop/settings.py": "",
    "shop/wsgi.py": "application = None\n",
}
DJANGO_WITH_GUNICORN = {**DJANGO, "requirements.txt": "django==5.0\ngunicorn\n"}
FASTAPI = {
    "pyproject.toml": '[project]\nname = "api"\ndependencies = ["fastapi", "uvicorn"]\n[tool.pytest.ini_options]\n',
    ".python-version": "3.12.4\n",
    "app/main.py": 'from fastapi import FastAPI\n\napi = FastAPI()\n\n@api.get("/livez")\ndef live(): ...\n',
}
EXPRESS = {
    "package.json": (
        '{"name": "api", "scripts": {"start": "node src/server.js", "test": "mocha"}, "engines": {"node": ">=20"},'
        ' "dependencies": {"express": "4"}, "devDependencies": {"mocha": "10"}}'
    ),
    "package-lock.json": "{}",
    "src/server.js": (
        'const app = require("express")();\napp.get("/health", (_, answer) => answer.send("ok"));\n'
        "app.listen(process.env.PORT || 3000);\n"
    ),
}
VITE = {
    "package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "5", "vitest": "1"}}',
    "yarn.lock": "",
    "index.html": "<div id=app></div>",
    "vite.config.ts": "export default {}\n",
    "src/main.ts": "",
}
SPRING = {
    "pom.xml": (
        "<project><parent><artifactId>spring-boot-starter-parent</artifactId></parent>"
        "<properties><java.version>21</java.version></properties>"
        "<dependencies><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies>"
        "</project>"
    ),
    "src/main/java/com/acme/orders/OrdersApplication.java": "class OrdersApplication {}\n",
    "src/main/resources/application.yml": "server:\n  port: 8081\n",
}
MODULES = {
    "pom.xml": "<project><modules><module>core</module><module>web</module></modules></project>",
    "core/pom.xml": "<project/>",
    "web/pom.xml": "<project/>",
    "web/src/main/java/app/WebApplication.java": (
        "package app;\n\npublic class WebApplication { public static void main(String[] words) {} }\n"
    ),
}
GRADLE = {
    "build.gradle.kts": 'plugins { id("org.springframework.boot") }\njava { toolchain { JavaLanguageVersion.of(21) } }\n'
    "// spring-boot\n",
    "settings.gradle.kts": "",
}
GO = {
    "go.mod": "module example.com/api\n\ngo 1.22\n",
    "cmd/api/main.go": (
        'package main\n\nfunc main() {\n\thttp.HandleFunc("/healthz", ok)\n\thttp.ListenAndServe(":9000", nil)\n}\n'
    ),
    "internal/store/store.go": "package store\n",
    "package.json": '{"devDependencies": {"vite": "5"}}',
}
CARGO = {
    "Cargo.toml": '[workspace]\nmembers = ["api", "core"]\n',
    "api/Cargo.toml": '[package]\nname = "api-server"\n',
    "api/src/main.rs": 'fn main() {\n    TcpListener::bind("0.0.0.0:7000");\n}\n',
    "core/Cargo.toml": '[package]\nname = "core"\n',
    "core/src/lib.rs": "",
}
STATIC = {"index.html": "<h1>hello</h1>", "css/site.css": ""}
DOTNET = {
    "src/Api/Api.csproj": "<Project><TargetFramework>net8.0</TargetFramework></Project>",
    "src/Api.Tests/Api.Tests.csproj": "<Project/>",
}
RUBY = {"Gemfile": 'gem "rack"\n', "config.ru": "run App\n"}
PHP = {"composer.json": "{}", "public/index.php": "<?php\n"}
OTHER = {"Dockerfile": "FROM scratch\nEXPOSE 4000\n", "main.zig": ""}
MONOREPO = {
    "README.md": "# ours\n",
    **{f"services/orders/{path}": text for path, text in GO.items() if path != "package.json"},
    **{f"services/shop/{path}": text for path, text in FLASK.items()},
    **{f"web/{path}": text for path, text in VITE.items()},
}
