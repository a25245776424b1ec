"""`python -m marketry.cli` is `marketry`."""

import sys

from marketry.cli import main

sys.exit(main())
