"""Lease: it ends here before it ends for anybody else; who is silent for its length is dead."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.executor_registry import ExecutorInfo, ExecutorState
from maestro.engine.lease import Lease, Watch

START = datetime(2026, 3, 1, tzinfo=UTC)
OTHER = ExecutorInfo(
    id="other",
    host="h",
    pid=1,
    state=ExecutorState.LIVE,
    started_at=START,
    heartbeat_at=START,
    beats=5,
    lease_s=3.0,
    workflows=(),
    runs=0,
    claimed_by=None,
    taken_over_by=None,
    settled=False,
)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_lease_lasts_from_the_sending_of_the_heartbeat_that_was_acknowledged() -> None:
    clock = Hand()
    lease = Lease(3.0, clock)
    assert not lease.holds()

    sent_at = clock()
    clock.seconds += 2.0  # the database took so long to answer
    lease.renew(sent_at)
    assert lease.holds()
    clock.seconds += 1.0
    assert not lease.holds()


def test_a_lease_that_was_taken_away_is_over_at_once() -> None:
    lease = Lease(3.0, Hand())
    lease.renew(100.0)
    lease.end()
    assert not lease.holds()


def test_a_lease_that_has_run_out_is_not_brought_back_by_a_late_heartbeat() -> None:
    clock = Hand()
    lease = Lease(3.0, clock)
    lease.renew(clock())
    clock.seconds += 3.5
    lease.renew(clock())
    assert not lease.holds()


def test_who_is_silent_for_the_length_of_the_lease_is_dead() -> None:
    clock = Hand()
    watch = Watch(clock)
    found = []
    for _ in range(8):
        found.append([each.id for each in watch.look([OTHER])])
        clock.seconds += 0.5

    assert found == [[]] * 6 + [["other"]] * 2


def test_a_newcomer_need_not_wait_for_all_of_a_lease_that_ran_out_before_it_came() -> None:
    clock = Hand()
    watch = Watch(clock)
    found = []
    for _ in range(5):
        found.append([each.id for each in watch.look([replace(OTHER, silent_s=10.0)])])
        clock.seconds += 0.5

    assert found == [[]] * 3 + [["other"]] * 2


def test_who_beats_stays_alive() -> None:
    clock = Hand()
    watch = Watch(clock)
    for beat in range(20):
        assert watch.look([replace(OTHER, beats=beat // 4)]) == []
        clock.seconds += 0.5


def test_who_has_left_is_not_watched() -> None:
    clock = Hand()
    watch = Watch(clock)
    for state in (ExecutorState.GONE, ExecutorState.LOST):
        for _ in range(3):
            assert watch.look([replace(OTHER, state=state)]) == []
            clock.seconds += 5.0


def test_time_in_which_the_database_did_not_answer_counts_for_nobody() -> None:
    clock = Hand()
    watch = Watch(clock)
    watch.look([OTHER])
    clock.seconds += 2.5
    assert watch.look([OTHER]) == []
    watch.pause()
    clock.seconds += 3600.0
    assert watch.look([OTHER]) == []
    clock.seconds += 0.5
    assert watch.look([replace(OTHER, beats=6)]) == []
    clock.seconds += 2.5
    assert watch.look([replace(OTHER, beats=6)]) == []


@settings(deadline=None, max_examples=60)
@given(
    beats=st.lists(st.floats(0.1, 2.0), min_size=1, max_size=6),
    answer_s=st.floats(0.0, 1.0),
    looks=st.floats(0.1, 0.7),
    offset=st.floats(-1e6, 1e6),
)
def test_the_lease_is_over_here_before_an_observer_with_another_clock_sees_a_death(
    beats: list[float], answer_s: float, looks: float, offset: float
) -> None:
    here, there = Hand(), Hand()
    there.seconds += offset
    lease, watch = Lease(3.0, here), Watch(there)
    now, written = 0.0, 0
    sent = []
    for gap in beats:  # the heartbeats of its life, the last one its last
        sent.append(now)
        now += gap
    acknowledged = [moment + answer_s for moment in sent]
    dead, step = False, 0
    while not dead:
        step += 1
        moment = step * looks
        here.seconds, there.seconds = 100.0 + moment, 100.0 + offset + moment
        for index, at in enumerate(acknowledged):
            if at <= moment and index >= written:
                written = index + 1
                lease.renew(100.0 + sent[index])
        dead = bool(watch.look([replace(OTHER, beats=written)]))
    assert not lease.holds()
