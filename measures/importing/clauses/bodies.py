"""Vocabulary of Chinese public bodies, from `tables/bodies.toml`: what names are made of, and at which level each kind exists.

These are general facts about government, not the directory of an installation: they say that 财政厅 is a provincial kind of body
that takes 省, that 网信办 goes with the party committee, that 教育部 stands alone. The comments stand in the table.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

NATION, PROVINCE, CITY, COUNTY, TOWN, INNER = "nation", "province", "city", "county", "town", "inner"

_TABLE = tomllib.loads((Path(__file__).parent / "tables" / "bodies.toml").read_text(encoding="utf-8"))
_WORDS = {name: tuple(words.split()) for name, words in _TABLE["words"].items()}

LEVEL_MARKS: dict[str, str] = {mark: level for level, marks in _TABLE["marks"].items() for mark in marks.split()}
HEADS: dict[str, frozenset[str]] = {
    head: frozenset(() if levels == "any" else levels.split()) for levels, heads in _TABLE["heads"].items() for head in heads.split()
}

NOT_MARKS = _WORDS["not_marks"]
NATIONAL_MARKS = _WORDS["national_marks"]
STANDALONE = frozenset(_WORDS["standalone"])
STANDALONE_ONLY_NATIONAL = frozenset(_WORDS["standalone_only_national"])
TAKES_GUOJIA = frozenset(_WORDS["takes_guojia"])
CENTRAL_STEMS = _WORDS["central_stems"]
PARTY = frozenset(_WORDS["party"])
PARTY_OR_GOVERNMENT = frozenset(_WORDS["party_or_government"])
WHOLE = frozenset(_WORDS["whole"])
FUNCTIONS = frozenset(_WORDS["functions"])
OFFICES = _WORDS["offices"]
PROVINCIAL_TING = frozenset(_WORDS["provincial_ting"])
ZONES = _WORDS["zones"]
KINDS_OF_ZONES = frozenset(_WORDS["kinds_of_zones"])
ZONE_SEATS = _WORDS["zone_seats"]
REGION_UNITS = _WORDS["region_units"]
SEATS = _WORDS["seats"]
COMPANY_ENDS = _WORDS["company_ends"]
JOINERS = _WORDS["joiners"]
NAMES_WITH_JOINER = _WORDS["names_with_joiner"]
QUANTIFIERS = _WORDS["quantifiers"]
CLASS_NOUNS = _WORDS["class_nouns"]
LANDMARKS = tuple(sorted(_WORDS["landmarks"], key=len, reverse=True))
PLURALS = tuple(sorted(_WORDS["plurals"], key=len, reverse=True))
OPENERS = _WORDS["openers"]
SCOPES = _WORDS["scopes"]
TITLES = tuple(sorted(_WORDS["titles"], key=len, reverse=True))
OFFICES_OF_BOTH = frozenset(_WORDS["offices_of_both"])
OUTCOMES = _WORDS["outcomes"]
SURNAMES = frozenset(_WORDS["surnames"])
POST_ENDS = _WORDS["post_ends"]
SEATS_OF_ONE = frozenset(_WORDS["seats_of_one"])
SINGULAR = SEATS_OF_ONE | frozenset(_WORDS["singular"])
LEVEL_NOUNS = frozenset(_WORDS["level_nouns"])
FURTHER_NOUNS = frozenset(_WORDS["further_nouns"])
AREAS = _WORDS["areas"]
LOCAL_OF_CENTRE = frozenset(_WORDS["local_of_centre"])
NO_PREFIX = frozenset(_WORDS["no_prefix"])
NATIONWIDE = frozenset(_WORDS["nationwide"])
TOO_SHORT = frozenset(_WORDS["too_short"])
BRANCH_HEADS = frozenset(_WORDS["branch_heads"])
NOT_IN_NAMES = _WORDS["not_in_names"]
HARMLESS = _WORDS["harmless"]
GENERIC = frozenset(_WORDS["generic"])
SENTENCE_WORDS = _WORDS["sentence_words"]
NOT_IN_COLLECTIVES = _WORDS["not_in_collectives"]
BANKS = tuple(sorted(_WORDS["banks"], key=len, reverse=True))
TELECOM = _WORDS["telecom"]
OF_THEIR_OWN = frozenset(_WORDS["of_their_own"])
ONE_HOUSE = _WORDS["one_house"]
DISTRICTS = frozenset(_WORDS["districts"])
NO_REGIONS = _WORDS["no_regions"]
NO_PLACES = frozenset(_WORDS["no_places"])
ORGANS = tuple(sorted(_WORDS["organs"], key=len, reverse=True))
PREFECTURE_OFFICES = frozenset(_WORDS["prefecture_offices"])
SORTS = _WORDS["sorts"]
OF_A_GROUP = frozenset(_WORDS["of_a_group"])
SCOPE_ENDS = _WORDS["scope_ends"]
