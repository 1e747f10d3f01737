"""One spelling for characters that mean the same, one for one, so that positions stay those of the text."""

from __future__ import annotations

OPENING = "（【《“‘「『"
CLOSING = "）】》”’」』"
PARTNER = dict(zip(OPENING, CLOSING, strict=True))
BRACKETS = "（【"  # those that may hold a clause

_SAME = {
    "（": "(﹙❨⟮〔﹝[［{｛", "）": ")﹚❩⟯〕﹞]］}｝", "【": "〖", "】": "〗",
    "，": ",﹐", "；": ";﹔", "：": ":﹕∶", "、": "﹑､",
    "《": "〈", "》": "〉", "。": "｡", "—": "–―─", "“": "＂〝", "”": "〞", "/": "／∕", "*": "＊★☆※▲△", "|": "｜", "和": "＆&",
}  # fmt: skip
_TABLE: dict[int, str] = {code + 0xFEE0: chr(code) for code in range(0x30, 0x3A)}
_TABLE |= {code + 0xFEE0: chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B))}
_TABLE |= {ord(odd): plain for plain, odds in _SAME.items() for odd in odds}
_TABLE |= dict.fromkeys(
    (0x09, 0x0B, 0x0C, *range(0x1C, 0x20), 0xA0, 0x1680, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x3000, 0xFEFF, 0xAD), " "
)
_TABLE |= dict.fromkeys((0x0D, 0x85, 0x2028, 0x2029), "\n")


def fold(text: str) -> str:
    """Fold half and full width, bracket styles and blanks; the result has the same length as the text."""
    return text.translate(_TABLE)


def partners(text: str) -> dict[int, int]:
    """Positions of the brackets and quotation marks of a folded text, opening → closing; those without a partner are left out.

    A bracket does not reach over the end of a paragraph. Linear in the length of the text.
    """
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for index, char in enumerate(text):
        if char in PARTNER:
            waiting.append(index)
        elif char in CLOSING:
            for depth in range(len(waiting) - 1, max(-1, len(waiting) - 6), -1):
                if PARTNER[text[waiting[depth]]] == char:
                    pairs[waiting[depth]] = index
                    del waiting[depth:]
                    break
        elif char == "\n" and waiting and text[index + 1 : index + 2] == "\n":
            waiting.clear()
    return pairs
