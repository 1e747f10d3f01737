"""What goes on beside the tasks: days pass, people come and go and lend rights, agencies are reorganised."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from agencies.actions.delegate import delegate
from agencies.actions.end_membership import end_membership
from agencies.actions.merge_agencies import merge_agencies
from agencies.actions.rename_agency import rename_agency
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.actions.split_agency import split_agency
from agencies.models import Agency, Delegation, Membership, Role, Succession, User
from agencies.permissions import follow_the_days
from tests.workflow.histories.playing import MOST_AGENCIES, SYSTEM, Playing
from workflow.actions.hand_over import hand_over
from workflow.actions.sweep import sweep
from workflow.actions.take_over import take_over


class Elsewhere(Playing):
    """The steps that are done to days, people and agencies."""

    @rule(days=st.sampled_from([1, 3, 12, 35]), swept=st.booleans())
    def days_pass(self, days: int, swept: bool) -> None:
        """Days pass, and the sweep runs; run again it does nothing."""
        self.now += dt.timedelta(days=days)
        follow_the_days(self.now)
        if swept:
            self.do("sweep", lambda: sweep(self.now))
            before = self.events
            self.do("sweep again", lambda: sweep(self.now))
            assert self.events == before, "a second sweep did something"

    @rule(data=st.data(), kind=st.sampled_from(["deputise", "leave", "hand_over", "take_over", "take_over"]))
    def people_move(self, data: st.DataObject, kind: str) -> None:
        """People lend rights, leave, hand over, and successors take over."""
        match kind:
            case "deputise":
                self.deputise(data)
            case "leave":
                self.somebody_leaves(data)
            case "hand_over":
                self.person_hands_over(data, data.draw(st.booleans(), label="leaves"))
            case _:
                self.successors_take_over(data)

    def deputise(self, data: st.DataObject) -> None:
        """Somebody lets a colleague act for them, or takes that back."""
        open_ones = list(Delegation.objects.filter(revoked_at__isnull=True, ends_at__gt=self.now).order_by("pk"))
        if open_ones:
            row = self.pick(data, open_ones, "delegation")
            self.do("revoke", lambda: revoke_delegation(actor=self.actor(row.delegator), now=self.now, delegation=row))
            return
        seats = list(Membership.objects.filter(ends_on__isnull=True, role=Role.REVIEWER).order_by("pk"))
        seat = self.pick(data, seats, "seat")
        others = list(
            User.objects.filter(memberships__agency=seat.agency, memberships__ends_on__isnull=True)
            .exclude(pk=seat.user_id)
            .order_by("pk")
            .distinct()
        )
        if others:
            self.do(
                "delegate",
                lambda: delegate(
                    actor=self.actor(seat.user), now=self.now, delegator=seat.user, deputy=self.pick(data, others, "deputy"),
                    agency=seat.agency, ends_at=self.now + dt.timedelta(days=20), reason="出差",
                ),
            )  # fmt: skip

    @rule(data=st.data(), kind=st.sampled_from(["rename", "merge", "split", "issuer"]))
    def reorganise(self, data: st.DataObject, kind: str) -> None:
        """An agency is renamed, merged or split from today on."""
        if Agency.objects.count() >= MOST_AGENCIES + len(self.world.agencies):
            return
        today = self.now.date()
        self.new += 1
        name = f"改革{self.new}厅"
        common: dict[str, Any] = {"actor": SYSTEM, "now": self.now, "effective_on": today, "basis": "机构改革方案"}
        alive = [agency for agency in self.agencies if agency.starts_on < today]
        if kind == "issuer":
            seat = Membership.objects.filter(user=self.world.people[0]).latest("pk").agency
            if seat.starts_on < today:
                self.do("rename the issuer", lambda: rename_agency(**common, agency=seat, name=name, short_name=name))
            return
        if len(alive) < 3:
            return
        agency = self.pick(data, alive, "agency")
        others = [row for row in alive if row.pk != agency.pk]
        self.agencies.remove(agency)

        def run() -> None:
            if kind == "rename":
                self.agencies.append(rename_agency(**common, agency=agency, name=name, short_name=name))
            elif kind == "split":
                self.agencies += split_agency(**common, agency=agency, parts=[(name, name), (name + "乙", name + "乙")])
            else:
                merge_agencies(**common, agencies=[agency], into=self.pick(data, others, "into"))

        self.do(kind, run)

    def successors_take_over(self, data: st.DataObject) -> None:
        """A coordinator or the system administrator lets successors take over."""
        ended = list(Agency.objects.filter(ends_on__isnull=False).order_by("pk"))
        if not ended:
            return
        agency = self.pick(data, ended, "agency")
        heirs = list(Succession.objects.filter(predecessor=agency).order_by("pk"))
        person = self.actor(self.pick(data, [*self.world.people[:2], *self.world.people[-4:]], "person"))
        heir = self.pick(data, heirs, "heir") if heirs else None
        self.do(
            "take_over",
            lambda: take_over(
                actor=person, predecessor_id=agency.pk, basis="机构改革", successor_id=heir.successor_id if heir else None, now=self.now
            ),
        )  # fmt: skip

    def person_hands_over(self, data: st.DataObject, leaves: bool) -> None:
        """The head of an agency hands over what a person has in hand."""
        heads = list(Membership.objects.filter(role=Role.HEAD, ends_on__isnull=True).order_by("pk"))
        if not heads:
            return
        seat = self.pick(data, heads, "head")
        staff = list(Membership.objects.filter(agency=seat.agency, ends_on__isnull=True, role=Role.OFFICER).order_by("pk"))
        if len(staff) < 2:
            return
        person, colleague = staff[0], staff[1]
        self.do(
            "hand_over",
            lambda: hand_over(
                actor=self.actor(seat.user), agency_id=seat.agency_id, person_id=person.user_id, officer_id=colleague.user_id,
                reason="调离", leaves=leaves, now=self.now,
            ),
        )  # fmt: skip

    def somebody_leaves(self, data: st.DataObject) -> None:
        """A role ends, though not everybody's."""
        seats = list(Membership.objects.filter(ends_on__isnull=True, role=Role.OFFICER).order_by("pk"))
        if len(seats) > 5:
            seat = self.pick(data, seats, "seat")
            self.do("end membership", lambda: end_membership(actor=SYSTEM, now=self.now, membership=seat))
