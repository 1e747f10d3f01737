"""The clauses of the sample plan against a reading made by hand."""

import json
from pathlib import Path

import seeds
from measures.importing.clauses import ClauseContext, find_clauses
from measures.importing.partial_date import PartialDate

DOCUMENTS = Path(seeds.__file__).parent / "documents"


def test_every_clause_of_the_sample_plan_reads_as_by_hand_and_without_doubt() -> None:
    text = (DOCUMENTS / "guangdong_capital_factor_plan.txt").read_text(encoding="utf-8")
    by_hand = json.loads((DOCUMENTS / "guangdong_responsibilities.json").read_text(encoding="utf-8"))
    clauses = find_clauses(text, ClauseContext("广东", None, PartialDate(2021, 12)))
    read = [{role: [item.name for item in clause.items if item.role == role] for role in ("lead", "support")} for clause in clauses]
    assert read == [{"lead": entry["lead"], "support": entry["support"]} for entry in by_hand]
    assert [clause.doubts for clause in clauses] == [()] * len(by_hand)


def test_the_spans_of_the_sample_plan_are_the_quotes() -> None:
    text = (DOCUMENTS / "guangdong_capital_factor_plan.txt").read_text(encoding="utf-8")
    for clause in find_clauses(text, ClauseContext("广东", None, PartialDate(2021, 12)), base=1000):
        quote = text[clause.start - 1000 : clause.end - 1000]
        assert (quote[0], quote[-1]) == ("（", "）")
        for item in clause.items:
            written = text[item.start - 1000 : item.end - 1000]
            assert written in item.name
            assert item.restored == (written != item.name)
