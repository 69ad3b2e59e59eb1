"""`python -m scriven` is the command line."""

from __future__ import annotations

import sys

from scriven.cli import main

sys.exit(main())
