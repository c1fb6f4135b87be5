"""Processes and their command lines."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.python.project import INSTALL
from pipelinekit.plan.detect.signs import MIGRATES, Choice, Detected
from pipelinekit.plan.detect.words.commands import command_of, program, run

OURS = Detected(
    language="python",
    command=("gunicorn", "--bind=0.0.0.0:8000", "a:app"),
    commands=(f"{INSTALL} gunicorn",),
    port=8000,
)


def line(value: str, name: str = "web", **said: Any) -> Word:
    return Word(**{"what": "command", "name": name, "value": value, "place": "Procfile:1", **said})


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("python a.py 'b c'", ("python", "a.py", "b c")),
        ("python a.py $PORT", ("sh", "-c", "python a.py $PORT")),
        ("A=b python a.py", ("sh", "-c", "A=b python a.py")),
        ("a && b", ("sh", "-c", "a && b")),
        ("a 'b", ("sh", "-c", "a 'b")),
    ],
)
def test_a_line_goes_by_way_of_a_shell_only_where_it_must(text: str, command: tuple[str, ...]) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize(
    ("text", "port", "asks"),
    [
        ("gunicorn -b 0.0.0.0:5000 a:app", 5000, False),
        ("uvicorn a:app --host 0.0.0.0 --port 9000", 9000, False),
        ("uvicorn a:app --host 0.0.0.0 --port $PORT", 8000, False),
        ("gunicorn a:app", 8000, False),
        ("python serve.py", 7000, False),
        ("python env.py", 8000, False),
        ("python silent.py", None, True),
    ],
)
def test_a_command_of_theirs_listens_where_it_says(text: str, port: int | None, asks: bool) -> None:
    texts = {
        "serve.py": "web.run_app(a, port=7000)",
        "env.py": "os.environ['PORT']; web.run_app(a)",
        "silent.py": "web.run_app(a)",
    }
    found = run(OURS, [line(text)], texts)
    assert (found.command, found.port, found.asks_port) == (command_of(text), port, asks)
    assert found.commands == (OURS.commands if "gunicorn" in text else None)


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("gunicorn -w 2 a:app", True),
        ("gunicorn -b 0.0.0.0:$PORT a:app", True),
        ("gunicorn -b 0.0.0.0:${PORT:-5000} a:app", True),
        ("python env.py", True),
        ("gunicorn -b 0.0.0.0:5000 a:app", False),
        ("gunicorn --bind unix:/tmp/a a:app", False),
        ("gunicorn -c conf.py a:app", False),
        ("python serve.py", False),
        ("uvicorn a:app --host 0.0.0.0", False),
    ],
)
def test_where_the_variable_says_any_port_will_do(text: str, takes: bool) -> None:
    texts = {"serve.py": "web.run_app(a, port=7000)", "env.py": "os.environ['PORT']; web.run_app(a)"}
    assert run(OURS, [line(text)], texts).takes_port is takes


def test_a_file_of_the_servers_counts_before_the_variable() -> None:
    for text, takes in (("bind = '0.0.0.0:7000'", False), ("bind = '0.0.0.0:' + os.environ['PORT']", True)):
        for command in ("gunicorn a:app", "gunicorn -c gunicorn.conf.py a:app"):
            found = run(OURS, [line(command)], {"gunicorn.conf.py": text})
            assert found.takes_port is takes


def test_the_port_of_a_command_of_ours_is_not_said_of_theirs() -> None:
    found = run(OURS.because("a.py: a WSGI application, on port 8000"), [line("gunicorn a:app")], {})
    assert found.evidence[0] == "a.py: a WSGI application"


def test_a_server_on_localhost_is_told() -> None:
    assert "--host" in run(OURS, [line("uvicorn a:app")], {}).doubts[0]


@pytest.mark.parametrize(
    "text",
    ["flask --app a run", "python manage.py runserver 0.0.0.0:8000", "uvicorn a:b --reload", "npm run dev"],
)
def test_what_is_for_workplaces_runs_nowhere_else(text: str) -> None:
    found = run(OURS, [line(text)], {})
    assert (found.command, found.port) == (OURS.command, 8000)
    assert "workplace" in found.evidence[-1]


def test_processes_beside_it_have_no_port_and_release_runs_before() -> None:
    words = [
        line("gunicorn a:app"),
        line("celery -A a worker", "Worker_1"),
        Word(what="before", name="release", value="python manage.py migrate", place="Procfile:3"),
    ]
    found = run(OURS, words, {})
    assert found.processes == {"worker-1": ("celery", "-A", "a", "worker")}
    assert found.before == {"release": ("python", "manage.py", "migrate")}


def test_of_workers_without_a_web_process_each_runs_once() -> None:
    ours = Detected(
        language="python", server=False, command=("celery", "-A", "a", "worker", "--loglevel=info")
    )
    lines = [line("celery -A a worker -c 4", "worker"), line("celery -A a beat", "beat")]
    found = run(ours, lines, {})
    assert found.command == ("celery", "-A", "a", "worker", "-c", "4")
    assert found.processes == {"beat": ("celery", "-A", "a", "beat")}


def test_a_worker_alone_is_the_program_unless_something_serves() -> None:
    unserved = Detected(language="python", server=False, doubts=("nothing: a worker, without a port",))
    found = run(unserved, [line("python bot.py", "worker")], {})
    assert (found.command, found.port, found.doubts, found.processes) == (("python", "bot.py"), None, (), {})
    assert run(OURS, [line("python bot.py", "worker")], {}).processes == {"worker": ("python", "bot.py")}


@pytest.mark.parametrize(
    ("language", "text", "doubted"),
    [
        ("go", "bin/api", False),
        ("go", "bin/api -v", True),
        ("java-maven", "java -Xmx1g -jar target/a.jar", False),
    ],
)
def test_what_is_compiled_is_elsewhere_in_our_image(language: Any, text: str, doubted: bool) -> None:
    found = run(Detected(language=language, port=1), [line(text)], {})
    assert (found.command, bool(found.doubts)) == ((), doubted)
    beside = run(Detected(language=language, port=1), [line("bin/job", "job")], {})
    assert (beside.processes, len(beside.doubts)) == ({}, 1)


def test_php_is_told_its_folder_and_sites_stay_with_their_web_server() -> None:
    php = run(
        Detected(language="php", package="."), [line("vendor/bin/heroku-php-nginx -C a.conf public/")], {}
    )
    assert php.package == "public"
    site = Detected(language="node", package="dist", port=8080)
    assert run(site, [line("npx serve dist")], {}).command == ()


@pytest.mark.parametrize(
    "site", [Detected(language="node", package="dist"), Detected(language="ruby", package="_site")]
)
def test_nothing_of_theirs_runs_in_the_image_of_a_site(site: Detected) -> None:
    words = [line("bundle exec jekyll serve"), line("node worker.js", "worker")]
    found = run(site, [*words, Word(what="before", name="release", value="rake db:migrate", place="f:1")], {})
    assert (found.command, dict(found.processes), dict(found.before)) == ((), {}, {})
    assert len(found.doubts) == 2


def test_start_of_npm_is_what_was_followed_already() -> None:
    found = Detected(language="node", package="server.js", port=3000)
    assert run(found, [line("npm start")], {}).package == "server.js"
    assert run(found, [line("node other.js")], {}).command == ("node", "other.js")


def test_the_first_word_counts_and_the_other_is_told() -> None:
    found = run(OURS, [line("gunicorn a:app"), line("gunicorn b:app", place="fly.toml:2")], {})
    assert found.command == ("gunicorn", "a:app")
    assert any("fly.toml:2" in each for each in found.evidence)


def test_a_process_names_one_of_several_programs() -> None:
    choices = [Choice(name=each, package=f"./cmd/{each}", why="") for each in ("api", "job")]
    assert program(choices, [line("./bin/api --x")]) == "./cmd/api"
    assert program(choices, [line("bin/other")]) == ""
    assert program(choices, [line("api", weak=True)]) == ""


@pytest.mark.parametrize(
    ("call", "told"), [("app.run(debug=True)", True), ("app.run(host='0.0.0.0')", False)]
)
def test_flasks_own_server_on_localhost_is_told(call: str, told: bool) -> None:
    found = run(OURS, [line("python app.py")], {"app.py": f"from flask import Flask\n{call}"})
    assert (found.port, bool(found.doubts)) == (5000, told)


@pytest.mark.parametrize(
    ("settings", "port"), [("port 4567\n", 4567), ('port ENV.fetch("PORT") { 3000 }\n', 9292)]
)
def test_pumas_own_settings(settings: str, port: int) -> None:
    rack = Detected(language="ruby", command=("bundle", "exec", "rackup", "--port=9292"), port=9292)
    found = run(rack, [line("bundle exec puma -C config/puma.rb")], {"config/puma.rb": settings})
    assert (found.command[2], found.port) == ("puma", port)


@pytest.mark.parametrize(
    ("settings", "port", "doubted"),
    [
        ("bind = '0.0.0.0:5050'\n", 5050, False),
        ('bind = [":5051"]\n', 5051, False),
        ("bind = '127.0.0.1:5052'\n", 5052, True),
        ("bind = '0.0.0.0:' + os.environ.get('PORT', '5000')\n", 8080, False),
        ("workers = 3\n", 8080, False),
    ],
)
def test_gunicorns_own_settings(settings: str, port: int, doubted: bool) -> None:
    texts = {"g.py": settings}
    found = run(Detected(language="python"), [line("gunicorn -c g.py a:b")], texts)
    assert (found.port, any("localhost" in each for each in found.doubts)) == (port, doubted)
    told = run(
        Detected(language="python"), [line("gunicorn -c deploy/g.py -b :7000 a:b")], {"deploy/g.py": settings}
    )
    assert told.port == 7000


@pytest.mark.parametrize(("release", "left"), [("python manage.py migrate", 0), ("python seed.py", 1)])
def test_a_release_that_migrates_answers_for_the_tables(release: str, left: int) -> None:
    found = OURS.doubting(f"a/migrations: {MIGRATES} [python, manage.py, migrate]}}")
    assert len(run(found, [line(release, "", what="before")], {}).doubts) == left
