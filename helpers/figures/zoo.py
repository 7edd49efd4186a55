"""The figures of notebook 11."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, course_style, new_figure

GREY, DARK = "#666666", "#222222"
LINES = {
    "RNN": COLOURS["rnn"], "one clock": COLOURS["rnn"], "LSTM": COLOURS["lstm"], "coupled LSTM": COLOURS["lstm"],
    "GRU": COLOURS["gru"], "MGU": "#56B4E9", "clockwork": COLOURS["window"],
    "minGRU": "#7B5EA7", "LRU": "#222222", "attention": "#A8497F",
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- races


def plot_race(solved, steps=200):
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
    return figure


# ------------------------------------------------------------------------------------------------------------- clockwork


def draw_ticks(step=6, periods=(1, 2, 4, 8, 16), steps=33):
    """Return the figure of which groups of a clockwork move at which step, and at `step` who moves and who is only heard."""
    step = int(step)
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
        axes.set(xlabel="step", xticks=range(0, steps, 8), xlim=(-0.5, steps - 0.5))
        axes.tick_params(length=0)
        count = int(ticks[:, step].sum())
        words = f"{count} of {len(periods)} groups move" if count > 1 else "only the fastest group moves"
        axes.set_title(f"Step {step}: {words}")
        axes.text(steps + 7.3, 0, " ", fontsize=9.5)
    return figure


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
    return figure


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
            axes.annotate(name, (lags[at], max(curve[at], 1e-9)), shift, textcoords="offset points", fontsize=10, color=colour)
        axes.set(xlabel="steps back", ylabel="gradient, as a share of\nthat at the last step", xlim=(1, lags[-1]))
        axes.set_ylim(1e-10, 60)
        axes.set_yticks([1e-9, 1e-6, 1e-3, 1])
        axes.minorticks_off()
        axes.set_title("The LRU's line is straight: the radius to the power of k")
    return figure


def draw_ring(radius=0.98, turn=0.2, steps=120):
    """Return the figure of one complex factor: its powers in the unit circle, and what an impulse becomes step by step."""
    radius, turn, k = float(radius), float(turn), np.arange(int(steps) + 1)
    powers = (radius * np.exp(1j * turn)) ** k
    half = np.log(0.5) / np.log(radius)
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
        line.set(xlabel="steps after the impulse", xlim=(0, k[-1]), ylim=(-1.05, 1.1), yticks=[-1, 0, 1],
                 title=f"radius {radius:g}: half is left after {half:,.0f} steps")
    return figure


def plot_radius(found, T=1000, chance=0.125):
    """Return the figure of the share right against the radius before training. found : radius -> (5,)."""
    figure, axes = new_figure(7.2, 3.1)
    with course_style():
        for x, (radius, right) in enumerate(found.items()):
            axes.plot(x + 0.09 * (np.arange(len(right)) - 2), np.sort(right), "o", color=LINES["LRU"], markersize=5)
            left = radius**T
            words = f"{left:.2f}" if left > 0.001 else "10" + _power(int(np.floor(np.log10(left))))
            axes.text(x, 1.1, words, ha="center", fontsize=9.5, color=COLOURS["backward"])
        axes.axhline(chance, color="#BBBBBB", linewidth=1)
        axes.text(len(found) - 0.55, chance + 0.03, "chance", fontsize=9, color=GREY, ha="right")
        axes.text(-0.95, 1.1, f"left after\n{T} steps", fontsize=9, color=COLOURS["backward"], va="center")
        axes.set_xticks(range(len(found)), [f"{r:g}" for r in found])
        axes.set(xlabel="radius before training", ylabel="share right", ylim=(0, 1.2), yticks=[0, 0.5, 1])
        axes.set_xlim(-1, len(found) - 0.5)
    return figure


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
    return figure


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
        words = "goes back and forth for ever" if a <= -0.999 else "swings, and settles" if a < 0 else "goes one way, and settles"
        axes.set_title(f"factor {a:.2f}: the unit {words}")
        axes.legend(loc="upper right", ncols=2)
    return figure


def draw_ladder(cells, tasks, values, words):
    """Return the matrix of cells and tasks, coloured by a value from 0 (cannot) to 1 (can), with words in each field."""
    figure, axes = new_figure(7.4, 3.1)
    with course_style():
        axes.imshow(values, cmap=MAGNITUDE, vmin=-0.1, vmax=1.6, aspect="auto")
        axes.set_xticks(range(len(tasks)), tasks)
        axes.set_yticks(range(len(cells)), cells)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for row in range(len(cells)):
            for column in range(len(tasks)):
                axes.text(column, row, words[row][column], ha="center", va="center", fontsize=10, color=DARK)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


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
            axes.annotate(name, (TOKENS[1], cost[1]), (0, 8 if up else -17), textcoords="offset points", fontsize=10,
                          color=LINES[name])
        axes.set_xticks(TOKENS, [f"{n:,}" for n in TOKENS])
        flat = [x for cost in costs.values() for x in cost]
        axes.set(xlabel="tokens so far", ylabel="µs for the next one", ylim=(min(flat) / 2.2, 3 * max(flat)))
        axes.minorticks_off()
        axes.set_title("A state costs the same at any length; a look-up grows")
    return figure


def draw_credit(maps):
    """Return heat maps of how strongly the input of step t moves the state of step s. maps : dict title -> (T, T)."""
    figure, axes = new_figure(7.8, 5.2, rows=2, columns=3, sharex=True, sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes.flat, maps.items(), strict=True):
            shown = ax.imshow(np.log10(np.maximum(M, 1e-8)), vmin=-3, vmax=0, cmap=MAGNITUDE)
            ax.set(title=title, xticks=[0, 10, 20, 30], yticks=[0, 10, 20, 30])
        for ax in axes[1]:
            ax.set_xlabel("input of step t")
        for ax in axes[:, 0]:
            ax.set_ylabel("state of step s")
        bar = figure.colorbar(shown, ax=axes, shrink=0.7, ticks=[-3, -2, -1, 0])
        bar.ax.set_yticklabels(["0.001", "0.01", "0.1", "1"])
    return figure


def draw_equation():
    """Return the diagram of the one equation: the old state times keep, plus the new value times write."""
    figure, axes = new_diagram(7.4, 2.3, 14.8, 4.6)
    box(axes, 1.3, 3.3, "old state", kind="state", width=2.2, height=1.0)
    box(axes, 5.6, 3.3, "×", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 9.4, 3.3, "+", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 13.2, 3.3, "new state", kind="state", width=2.4, height=1.0)
    box(axes, 9.4, 1.3, "×", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    box(axes, 5.6, 1.3, "keep", kind="output", width=1.6, height=0.9)
    box(axes, 12.2, 1.3, "write", kind="output", width=1.6, height=0.9)
    arrow(axes, (2.42, 3.3), (5.12, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (6.08, 3.3), (8.92, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (9.88, 3.3), (11.95, 3.3), colour=COLOURS["forward"], width=2.4)
    arrow(axes, (5.6, 1.78), (5.6, 2.82))
    arrow(axes, (11.38, 1.3), (9.88, 1.3))
    arrow(axes, (9.4, 1.78), (9.4, 2.82))
    box(axes, 7.6, 0.55, "new value", kind="input", width=2.1, height=0.9)
    arrow(axes, (8.67, 0.75), (9.02, 1.02))
    label(axes, 3.4, 0.75, "who decides it?", size=10, colour="#A8497F")
    return figure
