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
# Where the sign of the radical is not the one in use on the mainland.
_MAINLAND = str.maketrans("戶見貝車長門韋頁風飛馬魚鳥鹵麥黃齊齒龍龜靑", "户见贝车长门韦页风飞马鱼鸟卤麦黄齐齿龙龟青")
_TABLE = _SUPPLEMENT | {code: ord(normalize("NFKC", chr(code)).translate(_MAINLAND)) for code in _KANGXI}
_LIGATURES = re.compile("[\ufb00-\ufb06]")


def without_radicals(text: str) -> str:
    """Write the signs of words for those of radicals, sign for sign."""
    return text.translate(_TABLE)


def plain_signs(text: str) -> str:
    """Write the signs of words for those of radicals, and letters for ligatures."""
    return without_radicals(_LIGATURES.sub(lambda match: normalize("NFKC", match.group()), text))
