"""Exercise 5.5: timing, fairly."""

import numpy as np

from helpers.checking.authoring import exercise


class _World:
    """The time in which the check's stand-ins live: nothing is really waited for."""

    now = 0.0


class _Clock:
    """A look at the world's time. A new copy, which each call of an answer gets, sets it back: then an answer repeats itself."""

    def __call__(self):
        return _World.now

    def __deepcopy__(self, memo):
        _World.now = 1000.0
        return _Clock()

    def __eq__(self, other):
        return isinstance(other, _Clock)

    __hash__ = None


class _Drawn:
    """What the stand-in of make_input draws, and the only thing that the stand-in of run takes."""


class _StandIn:
    """A function that takes a planned number of seconds at each call: first the warm-up, then the others."""

    def __init__(self, *seconds):
        self.seconds, self.calls = seconds, 0

    def _pass_the_time(self):
        _World.now += self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.calls += 1

    def __eq__(self, other):  # having been called is no change
        return type(self) is type(other) and self.seconds == other.seconds

    __hash__ = None


class _MakeInput(_StandIn):
    def __call__(self):
        self._pass_the_time()
        return _Drawn()


class _Run(_StandIn):
    def __call__(self, *inputs):
        if len(inputs) != 1:
            raise TypeError(f"run takes one input; it was called with {len(inputs)}.")
        if not isinstance(inputs[0], _Drawn):
            raise TypeError("run was called with something that make_input() did not draw.")
        self._pass_the_time()
        return 0.25                                                                # no time, and no number of a right answer


for _stand_in in (_Clock, _MakeInput, _Run):
    _stand_in.__name__ = "function"                                                # the verdict calls it so


@exercise("5.5", title="Timing, fairly", returns={"seconds": ""}, hints=[
    "What would the time of the very first call tell you? And what must not happen between the two looks at the clock?",
    "Make the input once. Call `run(X)` once for nothing. Then, `repeats` times: look at the clock, run, look again, and note the "
    "difference. What is done with the list so that one hiccup of the machine does not count?",
    "`run(X)` for the warm-up; in the loop `start = clock()`, `run(X)`, `seconds.append(clock() - start)`; at the end `np.median(seconds)`.",
])
def time_cell(run, make_input, clock, repeats):
    """Return the median of the seconds that run(X) takes in `repeats` runs after a warm-up.

    run: the function to be timed, called as run(X); make_input: a function that draws X,
    called as make_input(), which takes time as well; clock: a function that returns the
    time in seconds, called as clock().
    If the calls of run take 9, 1, 30, 2 seconds, one after the other, then with repeats = 3
    it is 2.0.
    """
    X = make_input()
    # TODO: warm up: one run that does not count
    run(X)
    # END
    seconds = []
    for _ in range(repeats):
        # TODO: note the seconds of one run, and of nothing else
        start = clock()
        run(X)
        seconds.append(clock() - start)
        # END
    return float(np.median(seconds))          # TODO: the number that one hiccup does not change


@time_cell.cases
def _(rng):
    make, clock = _MakeInput(5.0), _Clock()
    yield "the worked number: 9, 1, 30, 2 seconds, repeats = 3", (_Run(9, 1, 30, 2, 7), make, clock, 3)
    yield "a slow first call, repeats = 1", (_Run(8, 2, 3), make, clock, 1)
    yield "one hiccup, repeats = 5", (_Run(9, 1.0, 1.2, 1.1, 30, 1.3, 6), make, clock, 5)
    yield "repeats = 4", (_Run(7, 2.0, 2.5, 1.0, 4.0, 8), make, clock, 4)
    yield "every run takes the same, repeats = 2", (_Run(2, 2, 2, 2), make, clock, 2)
    yield "repeats = 100", (_Run(50, *range(1, 101), 500), make, clock, 100)


@time_cell.observed_by
def _(answer, run, make_input, clock, repeats):
    if isinstance(answer, float) and 0 < answer < 5e-4:  # the stand-ins wait for nobody: these are true microseconds
        raise ValueError("You look at a clock of your own. The one to be used was handed to you: call clock().")
    return answer


time_cell.same(time_cell.changed(
    ("start = clock()\n        run(X)\n        seconds.append(clock() - start)",
     "before = clock()\n        run(X)\n        after = clock()\n        seconds.append(after - before)"),
    ("float(np.median(seconds))", "(sorted(seconds)[(repeats - 1) // 2] + sorted(seconds)[repeats // 2]) / 2")))


@time_cell.same
def _(run, make_input, clock, repeats):
    X = make_input()
    run(X)
    marks = [clock()]
    for _ in range(repeats):
        run(X)
        marks.append(clock())
    return np.median(np.diff(marks))


def _lap(between="run(X)", noted="clock() - start"):
    return f"start = clock()\n{between}\nseconds.append({noted})"


FEW = "You count one run too few: the warm-up is no part of the `repeats`."
for sentence, edits in [
    ("The first run counts in yours. It also pays for what is done only once (loading, memory, empty caches): run it once before.", dict(block="pass")),
    ("You warm up twice. One run is enough, and the check's clock counts the runs.", dict(block="run(X)\nrun(X)")),
    ("You warm up as often as you measure. Once is enough, and the check's clock counts the runs.", dict(block="for _ in range(repeats):\n    run(X)")),
    ("Between your two looks at the clock a new input is drawn: you time the random numbers as well.", dict(block__2=_lap("run(make_input())"))),
    ("You time the making of the input and not the run.", dict(block__2=_lap("make_input()"))),
    ("Nothing runs between your two looks at the clock.", dict(block__2=_lap("pass"))),
    ("You run it twice between two looks at the clock.", dict(block__2=_lap("run(X)\nrun(X)"))),
    ("You note what run returns, not how long it took: the clock knows that.", dict(block__2="seconds.append(run(X))")),
    ("You note what the clock shows. How long a run took is the difference of two looks.", dict(block__2="run(X)\nseconds.append(clock())")),
    ("You note what the clock shows. How long a run took is the difference of two looks.", dict(block__2=_lap(noted="start"))),
    ("You add the two looks at the clock. How long a run took is their difference.", dict(block__2=_lap(noted="clock() + start"))),
    ("Your times are negative: later minus earlier.", dict(block__2=_lap(noted="start - clock()"))),
    ("Your warm-up comes inside the loop as well, before each run. Once, before the loop, is enough.", dict(block__2="run(X)\n" + _lap())),
    ("You take the mean. One hiccup of the machine, thirty times as long as a run, spoils it; the median does not notice.", dict(returns="float(np.mean(seconds))")),
    ("You take the fastest run. Many do, as timeit's documentation advises; here the median is asked, the run in the middle.", dict(returns="min(seconds)")),
    ("You take the slowest run: that is the hiccup.", dict(returns="max(seconds)")),
    ("You add up all runs. What one run takes is asked.", dict(returns="float(np.sum(seconds))")),
    ("You return what each run took. One number is asked, the middle one.", dict(returns="np.array(seconds)")),
    ("You take the run in the middle of the *list*, whatever it took. The median is the middle of the sorted list.", dict(returns="seconds[len(seconds) // 2]")),
    ("You return the time of the last run alone.", dict(returns="seconds[-1]")),
    ("You return the time of the first run alone.", dict(returns="seconds[0]")),
    ("With an even number of runs two are in the middle: the median is their mean; you take the larger one.", dict(returns="sorted(seconds)[len(seconds) // 2]")),
    ("With an even number of runs two are in the middle: the median is their mean; you take the smaller one.", dict(returns="sorted(seconds)[(len(seconds) - 1) // 2]")),
    (FEW, dict(returns="float(np.median(seconds[1:]))")),
    ("You divide the median by the number of runs. It is the time of *one* run already.", dict(returns="float(np.median(seconds)) / repeats")),
    ("You return milliseconds. Seconds are asked.", dict(returns="1000 * float(np.median(seconds))")),
    # two blocks at once
    ("You take the mean, and the slow first run is in it as well.", dict(block="pass", returns="float(np.mean(seconds))")),
    ("Between your two looks at the clock a new input is drawn, and the slow first run counts as well.", dict(block="pass", block__2=_lap("run(make_input())"))),
    ("Your clock starts once, before the loop, and is never started again: each entry holds all the runs before it as well.",
     dict(block="run(X)\nstart = clock()", block__2="run(X)\nseconds.append(clock() - start)")),
    ("You warm up again before each run. Once, before the loop, is enough.", dict(block="pass", block__2="run(X)\n" + _lap())),
]:
    time_cell.mistake(sentence, **edits)

WARM, MEASURED = "    run(X)\n    seconds", "        run(X)\n"
UNDRAWN = "What you hand to run was not drawn by make_input(): it wants X itself, not the function that draws it."
for sentence, *pairs in [
    ("You count one run too many: the loop runs `repeats` times.", ("range(repeats)", "range(repeats + 1)")),
    (FEW, ("range(repeats)", "range(repeats - 1)")),
    ("Your warm-up run is one of the times in the list: it should not count.", (WARM, "    seconds"), ("range(repeats)", "range(repeats + 1)")),
    ("`clock` is the function, and you subtract functions. The time is what it returns when it is called.", ("clock()", "clock")),
    ("You call run without its input. It has something to run on: the X that was drawn.", (WARM, "    run()\n    seconds")),
    ("You call run without its input. It has something to run on: the X that was drawn.", (MEASURED, "        run()\n")),
    ("You call run without its input. It has something to run on: the X that was drawn.", ("    run(X)", "    run()")),
    (UNDRAWN, (WARM, "    run(make_input)\n    seconds")),
    (UNDRAWN, (MEASURED, "        run(make_input)\n")),
    (UNDRAWN, ("    run(X)", "    run(make_input)")),
    (UNDRAWN, ("X = make_input()", "X = make_input")),
]:
    time_cell.mistake(sentence)(time_cell.changed(*pairs))
