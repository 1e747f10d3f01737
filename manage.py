#!/usr/bin/env python
"""Entry point of the management commands."""

import os
import sys

CANNOT_START = 2
"""Exit code where the settings cannot be read; the doctor's for what fails."""


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        print(error, file=sys.stderr)
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main()
