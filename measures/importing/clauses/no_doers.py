"""What stands where a name would, and names nobody who does the work: an urging, one who is asked to decide, a leader."""

from __future__ import annotations

import re
from dataclasses import dataclass

from measures.importing.clauses import bodies
from measures.importing.clauses.names import shape
from measures.importing.clauses.persons import is_post, leader_in

_ASKED = (
    "报请",
    "提请",
    "提交",
    "呈报",
    "报经",
    "报送",
    "报",
    "经",
    "送",
    "隶属于",
    "隶属",
    "挂靠",
    "依托",
    "抄送",
    "抄报",
)  # who comes behind these decides, and has no part
_URGES = re.compile("(?:落实|压实|强化|夯实|明确|履行|严格落实|压紧压实)[^，；]{0,10}(?:责任|职责|任务|要求)")  # 落实属地责任，各区政府负责
# 会同省公安厅建设平台: what is built is no part of the name.
_BUILDS = re.compile(
    "(?<=[厅局委办府队])(?:(?:建设|搭建|打造|共建|建立|开发)[\u4e00-\u9fff]{0,8}(?:平台|机制|体系|系统|网络|基地)"
    "|(?:联合)?(?:组成|成立|组建|抽调)[\u4e00-\u9fff]{0,8}(?:组|专班|小组|队|队伍))$"
)


@dataclass(frozen=True)
class NoDoer:
    """Why a text names no agency that does the work.

    Args:
        why: the reason of the doubt.
        leader: the leader who is named, or "".
        urges: it only urges (压实属地责任).
    """

    why: str
    leader: str = ""
    urges: bool = False


def no_doer(text: str) -> NoDoer | None:
    """What a text is that stands where a name would and names nobody who does the work, or None."""
    if _URGES.fullmatch(text):
        return NoDoer("这一部分没有读出", urges=True)
    asked = next((word for word in _ASKED if text.startswith(word) and shape(text[len(word) :]).prefix in bodies.LEVEL_MARKS), "")
    if asked and shape(text[len(asked) :]).complete:
        return NoDoer("这里提到的单位没有读入")
    if leader := leader_in(text):
        return NoDoer("写的是领导，按牵头领导读取", leader=leader)
    return NoDoer("写的是职务，不是单位") if is_post(text) else None


def built_behind(text: str) -> int:
    """Where the words begin that say what an agency builds (省公安厅建设平台), or the end of the text."""
    found = _BUILDS.search(text)
    return found.start() if found and shape(text[: found.start()]).office else len(text)
