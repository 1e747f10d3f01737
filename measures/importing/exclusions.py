"""Numbers that set no aim: history, what is promised to others, conditions, what only says which ones are counted."""

from __future__ import annotations

import re

from measures.importing.comparators import NUMBER, UNIT, is_size
from measures.importing.naming import ANY_VERB, STARTING

_PAST = "截至|截止|目前|已[经达建有完累实培]|现有|近年|曾|原有"
_REACHED = re.compile(_PAST)
_HISTORY = re.compile(f"{_PAST}|以来|去年|上年")
# 较上年提高6个百分点, 控制在上年结余的10%以内 compare with what was; 对2018年以来改造的户厕 says which ones are meant.
_COMPARED = re.compile(
    r"(?:比|较|相比|相较于?|与|同比|高于|低于|多于|少于|超过|不超|不低于|不高于|不少于|不多于|控制在|保持在|达到|以|不低|不突破)(?:去年|上年)[^，。；\d]{0,12}"
    r"|(?:^|[，、：])(?:对|针对)[^，]{0,24}以来|(?:19|20)\d{2}年(?:\d{1,2}月)?以来[^，。；\d]{1,16}的"
)
# What follows is set, whatever was before: 目前覆盖80%，力争达到90%.
_SET = re.compile(r"力争|确保|争取|(?:到|至)20\d\d年|年底前|月底前|(?:不低于|不少于|不超过|不高于|控制在)$")
_OTHERS = re.compile(
    r"补助|补贴|资助|贴息|每[户家个人名亩笔件台辆]|标准(?:的|为|发)|满\d|按.{0,12}(?:计算|执行|收取|缴)|注册资本|有效期|贷款|的(?:企业|项目|单位|人员|家庭|企业和|个人)"
)
_SHARE_OF = re.compile(
    r"(?:以上|以下|左右)?的(?:行政|自然|建制|中小|公办|居民|常住)*(?:村|乡镇|街道|社区|县|学校|医院|家庭|人口|居民|机关|城市|医疗机构)"
)
# 补贴比例提高至60% is an aim, 按10%给予补贴 a promise.
_LEVEL = re.compile(r"(?:比例|占比|标准|水平|率|覆盖面)$")
_RISES = frozenset(
    (
        "提高至",
        "提高到",
        "提升至",
        "提升到",
        "扩大到",
        "扩大至",
        "增加到",
        "增加至",
        "达到",
        "稳定在",
        "保持在",
        "降至",
        "降到",
        "降低到",
        "降低至",
    )
)
_GIVES = re.compile(r"给予[^。；]*?(?:补贴|补助|奖励|奖补|资助|贴息)(?![^。；]*(?:力争|确保|到20\d\d年))")
_CAPACITY = re.compile(r"(?:年|月|日|时)均?(?:产|处理|加工|输送|供水|供气|发电|接待)$")
_GRANTS = re.compile(r"给予|奖励|奖补|最高|上限|罚|单[个户家笔]|不满|未满")

_POLICY = re.compile(
    r"给予|奖励|奖补|补助|补贴|资助|贴息|罚款|处罚|最高|上限|单[个户家笔]|每[户家个人名亩笔件台辆年][^，]{0,6}(?:补|奖|\d+万?元)|"
    r"比例(?:补|返|核|安排)|标准(?:的|为|发)|不满|未满|满\d|按.{0,12}(?:计算|执行|收取|缴)|注册资本|期限|有效期"
)
# A number that only says which ones are meant: 营业收入超过100亿元的企业.
_CONDITION = re.compile(r"^(?:以上|以下|以内|及以上)?的(?!目标|比例|任务)")
# 组建3个专班 counts who works, not what is reached; 在完成100个的基础上 is where it starts from; 10万吨级泊位 says how large it is.
_NOT_COUNTED = re.compile(
    r"^级(?!别)|^间(?=占|病房|宿舍|公寓|的?比)|^(?:左右|以上)?(?:的基础上|(?:工作|专项|推进|攻坚|专家|督[查导])*(?:专班|小组|工作组|专项组|专责组|专门机构)|方面|阶段|步骤|层面|维度|联络员|"
    r"(?:分管|负责|班子)(?:领导|同志|成员)|专人|[\u4e00-\u9fff]{0,6}队伍?(?:[，。；]|$)|《)"
)
_DESCRIBES = re.compile(
    r"总投资|计划投资|概算|估算|占地|用地面积|规划面积|建筑面积|全长|总长|单价|注册资本|现有|共有|合计|原有|组长|成员|主任|召集人|联络员|负责人|电话|邮编|"
    r"邮箱|传真|地址|房间|附件|第|《|提前|后|的|每人|时间为|频次|标准为"
)
_ENUMERATES = frozenset("款章节页号期届字")
_SAYINGS = re.compile(r"(?:措施|举措|意见|政策|任务|规定|清单|要求|建议|内容|方面|条例|办法)$")  # 稳经济措施50条
# 产值超10亿元产业链6条, 日处理500吨垃圾焚烧厂2座: the first number says which ones are counted, or how large they are.
_QUALIFIES = re.compile(
    rf"^(?P<noun>(?:以上|以下|左右)?的?[\u4e00-\u9fff“”]{{2,12}}?)(?:达到|达|突破|超过|不少于)?(?:{NUMBER})(?P<unit>{UNIT})"
)

_ACTED = re.compile(f"^(?:(?:以上|以下|左右)?的?){ANY_VERB.pattern}|{ANY_VERB.pattern}$")  # 新建项目, 企业培育, but not 污水处理厂
# 50户以上自然村通硬化路工程, 500千伏变电站3座
_SIZED = re.compile(r"(?:以上|以下)的?[\u4e00-\u9fff“”]{2,14}(?:工程|行动|计划|改造|建设|整治|治理)(?=[，。；、]|$)")
_AND_BELOW = re.compile(r"及以[上下](?:的)?[\u4e00-\u9fff“”]{2,14}(?=[，。；、）]|$)")  # 10蒸吨/小时及以下燃煤锅炉
_SIZES = re.compile(r"^(?:户|人|年|层|吨|米|千瓦|万千瓦|岁|周岁)$")
_REACHES = re.compile(r"达|超过|突破|不少于|不低于|增长|提高|实现|占|率")
# 关停30万千瓦以下机组4台: which ones, and how many of them.
_KIND = re.compile(rf"(?:及以上|以上|以下|以内)的?(?P<noun>[\u4e00-\u9fff“”][\u4e00-\u9fff“”（）()]{{1,13}}?)(?:{NUMBER})(?:{UNIT})")


def is_history(behind: str, word: str) -> bool:
    """Tell whether a sentence speaks of what was. `behind` is all of it before the number, `word` the comparator."""
    said = _COMPARED.sub("", behind + word)
    past = list(_HISTORY.finditer(said))
    return bool(past) and not _SET.search(said, past[-1].end())


def is_promise(around: str, named: str, word: str) -> bool:
    """Tell a sum or share that is given or asked for, from an aim. `around` is the part of the sentence, `named` what is measured."""
    if _POLICY.search(around) is None:
        return False
    return not (word in _RISES and _LEVEL.search(STARTING.sub("", named).strip()) and not _GRANTS.search(around))


def goes_on_promising(before: str, named: str, unit: str) -> bool:
    """Tell a sum or share that goes on with a promise of the same sentence: 给予30%的补贴，贫困地区不超过40%."""
    return (unit.endswith("元") or unit == "%") and _GIVES.search(before) is not None and not _LEVEL.search(named.strip())


def says_capacity(named: str) -> bool:
    """Tell words behind which stands how much a thing makes or takes: 形成年产300万台…生产能力."""
    return _CAPACITY.search(named) is not None


def is_named_behind(after: str) -> bool:
    """Tell whether a thing and how many there are of it stand behind a number: 300万台终端设备生产线1条."""
    return _QUALIFIES.match(after) is not None


def is_plainly_none(around: str, before: str, after: str) -> bool:
    """Tell a number that is none beyond doubt: a grant, a condition, a thing of the past.

    Args:
        around: the part of the sentence that it stands in.
        before: the sentence as far as this part.
        after: what follows the number.
    """
    if _SHARE_OF.match(after):
        return False  # 一半以上的村通水
    past = list(_REACHED.finditer(before + around))
    reached = bool(past) and not _SET.search(before + around, past[-1].end())
    return bool(reached or _GRANTS.search(around) or _OTHERS.search(around) or _CONDITION.match(after))


def is_condition(after: str, unit: str) -> bool:
    """Tell a number that only says which ones are meant (超过100亿元的企业, 30万千瓦以下机组4台) by what stands behind it."""
    which = _QUALIFIES.match(after)
    rate = which is not None and which["noun"].endswith("率")  # 站点500米覆盖率100%
    counted = which is not None and not is_size(which["unit"]) and (rate or not (which["unit"] == "%" or _ACTED.search(which["noun"])))
    if counted and is_size(unit):
        return True
    if is_size(unit.partition("/")[0]) and _AND_BELOW.match(after):
        return True
    if unit == "千伏" or (_SIZES.match(unit) and _SIZED.match(after)):
        return True
    return is_kind(after) or _CONDITION.match(after) is not None


def is_kind(after: str) -> bool:
    """Tell the number of a sort of things that are counted behind it (30万千瓦以下机组4台)."""
    kind = _KIND.match(after)
    return kind is not None and not ANY_VERB.search(kind["noun"]) and not _REACHES.search(kind["noun"])


def is_counted(after: str) -> bool:
    """Tell a number that is reached from one that says who works, or where it starts from."""
    return _NOT_COUNTED.match(after) is None


def names_thing(bare: str, unit: str) -> bool:
    """Tell a thing whose number may be aimed at from one that is only described (总投资, 负责人) or a paper (稳经济措施50条)."""
    return not _DESCRIBES.search(bare) and unit not in _ENUMERATES and not (unit in {"条", "项", "份"} and _SAYINGS.search(bare))
