"""The Hypothesis machine: its rules are the protocol's, and what it finds is told, shrunk and saved."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from launchproof import Property, Protocol, always
from launchproof.cli.main import main
from launchproof.concrete import Act, Concretion, World
from launchproof.search.exhaustive import Search, search
from launchproof.semantics.steps import Semantics
from launchproof.testing import PROFILES, Broken, LifecycleMachine, lifecycle_machine, register_profiles
from launchproof.testing.machine import SCHEDULERS
from launchproof.traces import read, replay
from launchproof.walk.check import PROVED_STATES, REFINEMENT, Check
from launchproof.walk.real import replay_really
from tests.launchproof.test_concrete import (
    CLOCK,
    FAULTS,
    TOYS,
    Heard,
    Link,
    gossiping,
    hotel,
    leasing,
    leaves_early,
    mailing,
    never_holding,
    recorder,
    spell_oddly,
    to_neighbours,
)
from tests.launchproof.test_toys import (
    Got,
    Idle,
    Wait,
    calling,
    in_order,
    knocking,
    leaking,
    lossy,
    never_have,
    shop_is_empty,
    signalling,
    stuck,
    two_numbers,
)
from tests.toy.toy_protocol import PROTOCOL as TOY

SHRINKING = settings(
    max_examples=500,
    stateful_step_count=12,
    database=None,
    derandomize=True,
    deadline=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
FINDING = settings(SHRINKING, phases=(Phase.generate,))
LITTLE = settings(FINDING, max_examples=25)


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def machine_of(protocol: Protocol, properties: Sequence[Property] = (), *more: Any, **options: Any) -> type[LifecycleMachine]:
    """Make a machine that saves nothing, unless it is told where."""
    return lifecycle_machine(protocol, properties, *more, **{"save_to": None, **options})


def run(machine: type[LifecycleMachine], effort: settings = LITTLE) -> type[LifecycleMachine]:
    """Take some runs, which all are good."""
    run_state_machine_as_test(machine, settings=effort)
    return machine


def broken(machine: type[LifecycleMachine], effort: settings = FINDING) -> str:
    """Take runs up to one that breaks something; give what is told of it."""
    with pytest.raises(Broken) as caught:
        run(machine, effort)
    return str(caught.value)


def shrunk(machine: type[LifecycleMachine]) -> str:
    """Take runs up to one that breaks something, and shrink it; give what is told of it."""
    return broken(machine, SHRINKING)


def steps_told(told: str) -> list[str]:
    """List the headings of the steps that are told."""
    return [line.strip() for line in told.splitlines() if line.strip()[:1].isdigit()]


# -- rules -------------------------------------------------------------------------------------------


def rules(machine: type[LifecycleMachine]) -> set[str]:
    """Name the rules of a machine that stand for no scheduler."""
    schedulers = {*SCHEDULERS, "nothing_can_happen"}
    return {r.function.__name__ for r in machine.setup_state().rules if not r.function.__name__.endswith("_goes_on")} - schedulers


def test_every_transition_that_can_begin_a_step_is_a_rule() -> None:
    """Rules have the transitions' names; what is heard in the step that says it begins none."""
    assert rules(machine_of(hotel())) == {
        "book",
        "let",
        "move_in",
        "knock",
        "leave",
        "change_lock",
        "change_master",
        "evict",
        "desk_drops_it",
        "guest_drops_it",
    }
    assert rules(machine_of(leaking())) == {"mint", "replay"}


def test_losses_and_what_falls_on_the_floor_are_rules() -> None:
    """An unreliable exchange has a rule for each loss while its capability is on; a machine that hears drops things."""
    unreliable = {"lose_request_on_http", "lose_answer_on_http"}
    own = {"ask", "serve", "finish", "give_up", "client_drops_it", "server_drops_it"}
    assert rules(machine_of(lossy())) == own | unreliable
    assert rules(machine_of(lossy().without_capabilities("network"))) == own


def test_what_cannot_be_lost_has_no_rule() -> None:
    """An exchange without a message for losses has none."""
    assert not {name for name in rules(machine_of(signalling(lost=False))) if name.startswith("lose_")}


def test_every_machine_has_a_scheduler() -> None:
    """Besides the rules of transitions there are some that take whichever step is there."""
    found = {r.function.__name__ for r in machine_of(hotel()).setup_state().rules}
    assert {*SCHEDULERS, "desk_goes_on", "guest_goes_on", "nothing_can_happen"} <= found


def test_machines_do_not_share_what_they_count() -> None:
    """Every machine has counters of its own."""
    one, other = machine_of(calling()), machine_of(calling())
    run(one)
    assert one.steps > 0
    assert dict(one.fired) == dict.fromkeys(("call", "respond", "receive"), one.steps)
    assert (other.fired, other.steps) == (Counter(), 0)


@pytest.mark.parametrize("make", [lambda: TOY, lambda: stuck((Idle, Wait))], ids=["take", "begin"])
def test_a_transition_may_have_any_name(make: Callable[[], Protocol]) -> None:
    """Transitions that are named like something that the machine needs are no trouble."""
    run(machine_of(make()))


# -- good runs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("toy", TOYS)
def test_a_good_protocol_passes(toy: str) -> None:
    """Nothing breaks in runs of any toy, those that come to their end among them, and its transitions fire."""
    make, expected = TOYS[toy]
    machine = run(machine_of(make()))
    assert machine.steps > 0
    assert not expected.isdisjoint(machine.fired)


def test_side_by_side() -> None:
    """Two lifecycles run beside each other under one clock, and overhear each other."""
    seen: list[list[Any]] = []

    def note(world: World, act: Act) -> None:
        seen.append([w.phase("listener") for w in world.run.worlds])

    machine = run(machine_of(gossiping(), (), Concretion(overheard=to_neighbours, note=note), embeds=2))
    assert machine.fired["listen"]
    assert {len(phases) for phases in seen} == {2}
    assert any(one == other != Heard() for one, other in seen)
    clocked = run(machine_of(leasing(), (), CLOCK, embeds=2))
    assert {"apply", "rest", "leave", "lapse"} <= set(clocked.fired)


def test_one_lifecycle_may_end_before_another() -> None:
    """Where one of two lifecycles has come to its end the other goes on."""
    machine = run(machine_of(calling(), embeds=2))
    assert machine.steps > 40


def test_every_option_is_drawn() -> None:
    """A run's setup has one value for each option, and in some run each value."""
    seen: set[tuple[Any, ...]] = set()

    def note(world: World, act: Act) -> None:
        seen.add(tuple(world.run.setup[key] for key in ("size", "shade")))

    run(machine_of(mailing(), (), Concretion(options={"size": (1, 2, 3), "shade": ("pale",)}, note=note)))
    assert seen == {(1, "pale"), (2, "pale"), (3, "pale")}


def test_watchers_see_the_runs() -> None:
    """Every act of every run is shown to the watchers once, and counted once."""
    seen: list[str] = []
    machine = run(machine_of(lossy(), watchers=[recorder(seen)]))
    assert Counter(seen) == machine.fired


def test_the_same_runs_are_taken_every_time() -> None:
    """The quick profile takes the same runs in two machines: the same transitions fire as often."""
    quick = settings(settings.get_profile("quick"), max_examples=15, stateful_step_count=25, database=None)
    one, two = (machine_of(hotel()) for _ in range(2))
    for machine in (one, two):
        run(machine, quick)
    assert one.fired == two.fired
    assert one.steps == two.steps > 0


def test_a_machine_is_a_test_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's TestCase is what a suite holds."""
    machine = machine_of(calling())
    case = machine.TestCase
    monkeypatch.setattr(case, "settings", LITTLE)
    case("runTest").debug()
    assert machine.fired["call"]


# -- what breaks -------------------------------------------------------------------------------------


@always("toy")
def never_inside(door: Got) -> bool:
    """Nobody is let in."""
    return False


SHORTEST: list[tuple[Callable[[], Protocol], Property]] = [
    (mailing, never_holding),
    (leaking, shop_is_empty),
    (lambda: knocking(otherwise=True), never_inside),
    (lambda: two_numbers(fifo=False), in_order),
]


@pytest.mark.parametrize(("make", "claim"), SHORTEST, ids=lambda item: item.name if isinstance(item, Property) else "")
def test_what_breaks_is_shrunk(make: Callable[[], Protocol], claim: Property, tmp_path: Path) -> None:
    """For a simple protocol the run that is told is as short as the shortest counterexample, and breaks the same again."""
    protocol = make()
    told = shrunk(machine_of(protocol, [claim], save_to=tmp_path))
    assert f"\n{claim.name} does not hold" in told
    shortest = next(r.trace for r in search(protocol, [claim]).properties if r.property is claim)
    assert shortest is not None
    assert len(steps_told(told)) == len(shortest.steps)
    saved = read(tmp_path / f"{claim.name}.trace.json")
    assert (saved.breaks, len(saved.steps)) == (claim.name, len(shortest.steps))
    assert replay(saved, protocol, [claim]).as_expected


def test_a_planted_fault_is_told_as_steps_of_the_protocol(tmp_path: Path) -> None:
    """A reader that truncates is found: the steps, both sides, and the command that takes the run again."""
    faulty = Concretion(options={"size": (1, 2)}, spell=spell_oddly, forms={Link: FAULTS["a reader that truncates"][0]})
    told = shrunk(machine_of(mailing(), (), faulty, save_to=tmp_path))
    assert steps_told(told) == ["1. sender · mail", "2. reader · keep"]
    lines = told.splitlines()
    assert "refinement does not hold" in lines
    assert any(line.startswith("keep: what is heard differs; the model has ") for line in lines)
    file = tmp_path / "refinement.trace.json"
    assert lines[-1] == f"saved: take it again with `launchproof replay {file}`"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    saved = read(file)
    assert (saved.breaks, saved.setup) == (REFINEMENT, {"size": 1})
    done = replay(saved, mailing(), (), file, (REFINEMENT,))
    found = replay_really(saved, done, Check(done.semantics, (), faulty), file)
    assert found is not None
    assert found.breaks == REFINEMENT
    assert found.detail in lines


def write_project(where: Path, protocol: str, **keys: str) -> None:
    """Write a project with what these tests use."""
    name = f"lifecycle_{where.name}"
    (where / f"{name}.py").write_text(
        "from tests.launchproof.test_concrete import CLOCK, hotel, leasing, leaves_early, mailing, never_holding, at_most_twice\n"
        f"PROTOCOL = {protocol}()\nHOLDING, TWICE, EARLY, NONE = (never_holding,), (at_most_twice,), (leaves_early,), ()\n",
        encoding="utf-8",
    )
    table = {"protocol": "PROTOCOL", "properties": "NONE", **keys}
    lines = "".join(f'{key} = "{name}:{value}"\n' for key, value in table.items())
    (where / "pyproject.toml").write_text(f"[tool.launchproof]\n{lines}", encoding="utf-8")


def replayed(project: Path, file: Path) -> tuple[int, str]:
    """Replay a file on the command line; give its status and its last line."""
    result = CliRunner().invoke(main, ["replay", "--project", str(project), str(file)])
    return result.exit_code, (result.stdout or result.stderr).splitlines()[-1]


def test_launchproof_replay_takes_a_saved_run_again(tmp_path: Path) -> None:
    """A run that breaks a property breaks it on the command line as well."""
    broken(machine_of(mailing(), [never_holding], save_to=tmp_path))
    write_project(tmp_path, "mailing", properties="HOLDING")
    file = tmp_path / "never-holding.trace.json"
    count = len(read(file).steps)
    assert count >= 2
    assert replayed(tmp_path, file) == (1, f"{file}: replayed {count} steps; it breaks never-holding at step {count}")


def test_pauses_are_saved(tmp_path: Path) -> None:
    """A run with a clock that breaks a watcher's claim comes to the same moment when it is taken again."""
    told = broken(machine_of(leasing(), (), CLOCK, [leaves_early], save_to=tmp_path))
    saved = read(tmp_path / "leaves-early.trace.json")
    assert saved.steps[-1].acts[0].does == "leave"
    moment = sum(step.pause for step in saved.steps)
    assert moment >= 5.0
    assert told.splitlines()[-2] == f"left at {moment:g} s"
    write_project(tmp_path, "leasing", concretion="CLOCK", watchers="EARLY")
    result = CliRunner().invoke(main, ["replay", "--project", str(tmp_path), str(tmp_path / "leaves-early.trace.json")])
    assert result.exit_code == 1
    assert f"breaks leaves-early: left at {moment:g} s" in result.stdout.splitlines()


def test_runs_are_saved_where_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `save_to` it is the folder .launchproof of the working directory; with None nothing is written."""
    monkeypatch.chdir(tmp_path)
    told = broken(machine_of(calling(), [never_have]))
    assert "saved" not in told
    assert not list(tmp_path.iterdir())
    told = broken(lifecycle_machine(calling(), [never_have]))
    assert "launchproof replay .launchproof/never-have.trace.json" in told
    assert [p.name for p in (tmp_path / ".launchproof").iterdir()] == ["never-have.trace.json"]


def test_what_breaks_side_by_side_is_told_for_its_lifecycle(tmp_path: Path) -> None:
    """Of two lifecycles the one in which something broke is told and saved, and it breaks alone as well."""
    told = shrunk(machine_of(mailing(), [never_holding], embeds=2, save_to=tmp_path))
    assert steps_told(told) == ["1. sender · mail", "2. reader · keep"]
    assert replay(read(tmp_path / "never-holding.trace.json"), mailing(), [never_holding]).as_expected


def test_properties_are_judged_where_they_are_claimed() -> None:
    """One that is claimed without a capability is judged where that is off, and not where it is on."""

    @always("toy", under=("network",), because="it is a toy")
    def never_waits(client: Wait) -> bool:
        """The client never waits."""
        return False

    assert run(machine_of(lossy(), [never_waits])).fired["ask"]
    assert "never-waits does not hold" in broken(machine_of(lossy().without_capabilities("network"), [never_waits]))


def test_the_first_state_is_judged() -> None:
    """A property that the first state breaks is found, as the search finds it."""

    @always("toy")
    def never_idle(client: Idle) -> bool:
        """The client is never idle."""
        return False

    assert "never-idle does not hold" in broken(machine_of(calling(), [never_idle]), LITTLE)


# -- within a proof ----------------------------------------------------------------------------------


def searched(protocol: Protocol) -> Search:
    """Search a protocol."""
    made = Search(Semantics(protocol), ())
    made.run()
    return made


@pytest.mark.parametrize("make", [lossy, hotel, leaking, gossiping, leasing])
def test_a_closed_search_has_met_every_state(make: Callable[[], Protocol]) -> None:
    """Whatever states runs reach, a search that closed has met them."""
    protocol = make()
    within = searched(protocol)
    assert not within.stopped
    assert run(machine_of(protocol, within=within)).steps > 0


def test_a_state_that_no_search_has_met_is_found(tmp_path: Path) -> None:
    """Where the search met less than the runs reach, that is told, and saved, as `proved-states`."""
    protocol = calling()
    within = only_first(searched(protocol))
    told = broken(machine_of(protocol, within=within, save_to=tmp_path))
    assert "\nproved-states does not hold\nthe exhaustive search has not met the state that this run reaches" in told
    assert steps_told(told) == ["1. client · call"]
    assert read(tmp_path / "proved-states.trace.json").breaks == PROVED_STATES


def only_first(met: Search) -> Search:
    """Keep the first state of a search only."""
    met.index = dict(list(met.index.items())[:1])
    return met


def test_a_state_that_was_not_proved_is_replayed(tmp_path: Path) -> None:
    """The command that is told for a saved run takes that run again, whatever it broke."""
    broken(machine_of(mailing(), within=only_first(searched(mailing())), save_to=tmp_path))
    write_project(tmp_path, "mailing")
    assert replayed(tmp_path, tmp_path / "proved-states.trace.json")[0] != 2


# -- profiles ----------------------------------------------------------------------------------------


@pytest.fixture
def _profile() -> Iterator[None]:
    """Load the profile again that was loaded before."""
    before = settings.get_current_profile_name()
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("_profile")
def test_profiles_are_registered() -> None:
    """Hypothesis knows three profiles, each longer than the one before; only the quick one repeats itself."""
    register_profiles("thorough")
    assert list(PROFILES) == ["quick", "thorough", "nightly"]
    known = [settings.get_profile(name) for name in PROFILES]
    efforts = [(k.max_examples, k.stateful_step_count) for k in known]
    assert efforts == [(effort.runs, effort.steps) for effort in PROFILES.values()]
    assert all(shorter[0] < longer[0] for shorter, longer in pairwise(efforts))
    assert [k.derandomize for k in known] == [True, False, False]
    assert {k.deadline for k in known} == {None}
    assert settings().max_examples == PROFILES["thorough"].runs
    register_profiles()
    assert settings().max_examples == PROFILES["quick"].runs
