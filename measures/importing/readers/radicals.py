"""Signs of words for those of radicals that look the same: ⼯ for 工, ⺠ for 民.

Fonts of some programs name them so in a PDF, and what is copied from there into a text, a page or a letter keeps them.
"""

from __future__ import annotations

import re
from unicodedata import normalize

_KANGXI = range(0x2F00, 0x2FD6)
_SUPPLEMENT = str.maketrans(
    "⺀⺁⺄⺆⺈⺊⺌⺍⺗⺛⺟⺠⺩⺫⺬⺮⺯⺷⺸⺼⺾⻁⻂⻄⻅⻆⻈⻉⻋⻌⻐⻓⻔⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "冫厂乙冂刀卜小小小旡母民王目示竹糸羊羊肉艹虎衣西见角讠贝车辶钅长门青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_TABLE = _SUPPLEMENT | {code: ord(normalize("NFKC", chr(code))) for code in _KANGXI}
_LIGATURES = re.compile("[\ufb00-\ufb06]")


def without_radicals(text: str) -> str:
    """Write the signs of words for those of radicals, sign for sign."""
    return text.translate(_TABLE)


def plain_signs(text: str) -> str:
    """Write the signs of words for those of radicals, and letters for ligatures."""
    return without_radicals(_LIGATURES.sub(lambda match: normalize("NFKC", match.group()), text))
