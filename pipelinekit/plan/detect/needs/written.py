"""Files that a program writes beside its source: in the cluster its image is read only."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.sought import Sought

_JVM = Sought(
    ("jdbc:", r"jdbc:(?:sqlite:(?!:memory)|h2:(?:file:|\./|~/))"),
    ("logging.", r"logging\.(?:file(?:\.(?:name|path))?|path)\s*[=:]\s*[^\s$]+"),
    (
        "logging:",
        r"(?m:^logging:(?:\n[ \t]+\S.*){0,40}?\n[ \t]+(?:file|path):(?:\s+(?:name|path):)?[ \t]+[^\s#$]+)",
    ),
)
_DOTNET = Sought(
    ("UseSqlite(", r"UseSqlite\("),
    ('"Data Source=', r"\"Data Source=[^\";]+\.db"),
    ("File.", r"File\.(?:Write|Append|Create)\w*\("),
)
_FILE_OF = r"(?m:^{}\s*=\s*[\"'](?!-[\"']|/tmp/|/dev/)[^\"'\n]+)"
"""A file that gunicorn's configuration names."""
_WRITES: tuple[tuple[tuple[str, ...], re.Pattern[str] | None, Sought], ...] = (
    (
        (".py",),
        None,
        Sought(
            ("sqlite3.connect(", r"sqlite3\.connect\((?!\s*[\"']:memory:)"),
            ("sqlite", r"[\"']sqlite(?:\+\w+)?:///?(?!:memory:)[^\"'\n]+"),
            ("backends.sqlite3", r"backends\.sqlite3"),
            ("open(", r"open(?<!\wopen)\([^()\n]{0,200},\s*(?:mode\s*=\s*)?[\"'][wax]b?\+?[\"']"),
            (".write_", r"\.write_(?:text|bytes)\("),
            ("UPLOAD_FOLDER", r"UPLOAD_FOLDER"),
            ("MEDIA_ROOT", r"(?m:^)MEDIA_ROOT(?=\s*=)"),
            ("os.m", r"os(?<!\wos)\.(?:mkdir|makedirs)\([^()\n]{0,80}"),
            ("pidfile", _FILE_OF.format("pidfile")),
            ("log", _FILE_OF.format("(?:access|error)log")),
            ("Handler(", r"(?:Rotating\w*|\bFile|Watched\w*)Handler\([^(),\n]{1,80}"),
        ),
    ),
    (
        (".js", ".ts", ".cjs", ".mjs", ".cts", ".mts", ".tsx"),
        None,
        Sought(
            ("sqlite3.Database(", r"\bnew\s+sqlite3\.Database\(\s*[\"'](?!:memory)"),
            ("File", r"fs(?<!\wfs)(?:\.promises)?\.(?:write|append)File(?:Sync)?\("),
            ("createWriteStream(", r"createWriteStream\("),
            ("multer(", r"\bmulter\(\s*\{\s*dest:"),
            (
                "Database",
                r"\bnew\s+(?:Database|DatabaseSync)\(\s*[\"'][^\"':]{1,200}\.(?:db|sqlite3?)",
            ),
            ("dialect:", r"dialect:\s*[\"']sqlite"),
            ("JSONFile(", r"new\s+JSONFile\("),
            ("Low", r"new\s+(?:LowSync|Low)\("),
            ("File(", r"transports(?<!\wtransports)\.(?:DailyRotate)?File\("),
        ),
    ),
    (
        (".go",),
        None,
        Sought(
            ("os.", r"os(?<!\wos)\.(?:Create|WriteFile|MkdirAll)\("),
            ("sql.Open(", r"sql\.Open\(\s*\"sqlite3?\""),
            ("sqlite.Open(", r"sqlite\.Open\(\s*\"(?!:memory)"),
            ("bolt.Open(", r"\bbolt\.Open\("),
        ),
    ),
    ((".java", ".kt"), None, _JVM),
    ((".properties", ".yml", ".yaml"), re.compile(r"(?:^|/)application[\w-]*\.\w+$"), _JVM),
    (
        (".rs",),
        None,
        Sought(
            ("File::create(", r"File::create\("),
            ("Connection::open(", r"Connection::open\("),
            ('"sqlite:', r"\"sqlite://?(?!:memory)[^\"]"),
        ),
    ),
    ((".cs",), None, _DOTNET),
    ((".json",), re.compile(r"(?:^|/)appsettings[\w.]*\.json$"), _DOTNET),
    ((".prisma",), None, Sought(("sqlite", r"provider\s*=\s*\"sqlite\""))),
    (
        (".rb",),
        re.compile(r"^(?!(?:.*/)?(?:db|config)/)"),
        Sought(
            ("File.", r"\bFile\.(?:write|open\([^)\n]{0,200}[\"'][wa]b?\+?[\"'])"),
            ("FileUtils.mkdir", r"FileUtils\.mkdir"),
            ("SQLite3::Database.new", r"SQLite3::Database\.new\(?\s*[\"'](?!:memory)"),
            ("sqlite:", r"sqlite:(?!:memory)"),
            ("sqlite3", r"adapter:\s*[\"']?sqlite3"),
        ),
    ),
    (
        (".php",),
        None,
        Sought(
            ("file_put_contents", r"\bfile_put_contents\s*\("),
            ("move_uploaded_file", r"\bmove_uploaded_file\s*\("),
            ("mkdir", r"\bmkdir\s*\("),
            ("touch", r"\btouch\s*\("),
            ("fopen", r"\bfopen\s*\([^;\n]{0,200},\s*[\"'][waxc]"),
            ("sqlite3", r"new\s+\\?SQLite3\s*\("),
            ("sqlite:", r"[\"']sqlite:(?!:memory)"),
            ignorecase=True,
        ),
    ),
)
"""What a file's name ends with, which of those, and what writes there."""
_NOTHING = (None, None)
_BY_ENDING = {ending: (which, writes) for endings, which, writes in _WRITES for ending in endings}
_ASIDE = re.compile(
    r"(^|/)(tests?|spec|e2e|__tests__|examples?|docs|scripts?|tools?|hack|benchmarks?|migrations|seeds?|client|frontend"
    r"|bin|cypress)/|[._](test|spec|config)\.|(^|/)(test_|conftest|setup|gulpfile|build\.)|\.d\.ts$"
)
_TEMPORARY = re.compile(r"[\"'`]/tmp\b|[Tt]empfile|tmpdir|TempDir|sys_get_temp_dir|php://|/dev/")
_BEAT = re.compile(r"\bcelery\b.*\s(?:beat|-B|--beat)(?:\s|$)")
_BEATS_ELSEWHERE = re.compile(r"\s(?:-s|--schedule|--scheduler|-S|--schedule-filename)(?:[ =]|\S)")
_MOST = 3
_LONGEST = 60
"""Characters of a place that writes, as a doubt shows it."""
_NEAR = 200
"""Characters before and after in which a line says that it is temporary; a line may be a whole file."""


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; where its source writes to a folder that no volume covers, with a doubt."""
    if found.volumes or found.choices or found.language == "static" or found.is_site:
        return found
    for line in (" ".join(each) for each in (found.command, *found.processes.values())):
        if _BEAT.search(line) and not _BEATS_ELSEWHERE.search(line):
            found = found.doubting(
                "celery beat keeps celerybeat-schedule where it starts, and the image is not written to:"
                " --schedule=/tmp/celerybeat-schedule"
            )
    # Few files have a word of it: the others are neither sorted nor looked at again.
    few = [path for path, text in texts.items() if text and _may_write(path, text)]
    for path in sorted(few, key=lambda each: (each.count("/"), each)):
        if _ASIDE.search(re.split(r"(?:^|/)src/main/", path)[0]):
            continue
        said = _lasting(_BY_ENDING[_ending(path)][1], texts[path])
        if said:
            return found.doubting(
                f"{path} writes files ({', '.join(said)}), and the image is not written to:"
                " say the folder in run.volumes"
            )
    return found


def _ending(path: str) -> str:
    return path[path.rfind(".") :]


def _may_write(path: str, text: str) -> bool:
    which, writes = _BY_ENDING.get(_ending(path), _NOTHING)
    return bool(writes and writes.may_be_in(text) and (which is None or which.search(path)))


def _lasting(writes: Sought, text: str) -> list[str]:
    """The first few places that write, and to no temporary file, each as it is written."""
    found: dict[str, None] = {}
    for each in writes.finditer(text):
        if not _TEMPORARY.search(_around(text, each.start())):
            found[_said(each[0])] = None
            if len(found) == _MOST:
                break
    return list(found)


def _said(text: str) -> str:
    """One place in a word or two: of several lines the last, without the quotes around it."""
    said = text.strip().rpartition("\n")[2].strip().lstrip("(\"'").rstrip("(")
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return f"{said})" if "(" in said and ")" not in said else said


def _around(text: str, at: int) -> str:
    """Its line, as far as that is near."""
    before = text[max(0, at - _NEAR) : at].rpartition("\n")[2]
    return before + text[at : at + _NEAR].partition("\n")[0]
