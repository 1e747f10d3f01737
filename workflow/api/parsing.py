"""How the API reads bodies. The framework loads this while its own views are being loaded, so nothing of them is imported here."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON that answers 400 to what would exhaust the parser, to NaN, and to characters the database cannot hold."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the parsed body.

        Raises:
            ParseError: it is not JSON that can be taken.
        """
        try:
            parsed = super().parse(stream, media_type, parser_context)
            text = json.dumps(parsed, ensure_ascii=False)
            text.encode()
        except (RecursionError, ValueError) as wrong:
            raise ParseError(_("The body is not JSON that can be taken.")) from wrong
        if "\\u0000" in text:
            raise ParseError(_("The body holds a character that cannot be stored."))
        return parsed
