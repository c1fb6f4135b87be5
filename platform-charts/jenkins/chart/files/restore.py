"""The home as it was at a backup, while no controller has it. Run again, it begins anew."""

import os

import copies
import home


def main():
    backup = copies.chosen()
    written, gone = copies.put_back(backup, copies.sums(backup), home.HOME, home.files)
    home.tidied(home.HOME)
    os.sync()
    print(f"as it was at {backup.name}: {written} files written, {gone} taken away")


if __name__ == "__main__":
    main()
