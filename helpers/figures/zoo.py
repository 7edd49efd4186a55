"""The figures of notebook 11.

Over 300 lines, for all of a notebook's figures stand in one file, each with its words.
"""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, course_style, new_figure, share_maps
from helpers.figures.words import described, listed, trend

GREY, DARK = "#666666", "#222222"
LINES = {
    "RNN": COLOURS["rnn"], "one clock": COLOURS["rnn"], "LSTM": COLOURS["lstm"], "coupled LSTM": COLOURS["lstm"],
    "GRU": COLOURS["gru"], "MGU": "#56B4E9", "clockwork": COLOURS["window"],
    "minGRU": "#7B5EA7", "LRU": "#222222", "attention": "#A8497F",
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- races


def plot_race(solved, steps=150):
    """Return the figure of when five nets of each cell have solved a task. solved : title -> {cell: (5,) steps or infinity}."""
    figure, axes = new_figure(7.8, 3.3, columns=len(solved), sharey=True)
    with course_style():
        for ax, (title, cells) in zip(np.atleast_1d(axes), solved.items(), strict=True):
            for row, (name, found) in enumerate(cells.items()):
                never = int(np.isinf(found).sum())
                for place, x in enumerate(sorted(found)):
                    ax.plot(min(x, steps * 1.06), row + 0.14 * (place - 2), "o", markersize=5, color=LINES[name],
                            markerfacecolor="white" if np.isinf(x) else LINES[name], clip_on=False)
                if never:
                    ax.text(steps * 1.12, row, f"{never} not", va="center", fontsize=9, color=GREY, clip_on=False)
            ax.axvline(steps, color="#CCCCCC", linewidth=1)
            ax.set(title=title, xlabel="step at which a net has it", xlim=(0, steps * 1.3), xticks=[0, steps // 2, steps])
            ax.set_yticks(range(len(cells)), list(cells))
            ax.set_ylim(len(cells) - 0.4, -0.6)
    return described(figure, f"""A panel for each task; in it, for each of the cells {listed(cells)}, a dot for each net at the
        step, up to {steps}, at which it has solved the task, and an empty dot beyond for a net that has not.
        It is solved {"; ".join(f"in “{title}” by {_who(cells)}" for title, cells in solved.items())}.""")


def _who(cells):
    """Return in words whose nets have all solved a task. cells : name -> (K,) steps, infinity for never."""
    done = [name for name, found in cells.items() if np.isfinite(found).all()]
    rest = [name for name in cells if name not in done]
    if not done:
        return "all nets of no cell"
    return f"all nets of {listed(done)}" + (f", but not of {listed(rest)}" if rest else "")  # how many, another processor decides


# ------------------------------------------------------------------------------------------------------------- clockwork


def draw_ticks(step=6, periods=(1, 2, 4, 8, 16), steps=33):
    """Return the figure of which groups of a clockwork move at which step, and at `step` who moves and who is only heard.

    A step behind the last of `steps` makes the figure longer.  Raises ValueError: step below 0.
    """
    step = int(step)
    if step < 0:
        raise ValueError(f"step: steps are counted from 0, got {step}")
    steps = max(steps, step + 1)
    ticks = np.array([[t % p == 0 for t in range(steps)] for p in periods])
    figure, axes = new_figure(7.6, 2.7)
    with course_style():
        axes.imshow(np.where(ticks, 0.55, 0.06), cmap=MAGNITUDE, vmin=0, vmax=1, aspect="auto")
        axes.axvline(step, color=COLOURS["window"], linewidth=9, alpha=0.3)
        for row in range(len(periods)):
            moves = ticks[row, step]
            axes.text(steps, row, "moves" if moves else "rests, is heard", va="center", fontsize=9.5,
                      color=DARK if moves else GREY, fontweight="bold" if moves else "normal", clip_on=False)
        axes.set_yticks(range(len(periods)), [f"period {p}" for p in periods])
        axes.set(xlabel="step", xticks=range(0, steps, max(8, steps // 8)), xlim=(-0.5, steps - 0.5))
        axes.tick_params(length=0)
        count = int(ticks[:, step].sum())
        words = f"{count} of {len(periods)} groups move" if count > 1 else "only the fastest group moves"
        axes.set_title(f"Step {step}: {words}")
        axes.text(1.22 * steps, 0, " ", fontsize=9.5)
    ways = [f"period{'s' * (len(chosen) > 1)} {listed(chosen)} {one if len(chosen) == 1 else more}" for chosen, one, more in (
        (np.array(periods)[ticks[:, step]], "moves", "move"),
        (np.array(periods)[~ticks[:, step]], "rests and is heard", "rest and are heard")) if len(chosen)]
    return described(figure, f"""A row for each of the periods {listed(periods)} and a column for each of the steps 0 to
        {steps - 1}, dark where the clock ticks. At step {step}, marked by an orange line, {"; ".join(ways)}.""")


def plot_waves(truth, said):
    """Return the figure of one wave and what nets make of it. truth (T,); said : name -> (T,)."""
    figure, axes = new_figure(7.8, 3.4, rows=2, columns=2, sharex=True, sharey=True)
    with course_style():
        for ax, (name, y) in zip(axes.flat, said.items(), strict=True):
            ax.plot(truth, color="#BBBBBB", linewidth=3.5)
            ax.plot(y, color=LINES[name], linewidth=1.5)
            ax.set(title=name, xlim=(0, len(truth)), ylim=(-1.35, 1.35), yticks=[-1, 0, 1])
        for ax in axes[1]:
            ax.set_xlabel("step")
        axes[0, 0].text(len(truth) - 4, 1.05, "grey: the wave", ha="right", fontsize=9, color=GREY)
    errors = [f"{name} ≈{np.mean((y - truth) ** 2) / np.var(truth):.1f}" for name, y in said.items()]
    return described(figure, f"""Panels with the same thick grey wave of {len(truth)} steps and in each the line of a net
        over it. The squared error, where 0 is the wave itself and 1 a level line at its mean: {listed(errors)}.""")


# ---------------------------------------------------------------------------------------------------------------- radius


def plot_reach(lags, curves):
    """Return the figure of how much of a gradient arrives k steps back. curves : name -> (lags,), labelled at the lines."""
    looks = {
        "tanh RNN": (LINES["RNN"], "-", 22, (6, 2)), "clockwork": (LINES["clockwork"], "-", 63, (-52, 4)),
        "minGRU": (LINES["minGRU"], "-", 12, (-52, -22)), "LRU, radius 0.9": ("#888888", "-", 74, (-30, -19)),
        "LRU, radius 0.99": ("#444444", "-", 74, (-40, -19)), "LRU, radius 0.999": ("#000000", "-", 62, (0, 7)),
    }  # fmt: skip
    figure, axes = new_figure(7.6, 3.6)
    with course_style():
        for name, curve in curves.items():
            colour, style, at, shift = looks[name]
            axes.semilogy(lags, np.maximum(curve, 1e-30), style, color=colour, linewidth=1.1 if name == "clockwork" else 1.8)
            axes.annotate(name, (lags[at], max(curve[at], 1e-9)), shift, textcoords="offset points", fontsize=10, color=colour,
                          bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1})
        axes.set(xlabel="steps back", ylabel="gradient, as a share of\nthat at the last step", xlim=(1, lags[-1]))
        axes.set_ylim(1e-10, 60)
        axes.set_yticks([1e-9, 1e-6, 1e-3, 1])
        axes.minorticks_off()
        axes.set_title("The LRU's line is straight: the radius to the power of k")
    ways = {}
    for name, curve in curves.items():
        ways.setdefault(_course(np.maximum(curve, 1e-30)), []).append(name)
    gone = {name: lags[np.flatnonzero(curve >= 1e-9)[-1]] for name, curve in curves.items() if curve[-1] < 1e-9}
    return described(figure, f"""The gradient, as a share of that at the last step, against steps back, up to {lags[-1]},
        logarithmic. It {"; ".join(f"{way} for {listed(names)}" for way, names in ways.items())}.
        {f"Below a billionth for good: {listed([f'{name} after {at} steps' for name, at in gone.items()])}." if gone else ""}""")


def _course(curve):
    """Return in words how a curve goes: a comb where neighbours are a thousand times apart."""
    return "stands up in needles, like a comb," if np.abs(np.diff(np.log10(curve))).max() > 3 else trend(curve, times=10)


def draw_ring(radius=0.98, turn=0.2, steps=120):
    """Return the figure of one complex factor: its powers in the unit circle, and what an impulse becomes step by step.

    Raises ValueError: a radius that is not above 0 and at most 1.
    """
    radius, turn, k = float(radius), float(turn), np.arange(int(steps) + 1)
    powers = (radius * np.exp(1j * turn)) ** k
    if not 0 < radius <= 1:
        raise ValueError(f"radius: a number above 0, at most 1, got {radius:g}")
    half = np.log(0.5) / np.log(radius) if radius < 1 else np.inf
    left = f"half is left after {half:,.0f} steps" if radius < 1 else "all is left for ever"
    figure, (circle, line) = new_figure(7.8, 3.0, columns=2, width_ratios=[1, 1.9])
    with course_style():
        angle = np.linspace(0, 2 * np.pi, 200)
        circle.plot(np.cos(angle), np.sin(angle), color="#BBBBBB", linewidth=1)
        circle.plot(powers.real, powers.imag, ".-", color=LINES["LRU"], markersize=3, linewidth=0.6)
        circle.plot(powers[1].real, powers[1].imag, "D", color=COLOURS["window"], markersize=7, zorder=4)
        circle.set(aspect="equal", xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), xlabel="real part", ylabel="imaginary part",
                   xticks=[-1, 0, 1], yticks=[-1, 0, 1], title="λ, λ², λ³ …")
        line.plot(k, radius**k, color="#BBBBBB")
        line.plot(k, powers.real, color=LINES["LRU"])
        line.axhline(0, color="#DDDDDD", linewidth=0.8, zorder=0)
        if half <= k[-1]:
            line.axvline(half, color=COLOURS["window"], linewidth=1.4)
        line.set(xlabel="steps after the impulse", ylabel="real part (grey: radius)", title=f"radius {radius:g}: {left}",
                 xlim=(0, k[-1]), ylim=(-1.05, 1.1), yticks=[-1, 0, 1])
    turns = "do not turn" if turn == 0 else f"turn by {turn:.2f} a step"
    crossed = int((np.diff(np.sign(powers.real)) != 0).sum())
    swings = f"changes its sign {crossed} times" if crossed > 1 else "falls below 0 once" if crossed else "stays above 0"
    return described(figure, f"""Left: the powers of a complex number of the radius {radius:g} in the unit circle; they {turns}
        and {f"come nearer to the middle, to {radius ** k[-1]:.2g} after {k[-1]} steps" if radius < 1 else "stay on it"}. Right:
        their real part {swings} under the {"falling curve" if radius < 1 else "level line"} of the radius.
        {left[0].upper()}{left[1:]}, {"where an orange line stands" if half <= k[-1] else "beyond the picture"}.""")


def plot_radius(found, T=1000, chance=0.125):
    """Return the figure of the share right against the radius before training. found : radius -> (5,)."""
    figure, axes = new_figure(7.2, 3.1)
    with course_style():
        for x, (radius, right) in enumerate(found.items()):
            axes.plot(x + 0.09 * (np.arange(len(right)) - 2), np.sort(right), "o", color=LINES["LRU"], markersize=5)
            digits = T * np.log10(radius)  # of what is left: the number itself may be too small for a float
            power = int(np.floor(digits))
            words = f"{radius**T:.2g}" if digits > -3 else f"{10 ** (digits - power):.0f} · 10{_power(power)}"
            axes.text(x, 1.1, words, ha="center", fontsize=9.5, color=COLOURS["backward"])
        axes.axhline(chance, color="#BBBBBB", linewidth=1)
        axes.text(len(found) - 0.55, chance + 0.03, "chance", fontsize=9, color=GREY, ha="right")
        axes.text(-0.95, 1.1, f"left after\n{T} steps", fontsize=9, color=COLOURS["backward"], va="center")
        axes.set_xticks(range(len(found)), [f"{r:g}" for r in found])
        axes.set(xlabel="radius before training", ylabel="share right", ylim=(0, 1.2), yticks=[0, 0.5, 1])
        axes.set_xlim(-1, len(found) - 0.5)
    ways = {}
    for radius, right in found.items():
        way = "near chance" if np.max(right) < 3 * chance else "near 1" if np.min(right) > 0.9 else "somewhere else"
        ways.setdefault(way, []).append(f"{radius:g}")
    return described(figure, f"""The share right against the radius before training, a dot for each net, with a line at chance,
        {chance:g}. All dots are {"; ".join(f"{way} for the radius {listed(radii)}" for way, radii in ways.items())}. Above
        stands what the radius leaves after {T} steps, from {min(found) ** T:.0e} to {max(found) ** T:.2f}.""")


def _power(n):
    return "".join("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".index(c)] for c in str(n))


# ------------------------------------------------------------------------------------------------------------------ scan


def scan_passes(kind, T):
    """Return for each pass the pairs (earlier row, later row) that are composed."""
    levels = [2**k for k in range(int(np.log2(T)))]
    if kind == "Hillis–Steele":
        return [[(t - k, t) for t in range(k, T)] for k in levels]
    up = [[(t - k, t) for t in range(2 * k - 1, T, 2 * k)] for k in levels]
    return up + [[(t - k, t) for t in range(3 * k - 1, T, 2 * k)] for k in reversed(levels[:-1])]


def draw_scan(kind="Hillis–Steele", passes=4, T=16):
    """Return the ladder of a scan over T steps after some passes: arrows for compositions, large dots for finished states."""
    done = scan_passes(kind, T)
    passes = min(int(passes), len(done))
    holds = np.arange(T)                                            # the first step that row t holds
    figure, axes = new_diagram(7.8, 3.7, T + 3.4, 8.2)
    high = 7.4 - 6.6 * np.arange(len(done) + 1) / max(len(done), 4)
    label(axes, 0.2, high[0], "steps", ha="left", size=9.5, colour=GREY)
    count = 0
    for level, pairs in enumerate(done[:passes]):
        for early, late in pairs:
            arrow(axes, (3 + early, high[level] - 0.12), (3 + late, high[level + 1] + 0.16), colour=COLOURS["forward"], width=1.1)
        holds = holds.copy()
        before = holds.copy()
        for early, late in pairs:
            holds[late] = before[early]
        count += len(pairs)
        label(axes, 0.2, high[level + 1], f"pass {level + 1}", ha="left", size=9.5, colour=GREY)
    for level in range(passes + 1):
        for t in range(T):
            full = level == passes and holds[t] == 0
            axes.plot(3 + t, high[level], "o", markersize=9 if full else 4, zorder=3,
                      color=COLOURS["window"] if full else "#BBBBBB")
    whole = int((holds == 0).sum())
    axes.set_title(f"{kind}: {passes} of {len(done)} passes, {count} compositions, {whole} of {T} states finished", fontsize=11)
    reach = [pairs[0][1] - pairs[0][0] for pairs in done[:passes]]
    arrows = (f"Arrows, {count} in all, lead down from an earlier step to a later one, pass by pass over {listed(reach)} steps"
              if count else "There are no arrows yet")
    states = "all" if whole == T else f"those of the steps {listed(np.flatnonzero(holds == 0) + 1)}" if whole > 1 else "the first"
    return described(figure, f"""A ladder with rows of {T} dots, a dot for each step: {kind} after {passes} of {len(done)}
        passes. {arrows}. Of the states, which are large and orange when they are finished, {states}
        {"is" if whole == 1 else "are"} finished.""")


# ------------------------------------------------------------------------------------------------------- what is given up


def draw_ones(factor=0.9, steps=24):
    """Return the figure of one unit h = a h + (1 - a) that hears nothing but ones, and of the parity that is asked for."""
    a, t = float(factor), np.arange(steps + 1)
    h = 1 - a**t * 1.0                                              # from h = 0, the new value is 1
    figure, axes = new_figure(7.4, 3.0)
    with course_style():
        axes.plot(t, t % 2, "s", color="#CCCCCC", markersize=6, label="odd or even number of ones")
        axes.plot(t, h, "o-", color=LINES["minGRU"], markersize=4, linewidth=1.2, label="the unit")
        axes.axhline(1, color="#DDDDDD", linewidth=0.8, zorder=0)
        axes.set(xlabel="ones heard", xlim=(-0.3, steps + 0.3), ylim=(-0.15, 2.75), yticks=[0, 1, 2])
        words = ("goes back and forth for ever" if a <= -0.999 else "swings, and settles" if a < 0 else
                 "goes one way, and settles" if a < 0.999 else "stays where it is")
        axes.set_title(f"factor {a:.2f}: the unit {words}")
        axes.legend(loc="upper right", ncols=2)
    return described(figure, f"""A unit that hears nothing but ones, against their number, up to {steps}. With the factor
        {a:.2f} it {words}: it begins at 0, and is at {h[-2]:.2f} and {h[-1]:.2f} at the end. Grey squares beside it, for an odd
        or an even number of ones, jump between 1 and 0 at each step.""")


def draw_ladder(cells, tasks, values, words):
    """Return the matrix of cells and tasks, coloured by a value from 0 (cannot) to 1 (can), with words in each field."""
    figure, axes = new_figure(7.4, 3.1)
    with course_style():
        axes.imshow(values, cmap=MAGNITUDE, vmin=-0.1, vmax=2.2, aspect="auto")
        axes.set_xticks(range(len(tasks)), tasks)
        axes.set_yticks(range(len(cells)), cells)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for row in range(len(cells)):
            for column in range(len(tasks)):
                axes.text(column, row, words[row][column], ha="center", va="center", fontsize=10, color=DARK)
        for spine in axes.spines.values():
            spine.set_visible(False)
    names = np.array([task.partition(":")[0] for task in tasks])
    can = [f"{cell}: {listed(names[np.asarray(row) > 0.5])}" for cell, row in zip(cells, values, strict=True)]
    return described(figure, f"""A matrix of cells, downwards, and of the tasks {listed(names)}, with a measured number in each
        field, dark where the cell can do the task. Dark are, for {"; for ".join(can)}.""")


# ------------------------------------------------------------------------------------------------------------------ price

TOKENS = (64, 256, 1024, 4096, 16384)
# µs for one more token, width 64, float32, one core of a cloud, NumPy 2.4 with OpenBLAS
COURSE_COST = {"RNN": [2.1, 2.1, 2.1, 2.1, 2.1], "LRU": [1.8, 1.8, 1.8, 1.8, 1.8], "attention": [8.1, 9.2, 14.6, 58.6, 376]}


def draw_cost(whose="the course's machine", yours=COURSE_COST):
    """Return the figure of what one more token costs after so many. yours : name -> microseconds after each of TOKENS."""
    costs = COURSE_COST if whose == "the course's machine" else yours
    figure, axes = new_figure(7.0, 3.1)
    with course_style():
        for name, cost in costs.items():
            axes.loglog(TOKENS, cost, "o-", color=LINES[name], markersize=4)
            up = name != "LRU"
            axes.annotate(name, (TOKENS[1], cost[1]), (-8, 9 if up else -17), textcoords="offset points", fontsize=10,
                          color=LINES[name])
        axes.set_xticks(TOKENS, [f"{n:,}" for n in TOKENS])
        flat = [x for cost in costs.values() for x in cost]
        axes.set(xlabel="tokens so far", ylabel="µs for the next one", ylim=(min(flat) / 2.2, 3 * max(flat)))
        axes.minorticks_off()
        axes.set_title("A state costs the same at any length; a look-up grows")
    costs = [f"for {name} from {cost[0]:,.1f} to {cost[-1]:,.1f}" for name, cost in costs.items()]
    return described(figure, f"""The microseconds for the next token against the tokens so far, {TOKENS[0]} to
        {TOKENS[-1]:,}, both logarithmic: {listed(costs)}.""")


def draw_credit(maps):
    """Return heat maps of how strongly the input of step t moves the state of step s. maps : dict title -> (T, T)."""
    figure, axes = new_figure(7.8, 5.2, rows=2, columns=3, sharex=True, sharey=True)
    with course_style():
        share_maps(figure, axes, maps, shrink=0.7)
        for ax in axes[1]:
            ax.set_xlabel("input of step t")
        for ax in axes[:, 0]:
            ax.set_ylabel("state of step s")
    return described(figure, f"""{len(maps)} heat maps, logarithmic, dark for much: how strongly the input of step t, to the
        right, moves the state of step s, downwards. Above the diagonal all is empty. Below it:
        {"; ".join(f"“{title}” {_filled(M)}" for title, M in maps.items())}.""")


def _filled(M):
    """Return in words where a map (T, T) is dark below its diagonal, by its last row."""
    seen = M[-1] > 0.01 * M.max()
    if seen.all():
        return "is dark all over"
    if np.diff(seen.astype(int)).min() == -1:
        return "has upright stripes, some of which last down to the end"
    return f"has a band beside the diagonal, the last {seen.sum()} steps"


def draw_equation():
    """Return the diagram of the one equation: the old state times keep, plus the new value times write."""
    figure, axes = new_diagram(7.4, 2.3, 14.8, 4.6)
    box(axes, 1.3, 3.3, "old state", kind="state", width=2.2, height=1.0)
    box(axes, 4.9, 3.3, "×", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 9.4, 3.3, "+", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 13.2, 3.3, "new state", kind="state", width=2.4, height=1.0)
    box(axes, 9.4, 1.3, "×", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 4.9, 1.3, "keep", kind="output", width=1.6, height=0.9)
    box(axes, 7.2, 1.3, "new value", kind="input", width=2.1, height=0.9)
    box(axes, 12.2, 1.3, "write", kind="output", width=1.6, height=0.9)
    arrow(axes, (2.42, 3.3), (4.42, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (5.38, 3.3), (8.92, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (9.88, 3.3), (11.95, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (4.9, 1.78), (4.9, 2.82))
    arrow(axes, (8.28, 1.3), (8.92, 1.3))
    arrow(axes, (11.38, 1.3), (9.88, 1.3))
    arrow(axes, (9.4, 1.78), (9.4, 2.82))
    label(axes, 4.9, 0.45, "who decides it?", size=10, colour="#A8497F")
    return described(figure, """Diagram: the old state goes to the right along a thick line. It is multiplied by keep, then
        the new value times write is added, and this gives the new state. Below keep stands: who decides it?""")
