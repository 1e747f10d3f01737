"""Scenes for the leadership: what its leader is in charge of, and late leads that have said why, what next and where they want help."""

from __future__ import annotations

import datetime as dt
from functools import partial

from agencies.models import Agency
from measures.models import Plan
from oversight import portfolio
from oversight.board import Board
from seeds.story.plan import PlanOfTheStory
from seeds.story.players import report_in_words
from workflow.actions.write_report import ReportText
from workflow.models import Report

IN_CHARGE_OF = ("省委金融办", "人民银行广东省分行", "广东证监局")
"""The agencies in the portfolio of the leader, beside the plan itself."""


def what_the_leader_reads(story: PlanOfTheStory) -> None:
    """Enter the reports of the late leads and the leader's choice of a portfolio."""
    enter, today = story.diary.enter, story.diary.today
    bonds = ReportText(
        done="已会同人民银行、证监部门建立发债企业储备库，入库企业126家；公司债券、短期融资券发行规模稳步扩大，知识产权证券化产品完成发行2单。",
        problems="民营企业信用增进资金尚未到位，风险缓释凭证配套方案卡在出资比例上；债券风险防控协作机制有两家单位会签意见不一致。",
        next_steps="一周内召开专题协调会统一会签意见，两周内印发协作机制文件，同步上报信用增进资金出资方案。",
        help_needed="请领导小组协调信用增进资金省级出资比例。",
        percent=70,
        forecast_on=today + dt.timedelta(days=24),
        confidence=Report.Confidence.MEDIUM,
    )
    hengqin = ReportText(
        done="移动支付跨境互联试点已上线，覆盖合作区主要商圈；2家澳门金融机构的经营网点获批筹建。",
        problems="理财子公司落户申请尚待国家金融管理部门批复，跨境资产管理试点细则未能如期印发。",
        next_steps="已派专人跟进批复进度，批复后十个工作日内印发试点细则并组织首批机构落户。",
        percent=80,
        forecast_on=today + dt.timedelta(days=18),
        confidence=Report.Confidence.MEDIUM,
    )
    enter(7, 10, partial(report_in_words, story, 8, bonds))
    enter(5, 10, partial(report_in_words, story, 9, hengqin))
    enter(4, 9, partial(_takes_charge, story))


def _takes_charge(story: PlanOfTheStory, moment: dt.datetime) -> None:
    """Let the leader put the plan and the agencies of the field into the portfolio."""
    leader = story.cast.named("leader", moment)
    board = Board(leader, now=moment)
    portfolio.take(leader, board, plan=str(Plan.objects.get().pk), agency="")
    for agency in Agency.objects.filter(short_name__in=IN_CHARGE_OF, ends_on=None):
        portfolio.take(leader, board, plan="", agency=str(agency.pk))
