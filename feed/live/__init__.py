"""The public folder goes live: in an order that can never break the feed, and asked about there.

`planning` says what would be done, `going` does it, `history` goes back, `pruning` tidies up, `check`
asks the real server what a directory would ask. Listeners' apps may poll at any second of it.
"""

from columncast.feed.live.check import LiveFinding, check_live
from columncast.feed.live.going import Live, Progress, go_live
from columncast.feed.live.history import RolledBack, former_feeds, rollback
from columncast.feed.live.planning import Plan, plan
from columncast.feed.live.pruning import Pruned, prune
from columncast.feed.live.seen import LiveFeedChangedError
from columncast.feed.live.verifying import Servers

__all__ = [
    "Live",
    "LiveFeedChangedError",
    "LiveFinding",
    "Plan",
    "Progress",
    "Pruned",
    "RolledBack",
    "Servers",
    "check_live",
    "former_feeds",
    "go_live",
    "plan",
    "prune",
    "rollback",
]
