"""Policy tuning: chooses a reordering rule's setting by replaying it on a shop's own past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maestro.packs.retail.order_policy import FloatArray, OrderPolicy
from maestro.packs.retail.simulator import ShopSimulator


def replayed_profit(shop: ShopSimulator, policy: OrderPolicy, days: int) -> FloatArray:
    """Profit of each line over `days` under a policy, with what is left at its salvage value, shape [n].

    The shop itself is left as it is.
    """
    run = shop.fork()
    before = run.accounts.profit.copy()
    run.run(policy, days)
    return np.asarray(run.accounts.profit - before + run.leftover_value())


def best_setting(
    candidates: Sequence[Sequence[OrderPolicy]], shops: Sequence[ShopSimulator], days: int
) -> int:
    """Number of the setting that earned most in all.

    Args:
        candidates: for each setting a policy for each shop; policies that remember nothing may be repeated.
        shops: the shops as they were at the beginning of the replay, such as one past under several draws
            of lead times.
        days: how long to replay.
    """
    earned = [
        sum(
            float(replayed_profit(shop, policy, days).sum())
            for policy, shop in zip(policies, shops, strict=True)
        )
        for policies in candidates
    ]
    return int(np.argmax(earned))
