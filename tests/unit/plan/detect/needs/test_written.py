from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.written import marked
from pipelinekit.plan.detect.signs import Detected

SERVER = Detected(language="python")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", '"ENGINE": "django.db.backends.sqlite3",'),
        ("app.py", 'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"'),
        ("shop/settings.py", 'MEDIA_ROOT = BASE_DIR / "media"'),
        ("app.py", "os.mkdir('logs')"),
        ("app.py", "RotatingFileHandler('logs/app.log', maxBytes=1)"),
        ("src/main/resources/application.yml", "logging:\n  file:\n    name: /var/log/shop.log\n"),
        ("src/main/resources/application.properties", "logging.file.name=logs/shop.log"),
        ("app.py", 'with open("count.txt", "w") as file:'),
        ("server.js", "fs.writeFileSync('data.json', text)"),
        ("logger.js", "new winston.transports.File({ filename: 'a.log' })"),
        ("gunicorn.conf.py", "pidfile = '/var/run/shop.pid'"),
        ("deploy/gunicorn.py", 'errorlog = "/var/log/shop.log"'),
        ("src/upload.ts", "const upload = multer({ dest: 'uploads/' })"),
        ("main.go", 'db, err := sql.Open("sqlite3", "./shop.db")'),
        ("src/main/resources/application.properties", "spring.datasource.url=jdbc:h2:file:./data/shop"),
        ("src/main/java/com/example/Shop.java", 'connect("jdbc:sqlite:shop.db")'),
        ("src/main.rs", 'let file = File::create("a.txt")?;'),
        ("appsettings.json", '{"ConnectionStrings": {"Shop": "Data Source=shop.db"}}'),
        ("prisma/schema.prisma", 'provider = "sqlite"'),
        ("app.rb", "File.write('data.json', '{}')"),
        ("index.php", "<?php file_put_contents('count.txt', 1);"),
        ("index.php", "<?php fopen('log.txt', 'a');"),
        ("index.php", "<?php new PDO('sqlite:data.db');"),
        ("app.py", 'open("/tmp/a", "w")\nopen("count.txt", "w")'),
    ],
)
def test_what_is_written_beside_the_source_is_marked(path: str, text: str) -> None:
    (doubt,) = marked(SERVER, {path: text}).doubts
    assert doubt.startswith(f"{path} writes files (")


def test_a_long_block_of_levels_is_looked_through_once() -> None:
    """Or each space before each line would be tried with each of the others: until tomorrow."""
    levels = "".join(f"    com.example.part{each}: DEBUG\n" for each in range(100))
    text = f"logging:\n  level:\n{levels}server:\n  port: 9999\n"
    assert marked(SERVER, {"src/main/resources/application.yml": text}).doubts == ()
    text = text.replace("logging:\n", "logging:\n  file:\n    path: logs\n")
    assert marked(SERVER, {"src/main/resources/application.yml": text}).doubts


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", 'open("config.json")\nopen("a", "r")\nsqlite3.connect(":memory:")'),
        ("app.py", 'open("/tmp/a", "w")'),
        ("tests/test_app.py", 'open("a", "w")'),
        ("manage.py", "x.write()"),
        ("app.py", "os.makedirs('/tmp/a')\nStreamHandler(sys.stdout)"),
        ("src/main/resources/application.yml", "logging:\n  level:\n    root: INFO\nfile:\n  name: a\n"),
        ("server.js", "fs.readFileSync('a')\nresponse.write('a')"),
        ("scripts/seed.js", "fs.writeFileSync('a', 'b')"),
        ("src/main/resources/application.properties", "spring.datasource.url=jdbc:h2:mem:shop"),
        ("main.go", 'os.Open("a")'),
        ("db/seeds.rb", "File.write('a', 'b')"),
        ("index.php", "<?php fopen('php://output', 'w');"),
        ("index.php", "<?php fopen('data.csv', 'r');"),
    ],
)
def test_what_is_read_or_temporary_is_not(path: str, text: str) -> None:
    assert marked(SERVER, {path: text}).doubts == ()


def test_a_site_and_what_has_volumes_are_left_alone() -> None:
    texts = {"a.js": "fs.writeFileSync('a', 'b')", "a.py": 'open("a", "w")'}
    assert marked(Detected(language="node", package="dist"), texts).doubts == ()
    assert marked(Detected(language="ruby", package="_site"), texts).doubts == ()
    held = Detected(language="python", volumes={"data": {"path": "/data", "disk": "1Gi"}})
    assert marked(held, texts).doubts == ()


def test_the_first_places_are_named_as_they_are_written() -> None:
    text = "uri = 'sqlite:///shop.db'\nos.mkdir('logs')\nopen('a', 'w')\nopen('b', 'w')\n"
    (doubt,) = marked(SERVER, {"app.py": text}).doubts
    assert "(sqlite:///shop.db, os.mkdir('logs'), open('a', 'w'))" in doubt


def test_a_place_that_is_long_is_shown_as_cut() -> None:
    text = f"logging.file=/var/log/{'a' * 80}.log"
    (doubt,) = marked(SERVER, {"application.properties": text}).doubts
    assert f"(logging.file=/var/log/{'a' * 38}…)" in doubt


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("celery -A a beat", True),
        ("celery -A a worker -B", True),
        ("celery -A a beat --schedule=/tmp/x", False),
        ("celery -A a beat -S django", False),
        ("celery -A a worker", False),
    ],
)
def test_a_schedule_that_celery_keeps_is_marked(line: str, told: bool) -> None:
    words = tuple(line.split())
    alone = Detected(language="python", command=words, server=False)
    for found in (alone, Detected(language="python", processes={"beat": words})):
        assert [each.startswith("celery beat keeps") for each in marked(found, {}).doubts] == [True] * told
