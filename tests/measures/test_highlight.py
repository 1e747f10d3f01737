"""The source text cut into pieces: every passage that means something can be seen and gone to."""

from measures.highlight import Mark, paragraphs

TEXT = "一、办事\n省一厅牵头，省二厅配合\n完"


def pieces(*marks: Mark, start: int = 0, end: int = len(TEXT)) -> list[tuple[str, str, str]]:
    found = [piece for paragraph in paragraphs(TEXT, start, end, marks) for piece in paragraph.pieces]
    assert "".join(piece.text for piece in found) == TEXT[start:end].replace("\n", "")
    return [(piece.text, piece.mark.look if piece.mark else "", piece.anchor) for piece in found]


def test_a_passage_that_holds_others_is_marked_around_them() -> None:
    doubt, one, two = Mark(5, 16, "doubt", "d"), Mark(5, 8, "lead", "a"), Mark(11, 14, "support", "b")
    assert pieces(doubt, one, two) == [
        ("一、办事", "", ""),
        ("省一厅", "lead", "a"),
        ("牵头，", "doubt", "d"),
        ("省二厅", "support", "b"),
        ("配合", "doubt", ""),
        ("完", "", ""),
    ]


def test_passages_that_overlap_are_both_seen() -> None:
    assert pieces(Mark(5, 9, "lead", "a"), Mark(7, 11, "support", "b"))[1:4] == [
        ("省一", "lead", "a"),
        ("厅牵", "lead", ""),
        ("头，", "support", "b"),
    ]


def test_of_several_at_one_place_each_can_be_gone_to() -> None:
    found = [piece for one in paragraphs(TEXT, 0, len(TEXT), [Mark(5, 8, "lead", "a"), Mark(5, 8, "lead", "b")]) for piece in one.pieces]
    assert [(piece.text, piece.anchor, piece.hidden) for piece in found if piece.mark] == [("省一厅", "a", ("b",))]


def test_an_anchor_stands_once_though_its_passage_goes_over_lines_or_the_part_that_is_shown() -> None:
    assert [anchor for _text, _look, anchor in pieces(Mark(2, 20, "doubt", "d"), end=12)] == ["", "d", ""]
