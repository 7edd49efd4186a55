"""The figures of notebook 10."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed, reaches, trends

ATTENTION, GREY = "#A8497F", "#666666"  # the attention's colour, dark enough for letters
LINES = {"two blocks": COLOURS["attention"], "one block": COLOURS["window"], "GRU": COLOURS["gru"],
         "tanh RNN": COLOURS["rnn"], "LSTM": COLOURS["lstm"], "LSTM, forget bias 5": COLOURS["lstm"],
         "Transformer, 2 blocks": COLOURS["attention"], "Transformer, 8 blocks": COLOURS["attention"]}


# ----------------------------------------------------------------------------------------------------------- positions


def draw_clocks(query_at=9, key_at=6, clocks=4, base=100.0):
    """Return the figure of a query's and a key's hands on each clock, and the score of the two at every distance.

    All hands point the same way before they are turned, so that the score is the sum of the cosines of the angles between them.
    """
    rates = base ** (-np.arange(clocks) / clocks)
    distance = np.arange(-20, 21)
    scores = np.cos(distance[:, None] * rates).sum(axis=1)
    figure, axes = new_figure(7.6, 3.9, rows=1, columns=1)
    with course_style():
        axes.remove()
        grid = figure.add_gridspec(2, clocks, height_ratios=[1.2, 1])
        for i, rate in enumerate(rates):
            dial = figure.add_subplot(grid[0, i])
            dial.add_patch(_circle())
            for at, colour in ((key_at, COLOURS["input"]), (query_at, COLOURS["attention"])):
                dial.annotate("", (np.cos(at * rate), np.sin(at * rate)), (0, 0),
                              arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.4, "shrinkA": 0, "shrinkB": 0})
            dial.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal")
            dial.set_title(f"clock {i}: {rate:.2g} rad a place", fontsize=9)
            dial.axis("off")
        below = figure.add_subplot(grid[1, :])
        below.plot(distance, scores, color="#BBBBBB")
        apart = int(query_at) - int(key_at)
        score = np.cos(apart * rates).sum()
        below.plot(apart, score, "D", color="#222222", markersize=8, zorder=4, clip_on=False)
        below.set(xlabel="place of the query minus place of the key", ylabel="score", xlim=(-20, 20))
        below.set(ylim=(-clocks, clocks * 1.15), yticks=[-clocks, 0, clocks])
        below.set_title(f"Query at {int(query_at)}, key at {int(key_at)}: {apart} apart, score {score:.2f}")
        handles = [_line(COLOURS["attention"]), _line(COLOURS["input"])]
        figure.legend(handles, ["query", "key"], loc="outside lower center", ncols=2)
    return described(figure, f"""Above: {clocks} clocks, each with the hand of a query at the place {int(query_at)} and that
        of a key at the place {int(key_at)}; the first clock turns fast, the last one hardly. Below: the score against the
        distance of the two places, largest at 0 and the same to both sides, with a diamond at {apart}, where it is
        {score:z.2f}.""")


def _circle():
    from matplotlib.patches import Circle

    return Circle((0, 0), 1, facecolor="#F7F7F7", edgecolor="#BBBBBB", linewidth=1.2)


def _line(colour):
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=2.4)


# ----------------------------------------------------------------------------------------------------- what is looked at


def draw_arcs(letters, maps, asked=1):
    """Return the figure of where one letter looks: arcs to the letters before it, thick where the weight is large.

    letters (T,) list; maps : dict title -> weights (T, T), one row of letters each; asked : the number of the letter.
    """
    T, asked = len(letters), int(asked)
    figure, axes = new_figure(7.8, 1.75 * len(maps) + 0.3, rows=len(maps), columns=1)
    with course_style():
        for ax, (title, A) in zip(np.atleast_1d(axes), maps.items(), strict=True):
            for u in range(asked + 1):
                if A[asked, u] > 0.02:
                    _arc(ax, asked, u, A[asked, u], T)
            best = int(A[asked].argmax())
            for t, letter in enumerate(letters):
                colour = "#222222" if t in (asked, best) else "#999999"
                ax.text(t, 0, letter, ha="center", va="center", fontsize=14, color=colour,
                        fontweight="bold" if t in (asked, best) else "normal")
            ax.text(asked, -0.75, "asks", ha="center", va="center", fontsize=9.5, color=GREY)
            if best != asked:
                ax.text(best, -0.75, f"{A[asked, best]:.2f}", ha="center", va="center", fontsize=9.5, color=ATTENTION)
            ax.set(xlim=(-0.8, T - 0.2), ylim=(-1.1, 3.4))
            ax.set_title(title)
            ax.axis("off")
    looks = [f"“{title}”: to letter {A[asked].argmax() + 1}, “{letters[A[asked].argmax()]}”, with the weight {A[asked].max():.2f}"
             for title, A in maps.items()]
    return described(figure, f"""The letters {"".join(letters)} in {len(maps)} rows. Where the thickest arc leads from
        letter {asked + 1}, “{letters[asked]}”, which asks: {"; ".join(looks)}.""")


def _arc(ax, start, end, weight, T):
    high = 0.9 + 2.2 * abs(start - end) / T if start != end else 0.8
    s = np.linspace(0, np.pi, 40)
    middle, half = (start + end) / 2, abs(start - end) / 2 if start != end else 0.35
    ax.plot(middle + half * np.cos(s), 0.5 + high * np.sin(s), color=COLOURS["attention"], linewidth=0.5 + 5 * weight,
            alpha=0.35 + 0.65 * weight, solid_capstyle="butt", clip_on=False)


def draw_training(steps, maps, accuracy, letters, at=0):
    """Return the maps of both blocks after some steps of training, and the accuracy until there.

    steps (S,) at which was measured; maps (S, 2, T, T); accuracy (S,); letters (T,); at : the number of the measurement.
    """
    at = min(int(at), len(steps) - 1)
    T = maps.shape[2]
    figure, axes = new_figure(7.8, 3.3, columns=3, width_ratios=[1.15, 1.15, 1])
    with course_style():
        for ax, A, title in zip(axes, maps[at], ("block 1", "block 2"), strict=False):
            shown = ax.imshow(A, vmin=0, vmax=1, cmap="RdPu", aspect="equal")
            ax.set_xticks(range(T), letters, fontsize=9)
            ax.set_yticks(range(T), letters, fontsize=9)
            ax.tick_params(length=0, pad=2)
            ax.set(title=title, xlabel="looks at")
        axes[0].set_ylabel("asks")
        axes[2].plot(steps, accuracy, color="#CCCCCC")
        axes[2].plot(steps[: at + 1], accuracy[: at + 1], color=COLOURS["attention"])
        axes[2].plot(steps[at], accuracy[at], "D", color="#222222", markersize=7, zorder=4, clip_on=False)
        axes[2].set(xlabel="step", ylim=(0, 1), xlim=(0, steps[-1]), yticks=[0, 0.5, 1], box_aspect=1)
        axes[2].set_title(f"step {steps[at]}: {accuracy[at]:.2f} right")
        figure.colorbar(shown, ax=axes[1], shrink=0.62, ticks=[0, 0.5, 1], label="weight")

    def look(A):
        means = [np.diagonal(A, -d).mean() for d in range(T // 2 + 1)]
        d = int(np.argmax(means))
        return f"dark along a line {d} below its diagonal" if means[d] > 0.3 else "pale"

    return described(figure, f"""Two maps of weights over the letters {"".join(letters)} after {steps[at]} steps of
        training, and the accuracy until there, at last ≈{accuracy[at]:.2f}. Block 1 is {look(maps[at, 0])}, block 2
        {look(maps[at, 1])}.""")


# ---------------------------------------------------------------------------------------------------------------- block


def draw_block():
    """Return the diagram of one block: the shortcut, and beside it the branch with norm and heads."""
    figure, axes = new_diagram(7.6, 2.6, 15.2, 5.2)
    box(axes, 1.2, 1.2, "X", kind="input", width=1.3, height=1.0, size=12)
    box(axes, 4.6, 3.6, "norm", kind="quiet", width=2.0, height=1.0)
    for k, x in enumerate((7.2, 8.5, 9.8)):
        box(axes, x, 3.6, f"head {k}", kind="output", width=1.24, height=1.0, size=9.5)
    box(axes, 12.0, 3.6, "Wo", kind="state", width=1.3, height=1.0)
    box(axes, 13.4, 1.2, "+", kind="quiet", width=0.9, height=0.9, size=14, round_=True)
    arrow(axes, (1.86, 1.2), (12.9, 1.2), colour=COLOURS["forward"], width=2.6)
    arrow(axes, (2.4, 1.2), (3.58, 3.45))
    arrow(axes, (5.6, 3.6), (6.55, 3.6))
    arrow(axes, (10.45, 3.6), (11.32, 3.6))
    arrow(axes, (12.68, 3.5), (13.35, 1.7))
    arrow(axes, (13.88, 1.2), (14.9, 1.2), colour=COLOURS["forward"], width=2.6)
    label(axes, 7.3, 0.72, "shortcut: X as it is", size=10, colour="#005A8E")
    label(axes, 8.7, 4.55, "several looks at the past", size=10, colour=ATTENTION)
    label(axes, 4.2, 4.55, "mean 0, variance 1", size=10, colour=GREY)
    return described(figure, """Diagram: X goes to the right along a thick line, the shortcut, to a plus sign. A branch
        leaves it, passes a norm, three heads and the matrix Wo, and is added at the plus.""")


def plot_shortcut(lags, curves):
    """Return the figure of how large a gradient is k places back. curves : {"with shortcuts": (seeds, lags), "without": …}."""
    figure, axes = new_figure(7.2, 3.3)
    with course_style():
        for (name, found), colour in zip(curves.items(), (COLOURS["attention"], GREY), strict=True):
            middle = np.median(found, axis=0)
            axes.fill_between(lags, found.min(axis=0), found.max(axis=0), color=colour, alpha=0.15, linewidth=0)
            axes.semilogy(lags, middle, color=colour)
            at = len(lags) // 3
            axes.annotate(name, (lags[at], middle[at]), (-24, 16), textcoords="offset points", fontsize=10,
                          color=ATTENTION if colour == COLOURS["attention"] else GREY)
        axes.set(xlabel="places back (the last one is the first letter)", ylabel="gradient, compared with\none place back",
                 xlim=(lags[0], lags[-1]))
        axes.minorticks_off()
        axes.set_title("8 blocks, before training: without shortcuts all goes to the first letter")
    return described(figure, f"""The gradient against places back, up to {lags[-1]}, logarithmic, 8 blocks, median and
        range: it {trends({f"“{name}”": np.median(found, axis=0) for name, found in curves.items()}, times=100)}.""")


# ------------------------------------------------------------------------------------------------------------- training


def plot_race(every, runs):
    """Return the figure of accuracy against steps of training.

    every : int, steps from one look to the next. runs : dict name -> (seeds, looks), a thin line each.
    """
    longest = every * (max(len(found[0]) for found in runs.values()) - 1)
    figure, axes = new_figure(7.2, 3.3)
    with course_style():
        for name, found in runs.items():
            for curve in found:
                axes.plot(every * np.arange(len(curve)), curve, color=LINES[name], linewidth=1.1)
            end = every * (len(found[0]) - 1), np.median([curve[-1] for curve in found])
            colour = ATTENTION if name == "two blocks" else LINES[name]
            axes.annotate(name, end, (6, -3), textcoords="offset points", fontsize=10, color=colour, annotation_clip=False)
        axes.set(xlabel="steps of training", ylabel="share of the letters right")
        axes.set(ylim=(0, 1), xlim=(0, longest), yticks=[0, 0.5, 1])
        axes.set_title("Two blocks find it, one does not")
    return described(figure, f"""The share of the letters right against the steps of training, up to {longest}, a thin
        line for each net. At the end, from the top:
        {from_the_top({name: [curve[-1] for curve in found] for name, found in runs.items()})}.""")


# ----------------------------------------------------------------------------------------------------------------- cost


LENGTHS = (32, 64, 128, 256, 512)
# ms for the next letter: two blocks, D = 64, 4 heads; one thread on a busy core of a cloud, NumPy 2.4 with OpenBLAS
COURSE_COST = ((0.88, 1.16, 1.99, 5.18, 19.2), (0.53, 0.52, 0.51, 0.65, 0.55))


def draw_cost(whose="the course's machine", yours=COURSE_COST):
    """Return the figure of what one more letter costs after so many: on the course's machine, or with whose="yours" on yours.

    yours : milliseconds after each of LENGTHS, reading everything again and with the cache.
    """
    again, kept = COURSE_COST if whose == "the course's machine" else yours
    figure, axes = new_figure(7.0, 3.0)
    with course_style():
        for name, cost, colour in (("everything again", again, GREY), ("with the cache", kept, COLOURS["attention"])):
            axes.loglog(LENGTHS, cost, "o-", color=colour, markersize=4)
            axes.annotate(name, (LENGTHS[2], cost[2]), (-6, 12), textcoords="offset points", ha="right", fontsize=10,
                          color=ATTENTION if colour == COLOURS["attention"] else GREY)
        axes.set_xticks(LENGTHS, [str(n) for n in LENGTHS])
        axes.set(xlabel="letters so far", ylabel="ms for the next letter", ylim=(min(kept) / 2, 2 * max(again)))
        axes.minorticks_off()
        axes.set_title("With the cache a letter costs about the same at any length")
    costs = [f"{name} from {cost[0]:.2g} to {cost[-1]:.2g}"
             for name, cost in (("everything again", again), ("with the cache", kept))]
    return described(figure, f"""The milliseconds for the next letter against the letters so far, {LENGTHS[0]} to
        {LENGTHS[-1]}, both logarithmic: {listed(costs)}.""")


# ---------------------------------------------------------------------------------------------------------- looking back


def plot_looking_back(lags, curves):
    """Return the figure of how much of a gradient arrives k steps back. curves : dict name -> (lags,), labelled at the lines."""
    figure, axes = new_figure(7.6, 3.6)
    looks = {"tanh RNN": ("-", 24, (-66, -4)), "GRU": ("-", 24, (8, 4)), "LSTM": ("-", 52, (8, 4)),
             "LSTM, forget bias 5": ("--", 55, (0, 8)), "Transformer, 2 blocks": ("-", 50, (0, -18)),
             "Transformer, 8 blocks": (":", 4, (0, 10))}
    with course_style():
        for name, curve in curves.items():
            style, at, shift = looks[name]
            axes.semilogy(lags, np.maximum(curve, 1e-30), style, color=LINES[name])
            axes.annotate(name, (lags[at], max(curve[at], 1e-11)), shift, textcoords="offset points", fontsize=10,
                          color=ATTENTION if "Transformer" in name else LINES[name])
        axes.set(xlabel="steps back", ylabel="gradient, as a share of\nthat one step back", ylim=(1e-12, 1e3), xlim=(1, lags[-1]))
        axes.set_xticks([1, 20, 40, 60, 80, 100])
        axes.set_yticks([1e-12, 1e-8, 1e-4, 1])
        axes.minorticks_off()
        axes.set_title("Before training: the Transformer sees all places alike, at any depth")
    return described(figure, f"""The share of the gradient against steps back, up to {lags[-1]}, logarithmic. It
        {reaches(curves)}.""")
