"""The home as it was at a backup, while no controller has it. Run again, it begins anew."""

import os

import copies


def chosen(name):
    """The backup of that name, or the newest."""
    there = copies.backups()
    if not there:
        copies.stop("there is no backup")
    found = [each for each in there if not name or each.name == name]
    if not found:
        copies.stop(f"there is no backup {name}; there are: {' '.join(each.name for each in there)}")
    return found[-1]


def check(backup):
    """Stop unless every file is there and is what it was."""
    known = copies.sums(backup)
    if not known:
        copies.stop(f"{backup.name} has no list of its files")
    for name, digest in known.items():
        path = backup / name
        if (
            name.startswith("/")
            or ".." in name.split("/")
            or not path.is_file()
            or copies.digest_of(path) != digest
        ):
            copies.stop(f"{backup.name} is damaged: {name}")


def main():
    backup = chosen(os.environ.get("FROM", ""))
    check(backup)
    written, gone = copies.put_back(backup, copies.HOME)
    os.sync()
    print(f"as it was at {backup.name}: {written} files written, {gone} taken away")


if __name__ == "__main__":
    main()
