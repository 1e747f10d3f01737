"""Reading the reviewed directory files of `seeds/directory/`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from agencies.directory import SINCE_EVER, AgencyEntry, DirectoryData, GroupEntry, SuccessionEntry

FOLDER = Path(__file__).parent / "directory"


def read_directory(folder: Path = FOLDER) -> DirectoryData:
    """Read every file of a folder; a file holds lists named `agencies`, `groups` or `successions`.

    Raises:
        ValueError: the data contradict themselves.
        KeyError: an entry lacks what it needs.
    """
    lists: dict[str, list[dict[str, Any]]] = {"agencies": [], "groups": [], "successions": []}
    for path in sorted(folder.glob("*.json")):
        for name, entries in json.loads(path.read_text(encoding="utf-8")).items():
            if name != "about":
                lists[name] += entries
    return DirectoryData.of(map(_agency, lists["agencies"]), map(_group, lists["groups"]), map(_succession, lists["successions"]))


def _agency(entry: dict[str, Any]) -> AgencyEntry:
    return AgencyEntry(
        name=entry["name"],
        short_name=entry["short_name"],
        kind=entry["kind"],
        region=entry.get("region", ""),
        parent=entry.get("parent", ""),
        position=entry["position"],
        starts_on=dt.date.fromisoformat(entry["starts_on"]) if "starts_on" in entry else SINCE_EVER,
        ends_on=dt.date.fromisoformat(entry["ends_on"]) if "ends_on" in entry else None,
        aliases=tuple(entry.get("aliases", ())),
    )


def _group(entry: dict[str, Any]) -> GroupEntry:
    return GroupEntry(entry["name"], entry.get("region", ""), tuple(entry.get("aliases", ())), tuple(entry["members"]))


def _succession(entry: dict[str, Any]) -> SuccessionEntry:
    return SuccessionEntry(
        entry["predecessor"], entry["successor"], entry["kind"], dt.date.fromisoformat(entry["effective_on"]), entry.get("basis", "")
    )
