"""A person's rights over their data: having it, and having it forgotten, in every plugin, also in one that is disabled now.

    export_person(ctx, "ada@example.com")    all that is held, by plugin          inside a session
    erase_person(ctx, "ada@example.com")     erased here and now; what waits is noted      inside a transaction
    erasures(ctx)                            what was asked for, where it is done and where it waits
    replay(ctx)                              after a restore: what the database no longer knows is done again

Whose data it was is kept sealed under the site's key, in the database and in a journal outside of it (`journal.py`), for
`[privacy] keep_days`; then it is forgotten, too.
"""

from marketry.privacy.erasing import erase_person
from marketry.privacy.exporting import account_of, export_person, not_asked
from marketry.privacy.listing import ErasureState, erasures
from marketry.privacy.replaying import Replayed, replay, tend

__all__ = [
    "ErasureState", "Replayed", "account_of", "erase_person", "erasures", "export_person", "not_asked", "replay", "tend",
]  # fmt: skip
