"""The hand-made readings (`*.expect`) and how a reading is scored against them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from measures.importing.plan import read_plan
from measures.importing.reading import MeasureReading, PlanReading
from tests.measures.importing.corpus.render import render

HERE = Path(__file__).parent
HALVES = ("tuned", "held_out")
ROLES = ("lead", "support", "responsible")


@dataclass
class Expected:
    """What a person read in a document."""

    path: Path
    render: str = "txt"
    facts: dict[str, str | None] = field(default_factory=dict)
    measures: list[dict[str, str]] = field(default_factory=list)
    targets: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass
class Score:
    """Counts of what was right; `wrong` says what was not, a line each."""

    right: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, kind: str, ok: bool, why: str) -> None:
        self.total[kind] = self.total.get(kind, 0) + 1
        self.right[kind] = self.right.get(kind, 0) + ok
        if not ok:
            self.wrong.append(f"{kind}: {why}")

    def add(self, other: Score) -> None:
        for kind in other.total:
            self.total[kind] = self.total.get(kind, 0) + other.total[kind]
            self.right[kind] = self.right.get(kind, 0) + other.right[kind]
        self.wrong += other.wrong


def load(path: Path) -> Expected:
    """Read a hand-made reading."""
    expected = Expected(path)
    for line in path.read_text().splitlines():
        key, _, value = line.partition(": ")
        if key == "render":
            expected.render = value
        elif key == "measure":
            number, title, *rest = [part.strip() for part in value.split(" | ")]
            expected.measures.append({"number": number, "title": title, **dict(part.split("=", 1) for part in rest)})
        elif key == "target":
            metric, amount, unit, due = [part.strip() for part in value.split(" | ")]
            expected.targets.append((metric, amount, unit, due))
        elif key:
            expected.facts[key] = None if value.strip() == "-" else value.strip()
    return expected


def read(expected: Expected) -> PlanReading:
    """Read the document: the file as it is, or a text in the format that the hand-made reading asks for."""
    other = next((path for path in expected.path.parent.glob(f"{expected.path.stem}.*") if path.suffix not in {".expect", ".txt"}), None)
    if other is not None:
        return read_plan(other.read_bytes(), f"plan{other.suffix}" if other.suffix != ".gbk" else "plan.txt")
    data, name = render(expected.path.with_suffix(".txt").read_text(), expected.render)
    return read_plan(data, name)


def score(expected: Expected) -> Score:
    """Compare a reading with the hand-made one."""
    result, reading = Score(), read(expected)
    name = expected.path.stem
    for key, value in expected.facts.items():
        got = getattr(reading, key)
        result.count("front matter", (None if got is None else str(got)) == value, f"{name}: {key} {value!r}, read {got!r}")
    _score_measures(result, name, expected, reading)
    got_targets = [(t.metric, f"{t.value}", t.unit, t.due.isoformat() if t.due else "-") for t in reading.targets]
    for wanted in expected.targets:
        result.count("targets found", wanted in got_targets, f"{name}: {wanted}, read {got_targets}")
    for got in got_targets:
        result.count("targets true", got in expected.targets, f"{name}: {got} is none")
    return result


def _score_measures(result: Score, name: str, expected: Expected, reading: PlanReading) -> None:
    got = [(measure.number or "-", measure.title) for measure in reading.measures]
    wanted = [(measure["number"], measure["title"]) for measure in expected.measures]
    for one in wanted:
        result.count("measures found", one in got, f"{name}: {one}")
    for one in got:
        result.count("measures true", one in wanted, f"{name}: {one} is none")
    by_key = {(measure.number or "-", measure.title): measure for measure in reading.measures}
    for entry in expected.measures:
        measure = by_key.get((entry["number"], entry["title"]))
        if measure is None:
            continue
        for role in ROLES:
            names = [part.replace("\\", "") for part in re.split(r"(?<!\\)、(?![^（]*）)", entry.get(role, "")) if part]
            result.count(
                "responsibilities", measure.named(role) == names, f"{name} {entry['number']}: {role} {names}, read {measure.named(role)}"
            )
        for key, read_as in (
            ("leaders", [name for clause in measure.clauses for name in clause.leaders]),
            ("guiding", measure.named("guiding")),
        ):
            if key in entry:
                result.count(key, entry[key].split("、") == read_as, f"{name} {entry['number']}: {key} {entry[key]}, read {read_as}")
        if "section" in entry:
            wanted_section = re.split("[/>]", entry["section"])[-1].strip()
            result.count(
                "sections", wanted_section in measure.section, f"{name} {entry['number']}: {wanted_section}, in {measure.section!r}"
            )
        result.count(
            "deadlines",
            _dates(measure) == entry.get("deadlines", ""),
            f"{name} {entry['number']}: {entry.get('deadlines', '')}, read {_dates(measure)}",
        )
        own = ",".join(_date(deadline) for deadline in measure.deadlines)
        wanted_own = entry.get("sentence_deadlines", "")
        result.count("deadlines in sentences", own == wanted_own, f"{name} {entry['number']}: {wanted_own}, read {own}")


def _dates(measure: MeasureReading) -> str:
    return ",".join(_date(clause.deadline) for clause in measure.clauses if clause.deadline)


def _date(deadline: object) -> str:
    date, recurring = getattr(deadline, "date", None), getattr(deadline, "recurring", False)
    return date.isoformat() if date else "recurring" if recurring else "open"


def halves() -> dict[str, list[Expected]]:
    """Load the corpus."""
    return {half: [load(path) for path in sorted((HERE / half).glob("*.expect"))] for half in HALVES}
