"""The words that make a number an aim: comparators before and after it, verbs, and the units of measure."""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = r"\d{1,3}(?:[,，]\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"


def _words(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(listed.split()))


def any_of(words: Iterable[str]) -> str:
    """Give the pattern of any of some words, the longest first."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


# Comparators before a number, by the relation they set between what is reached and the number.
_BEFORE: dict[str, tuple[str, ...]] = {
    ">=": _words(
        "力争达到 不低于 不少于 不小于 增长到 增长至 提高到 提高至 提升到 提升至 增加到 增加至 扩大到 扩大至 上升到 上升至 "
        "发展到 累计达到 总数达到 稳定达到 达到 达 完成 实现 至少 不下于 年均增长 同比增长 累计增长 平均增长 增长 增加 增幅 "
        "迈上 跨上 站上 登上 跃上 增速 年均提高 提高 提升 上升 扩大 累计 新增 净增 力争 稳定在 保持在 维持在 保持 延长至 延长到 "
        "年均增速 增速达到"
    ),
    ">": _words("突破 超过 超 高于 大于 多于 跨越"),
    "<=": _words(
        "控制在 不高于 不超过 不超 不多于 不大于 下降到 下降至 降低到 降低至 降至 降到 压缩到 压缩至 压减到 压减至 缩短到 "
        "缩短至 缩减到 缩减至 减少到 减少至 控制到 缩短为 压缩为 压减为 降为 下降为 减少为 精简至 精简到 精简为"
    ),
    "<": _words("低于 小于 少于"),
    "=": _words("为 是"),
    "~": _words("约为 约 接近 近"),
    "-": _words("年均下降 累计下降 同比下降 下降 降低 减少 压减 压缩 缩短 削减 减排 年均降低"),
}
COMPARATORS: dict[str, str] = {word: relation for relation, words in _BEFORE.items() for word in words}

# What is written differently and means the same.
CANONICAL = {
    "达": "达到",
    "超": "超过",
    "不超": "不超过",
    "约为": "约",
    "近": "接近",
    "为": "达到",
    "是": "达到",
    "累计": "达到",
    "力争": "达到",
}

SUFFIXES: dict[str, str] = {"以上": ">=", "及以上": ">=", "以内": "<=", "之内": "<=", "以下": "<=", "左右": "~", "上下": "~"}

# Verbs whose object is counted: 培育专精特新企业100家, 建成10个园区. They stay part of the metric.
VERBS = _words(
    "新改扩建 新建改建 新建 改建 扩建 改扩建 建成 建设 培育 打造 引进 引育 组建 形成 创建 开展 培训 改造 推广 认定 落地 "
    "实施 发放 遴选 推出 布局 举办 设立 招引 孵化 发展 集聚 新增 净增 支持 推动 推进 完成 实现 筹建 筹集 配建 开工 竣工 "
    "投放 新设 培养 选派 选树 评选 制定 修订 建立 整治 治理 淘汰 关停 清理 化解 盘活 新开工 交付 安置 救助 帮扶 带动 "
    "吸引 转化 授信 投入 争取 筹措 募集 发行 发布 编制 签约 引入 储备 谋划 造林 绿化 修复 恢复 种植 栽植 新改建 修建 兴建 铺设 "
    "架设 疏浚 拆除 处置 解决 提供 覆盖 惠及 签订 上线 兑现 增开 开行 开通 招录 "
    "招聘 招收 组织 安排 巩固 拓展 配备 配置 派驻 选聘 "
    "悬挂 张贴 印制 印发 走访 慰问 落实 接待 抽查 排查 整改 入驻 引导 举行 处理 办理 查处 巡查 检查 播种 出栏 供应 回收 退出 腾退 "
    "扶持 壮大 升级 更新 累计建成 累计培育 累计新增 年均新增 每年新增 每年培育"
)

_MAGNITUDES = "万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百"
_BASIC = _words(
    "元 美元 港元 欧元 吨 吨标准煤 吨标煤 立方米 方 平方公里 平方千米 平方米 公里 千米 里 千瓦时 千瓦 兆瓦 度 吉瓦 公斤 "
    "千伏 千克 斤 亩 公顷 米 厘米 人次 人 人口 户次 户 家次 家 个 项 件 种 座 所 处 批 条 次 辆 台套 台 套 张 名 位 场 支 只 门 "
    "例 起 篇 部 本 对 TEU 标箱 标准箱 箱 瓶 床 个床位 分钟 小时 天 个工作日 工作日 日 周 秒 个月 年 岁 周岁 倍 分 个位次 位次 P "
    "EFLOPS PFLOPS 架次 架 艘 列 班 间 栋 村 头 羽 株 穗 宗 单 笔 类 款 课时 微克/立方米 微克每立方米 毫克/升 件/万人 "
    "份 批次 轮次 亩次 场次 课次 篇次 株次 "
    "张/千人 人/千人 升 GW MW kW 支队伍 家企业 标准亩 机架 标准机架 颗 根 节 档 片 段 幅 盏 杆 块 口 眼 棵 匹 尾 碗 档期 "
    "标台 蒸吨 标方 兆瓦时 吉瓦时 MWh GWh TB PB EB 剂次 剂 道 副 幢 席 "
    "支基金 枚 级 层 册 期 轮 桶 车次 列次 航次 班列"
)
_OF_WHAT = "(?:/(?:(?!及?以[上下内])[\u4e00-\u9fffA-Za-z]){1,6})?"
UNIT = f"个百分点|百分点|%|％|‰|(?:{_MAGNITUDES})?{any_of(_BASIC)}{_OF_WHAT}|(?:{_MAGNITUDES})"
# Units of how large or how long a thing is, and not of how many there are: 10万立方米级平台8台.
_SIZES = _words(
    "元 美元 港元 欧元 吨 吨标准煤 吨标煤 立方米 方 平方公里 平方千米 平方米 公里 千米 里 千瓦时 千瓦 兆瓦 度 吉瓦 GW MW kW 千伏 公斤 千克 "
    "斤 亩 标准亩 公顷 米 厘米 升 蒸吨 标方 兆瓦时 吉瓦时 MWh GWh TB PB EB TEU 标箱 标准箱 分钟 小时 年 P EFLOPS PFLOPS"
)
_SIZE = re.compile(f"(?:{_MAGNITUDES})?{any_of(_SIZES)}")


def is_size(unit: str) -> bool:
    """Tell a unit of how large a thing is (万吨, 公里) from one of how many there are (座, 家, 人)."""
    return _SIZE.fullmatch(unit) is not None


def relation_of(word: str, suffix: str) -> str:
    """Give the sign of a comparator: >=, >, <=, <, ~ (about), - (a reduction by at least)."""
    before = COMPARATORS.get(word, ">=")
    if suffix and before != "-":
        after = SUFFIXES[suffix]
        return after if before in {">=", "=", "~", "<="} else before
    return ">=" if before == "=" else before
