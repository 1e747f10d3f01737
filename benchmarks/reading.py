"""How long reading takes: `python -m benchmarks.reading`.

A plan of about forty pages is put together from a made-up one, then read at 1, 10, 30 and 100 times its length. What counts is the ratio
to the forty pages in the same run: it must not grow faster than the length.
"""

from __future__ import annotations

import time

from measures.importing.plan import read_plan

PAGE_SIGNS = 750
PAGES = 40
TIMES = (1, 10, 30, 100)

_SECTION = "（{section}）深化重点领域改革，提高资源配置效率。\n"
_MEASURE = (
    "{place}.完善第{number}项制度体系。支持符合条件的企业参与平台建设，推动数据、资本、人才等要素有序流动，健全激励约束机制，"
    "建立常态化沟通协调渠道。到2027年，培育示范企业{number}家以上，服务覆盖率达到90%以上。加强监测评估，2026年6月底前出台配套办法。"
    "（省发展改革委、省科技厅牵头，省财政厅、人力资源社会保障厅，人民银行广东省分行，广州、深圳市政府配合，2026年底前完成）\n"
)


def plan_of(signs: int) -> str:
    """Put together a plan of about that many signs."""
    parts = ["广东省深化要素改革实施方案\n", "一、总体要求\n", "到2027年，全省生产总值增长5%左右。\n", "二、主要任务\n"]
    length, number = sum(map(len, parts)), 0
    while length < signs:
        if number % 6 == 0:
            parts.append(_SECTION.format(section="一二三四五六七八九"[number // 6 % 9]))
            length += len(parts[-1])
        number += 1
        parts.append(_MEASURE.format(number=number, place=(number - 1) % 6 + 1))
        length += len(parts[-1])
    return "".join(parts)


def main() -> None:
    """Print seconds, and the ratio to what linear growth would take."""
    read_plan(plan_of(5_000).encode(), "warm-up.txt")
    first = 0.0
    for times in TIMES:
        text = plan_of(PAGE_SIGNS * PAGES * times)
        start = time.process_time()
        reading = read_plan(text.encode(), "plan.txt")
        spent = time.process_time() - start
        first = first or spent
        print(f"{PAGES * times:>5} pages {len(reading.measures):>6} measures {spent:8.2f} s   {spent / first / times:5.2f} of linear")


if __name__ == "__main__":
    main()
