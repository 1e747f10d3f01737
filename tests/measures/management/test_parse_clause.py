"""The command that others script against."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

CLAUSE = "（省财政厅牵头，省教育厅、国资委，各地级以上市政府配合，6月底前完成）"


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[dict[str, object]]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    out = io.StringIO()
    call_command("parse_clause", "--jsonl", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_clause_is_answered_with_every_key() -> None:
    out = io.StringIO()
    call_command("parse_clause", CLAUSE, "--context-province", "广东", "--date", "2022-01", "--format", "json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "lead": ["省财政厅"],
        "support": ["省教育厅", "省国资委"],
        "responsible": [],
        "guiding": [],
        "collectives": [{"text": "各地级以上市政府", "role": "support"}],
        "leaders": [],
        "deadline": {"text": "6月底前", "date": "2022-06-30", "recurring": False},
        "open_list": False,
        "is_clause": True,
        "items": [
            {"name": "省财政厅", "role": "lead", "rank": 1, "start": 1, "end": 5, "restored": False},
            {"name": "省教育厅", "role": "support", "rank": 1, "start": 8, "end": 12, "restored": False},
            {"name": "省国资委", "role": "support", "rank": 2, "start": 13, "end": 16, "restored": True},
            {"name": "各地级以上市政府", "role": "support", "rank": 3, "start": 17, "end": 25, "restored": False},
        ],
        "doubts": [],
    }


def test_requests_a_line_are_answered_a_line_with_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"id": "a", "text": CLAUSE, "context_province": "广东", "context_city": None, "date": None, "first_listed_leads": False}
    rule = {"id": 7, "text": "（教育部、财政部负责）", "first_listed_leads": True}
    first, second = answers(monkeypatch, json.dumps(request), "", json.dumps(rule))
    assert (first["id"], first["lead"]) == ("a", ["省财政厅"])
    assert (second["id"], second["lead"], second["support"]) == (7, ["教育部"], ["财政部"])


@pytest.mark.parametrize(
    ("line", "identifier"),
    [
        ("{", None),
        ("[1]", None),
        ('{"id": 1}', 1),
        ('{"id": 2, "text": 5}', 2),
        ('{"id": 3, "text": "x", "date": "next year"}', 3),
        ('{"id": 4, "text": "x", "date": "2021-02-31"}', 4),
        ('{"id": 5, "text": "x", "context_province": 5}', 5),
        ('{"id": 6, "text": "x", "first_listed_leads": "yes"}', 6),
        ('{"id": 7, "text": "x", "first_listed_leads": 1}', 7),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_its_error(monkeypatch: pytest.MonkeyPatch, line: str, identifier: object) -> None:
    bad, good = answers(monkeypatch, line, json.dumps({"id": 9, "text": CLAUSE}))
    assert bad["id"] == identifier
    assert bad["error"]
    assert good["lead"] == ["省财政厅"]


def test_the_rule_of_the_first_is_true_or_false_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    said, left = answers(
        monkeypatch,
        json.dumps({"id": 1, "text": CLAUSE, "first_listed_leads": "no"}),
        json.dumps({"id": 2, "text": CLAUSE, "first_listed_leads": None}),
    )
    assert said == {"id": 1, "error": "first_listed_leads must be true, false or null"}
    assert left["lead"] == ["省财政厅"]


def test_a_byte_order_mark_before_the_first_line_is_none_of_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(json.dumps({"id": number, "text": CLAUSE}, ensure_ascii=False) + "\r\n" for number in (1, 2))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode("utf-8-sig")), encoding="utf-8"))
    out = io.StringIO()
    call_command("parse_clause", "--jsonl", stdout=out)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["id"], first["lead"], second["id"], second["lead"]) == (1, ["省财政厅"], 2, ["省财政厅"])


def test_without_a_text_the_command_says_what_it_wants() -> None:
    with pytest.raises(CommandError, match="--jsonl"):
        call_command("parse_clause")
    with pytest.raises(CommandError, match="not a date"):
        call_command("parse_clause", CLAUSE, "--date", "soon")
