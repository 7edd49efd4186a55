"""The figures of notebook 06."""

import functools

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed
from helpers.hunts.bidirectional_rnn import in_words

GREY = "#555555"
BACK = "#56B4E9"  # the net that reads from the right; the one that reads from the left is the RNN's blue
ONE, BOTH, ILL = "#8A8A8A", COLOURS["rnn"], COLOURS["backward"]  # one-way nets, two-way nets, what is broken
NOTHING = "#DEDEDE"  # where something is exactly 0, on a map that begins with white
VOWELS = "aeiou"


def draw_two_passes(steps=4):
    """Return the diagram of a bidirectional net: two chains of states over the same inputs, joined at each step."""
    figure, axes = new_diagram(7.6, 3.9, 11.4, 5.85)
    left, gap = 2.1, 2.55
    for t in range(steps):
        x = left + gap * t
        box(axes, x, 0.6, f"$x_{t}$", kind="input")
        box(axes, x - 0.42, 2.2, f"$f_{t}$", kind="state", width=0.76)
        second = box(axes, x + 0.42, 3.6, f"$b_{t}$", kind="state", width=0.76)
        second.set(facecolor="#F1F9FE", edgecolor=BACK)
        box(axes, x, 5.1, f"$f_{t}\\;b_{t}$", kind="output", width=1.25)
        arrow(axes, (x - 0.2, 1.0), (x - 0.42, 1.8), colour=COLOURS["rnn"])
        arrow(axes, (x + 0.2, 1.0), (x + 0.42, 3.2), colour=BACK)
        arrow(axes, (x - 0.42, 2.6), (x - 0.3, 4.7), colour=COLOURS["rnn"])
        arrow(axes, (x + 0.42, 4.0), (x + 0.3, 4.7), colour=BACK)
        if t:
            arrow(axes, (x - gap - 0.04, 2.2), (x - 0.8, 2.2), colour=COLOURS["rnn"])
            arrow(axes, (x + 0.04, 3.6), (x - gap + 0.8, 3.6), colour=BACK)
    label(axes, 0.62, 2.2, "f reads\nto the right", colour=COLOURS["rnn"], size=9.5)
    label(axes, left + gap * (steps - 1) + 1.62, 3.6, "b reads\nto the left", colour="#2B8CC4", size=9.5)
    return described(figure, f"""{steps} inputs below. A chain of states f is read from left to right, a second chain of
        states b from right to left. Above each step stands a box that holds both of its states.""")


def plot_dependencies(named, columns=4):
    """Return dependency matrices side by side; named : dict title -> bool (T, T), row = output, column = input."""
    rows = -(-len(named) // columns)
    columns = min(columns, len(named))
    figure, axes = new_figure(min(7.6, 1.9 * columns + 0.4), 2.35 * rows + 0.1, rows=rows, columns=columns, squeeze=False)
    with course_style():
        for ax in axes.flat:
            ax.axis("off")
        for ax, (title, matrix) in zip(axes.flat, named.items(), strict=False):
            ax.axis("on")
            _matrix_cells(ax, np.asarray(matrix, float))
            ax.set_title(title, fontsize=9.5)
            ax.set_xlabel("input step", fontsize=9)
            if ax in axes[:, 0]:
                ax.set_ylabel("output step", fontsize=9)
    seen = [f"{title}: {in_words(np.asarray(matrix, bool))}" for title, matrix in named.items()]
    return described(figure, f"""Dependency matrices of {len(next(iter(named.values())))} steps, a row for each output, a
        column for each input, dark where the output depends on the input. {"; ".join(seen)}.""")


def _matrix_cells(ax, matrix):
    T = len(matrix)
    ax.imshow(matrix, cmap=MAGNITUDE, vmin=0, vmax=1.35, aspect="equal")
    ax.set_xticks(np.arange(T + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(T + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    ticks = np.arange(0, T, 1 if T <= 6 else 2)
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.set_yticks(ticks, [str(t) for t in ticks])
    for side in ax.spines.values():
        side.set_visible(False)


AXES = ("time", "batch", "features", "nothing")


def reverse(A, what):
    """Return A (N, T, K) with one of its axes reversed: "time", "batch", "features", or "nothing"."""
    return np.flip(A, {"time": 1, "batch": 0, "features": 2}[what]) if what != "nothing" else A


@functools.cache
def two_sequences(reverse_in="time", reverse_out="time", T=5, seed=3):
    """Return (2T, 2T) bool: which outputs depend on which inputs, in a batch of two sequences.

    A net in two directions, whose second net gets its input reversed along `reverse_in`, and whose states are reversed
    along `reverse_out`. Rows and columns: the steps of sequence 0, then those of sequence 1.
    """
    rng = np.random.default_rng(seed)
    nets = [[0.5 * rng.normal(size=s) for s in ((3, 4), (4, 4), (4,))] for _ in range(2)]
    X, other = rng.normal(size=(2, 2, T, 3))

    def states(X, net):
        h, out = np.zeros((len(X), 4)), np.empty((*X.shape[:2], 4))
        for t in range(T):
            out[:, t] = h = np.tanh(X[:, t] @ net[0] + h @ net[1] + net[2])
        return out

    def f(X):
        return np.concatenate([states(X, nets[0]), reverse(states(reverse(X, reverse_in), nets[1]), reverse_out)], axis=2)

    Y, found = f(X), np.zeros((2 * T, 2 * T), bool)
    for n in range(2):
        for s in range(T):
            changed = X.copy()
            changed[n, s] = other[n, s]
            found[:, n * T + s] = (np.abs(f(changed) - Y) > 1e-9).any(axis=2).ravel()
    return found


def draw_reversals(reverse_in="time", reverse_out="time"):
    """Return the dependency matrix of two sequences, for a net whose second pass is reversed along these axes."""
    found = two_sequences(reverse_in, reverse_out)
    T = len(found) // 2
    own = found[:T, :T]
    if found[:T, T:].any():
        verdict, colour = "the two sequences mix", ILL
    elif own.all():
        verdict, colour = "every step sees its whole sequence, and no other", BOTH
    elif not np.triu(own, 1).any():
        verdict, colour = "every step sees its past alone", ILL
    else:
        verdict, colour = "some steps do not see the next one", ILL
    figure, axes = new_figure(5.2, 4.3)
    with course_style():
        _matrix_cells(axes, np.asarray(found, float))
        for at in (-0.5, T - 0.5, 2 * T - 0.5):
            axes.axhline(at, color="#444444", linewidth=1)
            axes.axvline(at, color="#444444", linewidth=1)
        names = [str(t) for t in range(T)] * 2
        axes.set_xticks(range(2 * T), names)
        axes.set_yticks(range(2 * T), names)
        axes.set_xlabel("input step of sequence 0, then of sequence 1")
        axes.set_ylabel("output step of sequence 0, then of 1")
        axes.set_title(verdict[0].upper() + verdict[1:], color=colour)
    return described(figure, f"""Dependency matrix of two sequences of {T} steps: four blocks, dark where the output depends
        on the input. The input of the second net is reversed along {reverse_in}, its states along {reverse_out}:
        {verdict}.""")


def plot_credit(named, floor=1e-3):
    """Return maps of how strongly the input at step s moves the answer at step t; named : dict title -> (T, T).

    Each row is divided by its largest. What is exactly 0 is left grey.
    """
    from matplotlib.colors import LogNorm

    figure, axes = new_figure(7.6, 3.4 if len(named) > 2 else 4.1, columns=len(named), sharey=True)
    with course_style():
        for ax, (title, credit) in zip(axes, named.items(), strict=True):
            share = np.clip(credit / credit.max(axis=1, keepdims=True), floor, 1)
            share = np.ma.masked_where(credit == 0, share)
            ax.set_facecolor(NOTHING)
            picture = ax.imshow(share, cmap=MAGNITUDE, norm=LogNorm(floor, 1), aspect="equal")
            ax.set_title(title)
            ax.set_xlabel("input at step s")
        axes[0].set_ylabel("answer at step t")
        first = next(iter(named.values()))
        if not np.triu(first, 1).any():
            place = {"ha": "center", "va": "center", "transform": axes[0].transAxes}
            axes[0].text(0.7, 0.78, "grey:\nexactly 0", color=GREY, fontsize=9, **place)
        figure.suptitle("Which letters change the answer", x=0.01, ha="left", fontsize=11)
        bar = figure.colorbar(picture, ax=list(axes), shrink=0.85)
        bar.set_label("share of the largest in its row")
        bar.ax.tick_params(which="minor", length=0)
    past = [title for title, credit in named.items() if not np.triu(credit, 1).any()]
    return described(figure, f"""{len(named)} heat maps of {len(first)} by {len(first)} steps, logarithmic: how strongly the
        input at one step changes the answer at another, for {listed(named)}. Grey, exactly 0, for all inputs after the
        answer's step: {listed(past)}.""")


def plot_by_step(steps, curves, ceilings):
    """Return the figure of right answers by step: curves : dict name -> (seeds, steps); ceilings the same -> (steps,)."""
    figure, axes = new_figure(7.6, 3.1, columns=len(curves), sharey=True)
    with course_style():
        for ax, (name, runs), colour in zip(axes, curves.items(), (ONE, ILL, BOTH), strict=True):
            ax.plot(steps, 100 * ceilings[name], color="#222222", linestyle=(0, (4, 3)), linewidth=1, zorder=3)
            ax.plot(steps, 100 * np.transpose(runs), color=colour, alpha=0.35, linewidth=1)
            ax.plot(steps, 100 * np.median(runs, axis=0), "o-", color=colour, markersize=4)
            ax.set_title(name, fontsize=10)
            ax.set_ylim(45, 104)
            ax.set_xticks(steps[:: max(1, len(steps) // 5)])
            ax.set_xlabel("step t")
        axes[0].set_ylabel("right answers (%)")
        axes[0].text(0.05, 0.12, "dashed: the ceiling", color=GREY, fontsize=9, transform=axes[0].transAxes)
        words = "Right answers at each step: every seed (thin) and their median"
        figure.suptitle(words, x=0.01, ha="left", fontsize=11)
    return described(figure, f"""Right answers at the steps {steps[0]} to {steps[-1]}, {len(curves)} panels, one for each
        kind of net, with thin lines for the seeds, dots for their median and a dashed line for the ceiling. From the most
        right answers on the whole: {from_the_top({name: np.mean(runs) for name, runs in curves.items()})}.""")


def plot_gap(rows, *, xlabel, title, tables=None):
    """Return the figure of scores by kind of net, in per cent: rows : dict name -> (seeds,); tables : dict name -> score."""
    tables = tables or {}
    names = [*tables, *rows]
    figure, axes = new_figure(7.2, 0.36 * len(names) + 1.2)
    with course_style():
        for y, name in enumerate(reversed(names)):
            scores = np.atleast_1d(rows[name] if name in rows else tables[name])
            colour = GREY if name in tables else ONE if "one way" in name else BOTH
            if name in tables:
                axes.plot([scores[0]] * 2, [-0.6, y], color=COLOURS["quiet"], linestyle=":", linewidth=1.1, zorder=1)
            marker = "D" if name in tables else "o"
            axes.plot(scores, np.full(len(scores), y), marker, color=colour, markersize=6, alpha=0.7, markeredgewidth=0)
            axes.text(np.max(scores) + 1.2, y, f"{np.median(scores):.0f} %", va="center", color=colour, fontsize=10,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set_ylim(-0.6, len(names) - 0.4)
        every = np.concatenate([np.atleast_1d(v) for v in [*rows.values(), *tables.values()]])
        axes.set_xlim(every.min() - 3, max(every.max() + 7, every.min() + 20))
        axes.set_xlabel(f"{xlabel}; the number is the median")
        axes.set_title(title)
    nets = f"a dot for each net. Of the nets, from the best: {from_the_top(rows)}" if len(rows) > 1 else "a dot for each net"
    return described(figure, f"""A line of {xlabel}, with a row for each of {listed(names)}:
        {"a diamond for a table, " if tables else ""}{nets}.""")


def draw_ripple(letters, ripple, at, units=12):
    """Return what one letter changes in the states of a net that reads both ways, over a line of letters.

    letters : str of T. ripple (T, 2H): how much each unit changes when the letter number `at` is another, the first net's H
    units, then the second's. The first `units` units of each net are drawn.
    """
    H = ripple.shape[1] // 2
    pick = np.r_[: min(units, H), H : H + min(units, H)]
    figure, axes = new_figure(7.6, 4.6)
    with course_style():
        change = axes.imshow(ripple[:, pick].T, cmap=MAGNITUDE, vmin=0, vmax=1, aspect="auto")
        axes.set_title(f"How much each unit changes if the marked letter, {letters[at]!r}, becomes another")
        axes.axhline(len(pick) / 2 - 0.5, color="#222222", linewidth=1.2)
        axes.set_yticks([len(pick) / 4 - 0.5, 0.75 * len(pick) - 0.5], ["reads →", "← reads"])
        axes.tick_params(axis="y", length=0)
        figure.colorbar(change, ax=axes, pad=0.01).set_label("change")
        axes.axvline(at - 0.5, color=ILL, linewidth=1.2)
        axes.axvline(at + 0.5, color=ILL, linewidth=1.2)
        axes.set_xticks(range(len(letters)), list(letters.replace(" ", "·")), fontfamily="DejaVu Sans Mono")
    still = max(ripple[:at, :H].max(initial=0), ripple[at + 1 :, H:].max(initial=0)) < 1e-9
    return described(figure, f"""A heat map over the letters of “{letters}”, units as rows, those that read from the left
        above those that read from the right: how much each unit changes if the letter number {at + 1} becomes another.
        {"" if not still else "Before it nothing changes in the upper half, after it nothing in the lower half."}""")


def draw_blank(before, after, named, true):
    """Return several nets' guesses for a vowel: before, after : the letters each side that may be seen.

    named : dict name -> (5,) chances. true : str, the vowel that stood there; it gets a star.
    """
    figure, axes = new_figure(7.6, 2.9, columns=len(named), sharey=True)
    with course_style():
        figure.suptitle(f"{before.replace(' ', '·')}[?]{after.replace(' ', '·')}", family="DejaVu Sans Mono", fontsize=13,
                        color="#222222")
        for ax, (name, shares) in zip(axes, named.items(), strict=True):
            best, colour = int(np.argmax(shares)), ONE if "one way" in name else BOTH
            ax.bar(list(VOWELS), 100 * shares, color=[colour if k == best else "#D9D9D9" for k in range(5)], width=0.7)
            there = VOWELS.index(true)
            ax.plot([there], [100 * shares[there] + 8], "*", color=COLOURS["window"], markersize=11, markeredgewidth=0)
            ax.set_ylim(0, 116)
            ax.set_yticks(range(0, 101, 25))
            ax.set_title(f"{name}: {VOWELS[best]}", fontsize=10)
            ax.set_xlabel("star: what stood there", fontsize=9)
        axes[0].set_ylabel("probability (%)")
    return described(figure, f"""“{before}[?]{after}” and {len(named)} bar charts of five vowels: what {listed(named)} put
        into the gap. A star marks {true}, the vowel that stood there.""")


def plot_leak(bits):
    """Return the figure of bits per letter at each place of the window: bits : dict name -> (seeds, T)."""
    figure, axes = new_figure(7.2, 3.3)
    with course_style():
        for (name, runs), colour in zip(bits.items(), (ONE, ILL), strict=True):
            place, middle, up = np.arange(runs.shape[1]), np.median(runs, axis=0), name != "one way"
            axes.semilogy(place, np.transpose(runs), color=colour, alpha=0.3, linewidth=0.8)
            axes.semilogy(place, middle, "o-", color=colour, markersize=3.5)
            axes.text(place[-1] / 2, np.median(middle) * (2 if up else 1.3), name, color=colour, ha="center", va="bottom")
            last = middle[-1]
            axes.text(place[-1] + 0.4, last * (1.1 if up else 0.92), f"{last:.1f}", color=colour, va="bottom" if up else "top")
        axes.set_xlim(-1, runs.shape[1] + 1.6)
        axes.set_xlabel(f"place in the window ({runs.shape[1]} letters)")
        axes.set_ylabel("bits per letter")
        axes.set_ylim(top=max(12, 1.5 * max(np.max(runs) for runs in bits.values())))
        axes.set_title("What the next letter costs at each place of the window")
    jumps = [name for name, runs in bits.items() if np.median(runs[:, -1]) > 3 * np.median(runs[:, :-1])]
    return described(figure, f"""Bits per letter on a logarithmic axis against the place in the window, a line for each kind
        of net, {listed(bits)}. At the last place a line jumps up for: {listed(jumps)}.""")
