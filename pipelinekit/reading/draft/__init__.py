"""The files of Draft: draft.toml, tasks, `set` and packs."""
