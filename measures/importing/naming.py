"""What stands before a number, without the words that are no part of the name of what is measured."""

from __future__ import annotations

import re

from measures.importing.comparators import VERBS, any_of

_YEARS_ONLY = re.compile(r"(?:用)?[一二两三四五六七八九十]年(?:内|间|来)?")  # 三年累计达到1000家
# 达到约, 超过了, 高于上年的, 提高到每人每年: what may stand between a comparator and its number.
BETWEEN = r"(?:约|近|了|(?<=[于到过在达至])[^，、\d的]{1,8}的|(?<=[于到过至达])(?:每[^，、\d的]{1,5}|[人户亩地单]均))"
_BETWEEN_END = re.compile(r"(?<=.)" + BETWEEN + "$")
ANY_VERB = re.compile(any_of(VERBS))
# 支持企业建设海外仓10个: what is counted begins at the second verb.
_ENABLING = re.compile(
    r"^(?:协调|支持|鼓励|引导|推动|指导|组织|争取|促进|动员|依托|通过|在|围绕|面向)[^，]{2,24}?(?=" + ANY_VERB.pattern + ")"
)
LEADING = re.compile(
    r"^(?:其中|同时|[一二两三四五六七八九十\d]+年(?:内)?(?=累计|新增|共)|[0-9０-９]{1,2}[.．、](?=[\u4e00-\u9fff])|[（(][0-9０-９一二三四五六七八九十]{1,2}[）)]|[一二三四五六七八九]是|稳定(?!在)|将|把|并且|并|且|到|力争|确保|努力|争取|预计|预期|计划|全力|基本(?![养医公农药生]|实现率)|使得?|让|推动实现|推动|促进|带动|实现(?!率)|完成(?!率|度|质量|情况)|保持(?!率)|累计|分别|年底|期末|年度(?!投资|评价|考核|评估)|全年|每年|每季度|每月|积极|大力|分批|加快|着力|统筹|全面|持续|稳步|有序|继续|届时|届期|区域内|范围内|、|和|及|以及|与|以|——|[①-⑳]|\s|\u3000)+"
)
_REGION = re.compile(r"^在?(?P<region>全[省市县区镇]域|全[省市县区国州盟旗镇]|我[省市县区国]|本[省市县区]|全域|省内|市内)")
_BEHIND = re.compile(r"(?:力争|分别|总体|累计|平均|年均|年度|基本|稳定|至少|均|已|将|要|再|在|全部|合计|共|各|每(?:年|月|季度?|半年))+$")
# 已登记的1.2万处点位, 现存10种锅炉: which of them, and no name of what is counted.
_THOSE = re.compile(r"(?:首批|第[一二三四五]批|(?:要|应)?按照?|(?:已|纳入|列入)[^，、]{1,8}的|(?:存在|剩余|余下|其余)的|现存|剩余)$")
_IN_A_PLACE = re.compile(rf"^在[^，]{{2,30}}?(?=(?:{ANY_VERB.pattern})$)")  # 在重点区域建设30个示范县
STARTING = re.compile(r"(?:由|从)[^由从，]{0,6}\d[\d.,]*[^，\d]{0,5}$")


def named_by(named: str) -> tuple[str, str]:
    """Take from what stands before a number the words that are no part of its name; give the name and the region."""
    bare = LEADING.sub("", named.strip())
    region_match = _REGION.match(bare)
    region = region_match["region"] if region_match else ""
    bare = LEADING.sub("", bare[region_match.end() :]) if region_match else bare
    enabled = _ENABLING.sub("", bare)
    bare = bare if ANY_VERB.fullmatch(enabled) else enabled  # 组织养老服务人员培训1万人次
    bare = re.sub(r"(?:同比|比|较|相比|与).{0,3}(?:(?:19|20)\d{2}年|上年度?|去年)(?:底|末|同期)?(?:水平)?(?:相比)?$", "", bare).strip(
        " 、，\u3000"
    )
    bare = _THOSE.sub("", STARTING.sub("", bare))
    bare = _IN_A_PLACE.sub("", bare)
    bare = _BEHIND.sub("", bare)
    return "" if _YEARS_ONLY.fullmatch(bare) else bare, region


def stem_of(word: str) -> str:
    """Give a comparator without what may stand between it and the number: 达到约, 超过了, 高于上年的."""
    return _BETWEEN_END.sub("", word)
