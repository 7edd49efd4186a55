"""The figures of notebook 05: the GRU's cell and its dial, three cells' costs and learning curves, and the next word."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, SIGNED, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed, trends

GREY = "#555555"
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
MARKERS = {"rnn": "o", "lstm": "s", "gru": "^"}
# Milliseconds for one pass forwards and back, N = 32, T = 20, D = H, float32, the layers of helpers.layers, one thread of
# a cloud machine with two cores, processor time, all cells in turn: the fastest run, of hundreds in three sessions (of some
# 35 from H = 256 on). The machine had other work, so that the medians are longer, by about a half.
RECORDED_SIZES = (8, 16, 32, 64, 128, 256, 512)
RECORDED = {
    "equal H": {"rnn": (0.174, 0.202, 0.273, 0.508, 1.783, 6.571, 25.77),
                "lstm": (0.537, 0.680, 1.068, 2.280, 7.544, 27.53, 116.9),
                "gru": (0.547, 0.663, 1.075, 2.190, 6.259, 20.51, 75.34)},
    "equal weights": {"rnn": (0.190, 0.251, 0.431, 1.172, 4.930, 18.81, 89.29),
                      "lstm": (0.497, 0.647, 1.006, 1.906, 5.808, 21.12, 81.64),
                      "gru": (0.550, 0.691, 1.058, 2.141, 6.077, 20.45, 72.42)},
}


def draw_cell():
    """Return the diagram of a GRU step, reset after the product: the old state's way through, the candidate, the two gates."""
    figure, axes = new_diagram(7.4, 3.6, 11.1, 5.4)
    top, low = 4.3, 1.9
    arrow(axes, (1.15, top), (4.92, top), colour=COLOURS["gru"], width=2.4)
    arrow(axes, (5.68, top), (7.72, top), colour=COLOURS["gru"], width=2.4)
    arrow(axes, (8.48, top), (10.0, top), colour=COLOURS["gru"], width=2.4)
    box(axes, 5.3, top, "×", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 8.1, top, "+", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 8.1, 3.1, "×", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 6.2, low, "tanh", width=1.5, kind="state")
    box(axes, 2.55, low, "$W_h^n$", width=0.95, kind="quiet")
    box(axes, 4.15, low, "×", width=0.72, round_=True, size=13, kind="quiet")
    axes.plot([1.55, 1.55], [top, low], color=COLOURS["gru"], linewidth=1.4, zorder=1)
    arrow(axes, (1.55, low), (2.05, low), colour=COLOURS["gru"])
    arrow(axes, (3.04, low), (3.77, low), colour=COLOURS["quiet"])
    arrow(axes, (4.53, low), (5.42, low), colour=COLOURS["quiet"])
    arrow(axes, (6.2, 0.85), (6.2, 1.48), colour=COLOURS["quiet"])
    axes.plot([6.96, 8.1], [low, low], color=COLOURS["quiet"], linewidth=1.4, zorder=1)
    arrow(axes, (8.1, low), (8.1, 2.72), colour=COLOURS["quiet"])
    arrow(axes, (8.1, 3.48), (8.1, 3.92), colour=COLOURS["quiet"])
    arrow(axes, (5.3, 3.3), (5.3, 3.92), colour=COLOURS["output"])
    arrow(axes, (9.3, 3.1), (8.48, 3.1), colour=COLOURS["output"])
    arrow(axes, (4.15, 0.85), (4.15, 1.52), colour=COLOURS["output"])
    label(axes, 1.05, top, "$h_{t-1}$", ha="right", size=12)
    label(axes, 10.1, top, "$h_t$", ha="left", size=12)
    label(axes, 5.3, 3.0, "$z$", size=12)
    label(axes, 9.4, 3.1, "$1 - z$", ha="left", size=12)
    label(axes, 4.15, 0.55, "$r$", size=12)
    label(axes, 6.2, 0.55, "$x_t W_x^n + b^n$", size=12)
    label(axes, 7.3, low + 0.27, "$n$", size=12)
    label(axes, 3.1, 4.72, "kept, through no matrix", size=9.5, colour=GREY)
    label(axes, 7.6, low - 0.3, "candidate", size=9.5, colour=GREY)
    return described(figure, """Diagram of a GRU step. The old state runs along the top through a product with z and a sum
        to the new state. Below, it passes the matrix Wh of the candidate, then a product with r, then a tanh together with
        the input; the result n, times 1 minus z, joins the sum.""")


def draw_dial(z=0.5, r=1.0):
    """Return the plane of two units with the old state, the candidate for this r, and the new state for this z."""
    h, x = np.array([-0.75, 0.55]), np.array([0.95, -0.25])
    W = np.array([[1.1, 0.3], [0.6, -1.6]])
    track = np.tanh(x + np.linspace(0, 1, 50)[:, None] * (h @ W))
    n = np.tanh(x + r * (h @ W))
    new = z * h + (1 - z) * n
    figure, axes = new_figure(6.2, 3.9)
    with course_style():
        axes.plot(*track.T, color=COLOURS["quiet"], linestyle=":", linewidth=1.6)
        axes.plot(*np.transpose([h, n]), color=COLOURS["quiet"], linewidth=1.2)
        axes.plot(*h, "s", color=COLOURS["truth"], markersize=9)
        axes.plot(*n, "D", color=COLOURS["window"], markersize=9)
        ring = {"fillstyle": "none", "markersize": 16, "markeredgewidth": 2.6}  # what lies under it stays visible
        axes.plot(*new, "o", color=COLOURS["gru"], **ring)
        axes.text(h[0] + 0.05, h[1] + 0.13, "old state $h$", color=COLOURS["truth"], ha="center", va="bottom")
        axes.text(n[0] + 0.12, n[1], "candidate $n$", color="#9A6A00", ha="left", va="center")
        axes.text(new[0] - 0.12, new[1] - 0.06, "new state $z\\,h + (1 - z)\\,n$", color=COLOURS["gru"], ha="right", va="top")
        axes.text(1.62, 0.62, "dotted: the candidate\nfor all r from 0 to 1", color=GREY, fontsize=9, ha="right", va="center")
        axes.set(xlim=(-1.75, 1.75), ylim=(-1.1, 1.05), xlabel="unit 1", ylabel="unit 2", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.set_aspect("equal")
        axes.set_title(f"z = {z:.2f}, r = {r:.2f}")
    return described(figure, f"""A plane of two units, z = {z:.2f} and r = {r:.2f}. A black square, the old state, and an
        orange diamond, the candidate, are joined by a line; a green ring on it, the new state, lies {100 * (1 - z):.0f} %
        of the way to the candidate, at ({new[0]:z.2f}, {new[1]:z.2f}). A dotted curve shows where the candidate goes when r
        changes.""")


def draw_speed(whose="the course's machine", measured=None):
    """Return the figure of how many times as long as an RNN's a pass of LSTM and GRU takes, at equal H and equal weights.

    whose    "the course's machine" draws what was recorded there, anything else draws `measured`
    measured (sizes, {"equal H": {cell: milliseconds}, "equal weights": …})
    """
    sizes, times = (RECORDED_SIZES, RECORDED) if whose == "the course's machine" else measured
    figure, axes = new_figure(7.4, 3.3, columns=2, sharey=True)
    with course_style():
        top = 1.0
        for ax, (kind, by_cell) in zip(axes, times.items(), strict=True):
            places = np.arange(len(sizes))
            for cell in ("lstm", "gru"):
                ratio = np.array(by_cell[cell]) / np.array(by_cell["rnn"])
                top = max(top, ratio.max())
                ax.plot(places, ratio, MARKERS[cell] + "-", color=COLOURS[cell], markersize=6, label=NAMES[cell])
            for factor, words in ((1, "the RNN"), *(((3, "weights: 3"), (4, "weights: 4")) if kind == "equal H" else ())):
                ax.plot([-0.3, len(sizes) - 0.6], [factor, factor], "--", color=COLOURS["quiet"], linewidth=1, zorder=0)
                ax.text(len(sizes) - 0.45, factor, words, color=GREY, fontsize=9, va="center", ha="left")
            ax.set(xlabel="H of all three" if kind == "equal H" else "H of the GRU", xticks=places, xlim=(-0.3, len(sizes) + 0.7))
            ax.set_xticklabels([str(size) for size in sizes])
            ax.set_title("Equal H" if kind == "equal H" else "Equal weights")
        axes[0].set(ylabel="time, as a multiple of the RNN's", ylim=(0, max(5, 1.08 * top)))
        axes[1].legend(loc="upper right")
    ratios = {f"{kind}, {NAMES[cell]}": np.array(by_cell[cell]) / np.array(by_cell["rnn"])
              for kind, by_cell in times.items() for cell in ("lstm", "gru")}
    words = [f"{name}: from {ratio[0]:.1f} to {ratio[-1]:.1f}, at most {max(ratio):.1f}" for name, ratio in ratios.items()]
    return described(figure, f"""Times of LSTM and GRU as a multiple of the RNN's against the number of units, {sizes[0]} to
        {sizes[-1]}, one panel for equal H and one for equal weights. At {"; at ".join(words)}.""")


def _band(axes, x, runs, cell, name=None):
    runs = np.asarray(runs)
    axes.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=COLOURS[cell], alpha=0.2, linewidth=0)
    mark = MARKERS[cell] if len(x) < 20 else None  # few points: told apart in grey, too
    axes.plot(x, np.median(runs, axis=0), color=COLOURS[cell], marker=mark, markersize=5, label=name or NAMES[cell])


def plot_adding(curves, T, window, through=0.06):
    """Return the figure of the GRUs' errors on the adding problem, and of the step at which each run of each net gets through.

    curves : name, which begins with the cell's ("RNN, tanh") -> (seeds, steps), means over `window` steps each.
    through : the error from which on a run counts as having learned it.
    """
    figure, (left, right) = new_figure(7.6, 3.4, columns=2, width_ratios=[1, 1.25])
    longest = window + max(np.shape(runs)[1] for runs in curves.values())
    with course_style():
        if "GRU" in curves:
            _band(left, window + np.arange(np.shape(curves["GRU"])[1]), curves["GRU"], "gru")
        for level, style in ((1 / 6, "--"), (through, ":")):
            left.axhline(level, color=COLOURS["quiet"], linestyle=style, linewidth=1)
        words = {"color": GREY, "fontsize": 9, "transform": left.get_yaxis_transform()}
        left.text(0.98, 0.19, "always answering 1", va="bottom", ha="right", **words)
        left.text(0.02, through / 1.12, "through", va="top", **words)
        left.set(yscale="log", ylim=(1e-3, 1), xlabel="step", ylabel=f"squared error, mean of {window} steps")
        left.set_title("The GRUs")
        for row, (name, runs) in enumerate(curves.items()):
            runs, cell = np.asarray(runs), name[:4].strip(" ,").lower()
            for k, errors in enumerate(runs):
                done = errors.min() < through
                step = window + (np.argmax(errors < through) if done else len(errors) - 1)
                look = {"color": COLOURS[cell]} if done else {"markerfacecolor": "none", "markeredgecolor": COLOURS["quiet"]}
                right.plot(step, row + 0.5 * (k / max(1, len(runs) - 1) - 0.5), MARKERS[cell], markersize=6, **look)
        right.set(ylim=(len(curves) - 0.5, -0.5), xlim=(0, 1.06 * longest), xlabel="step (grey: the last one, not through)")
        right.set_yticks(range(len(curves)), [name.replace(" identity", "\nidentity") for name in curves])
        right.set_title(f"T = {T}: when is each run through?")
    return described(figure, f"""Left: the GRUs' squared error against the step, logarithmic, median and range, with a
        dashed line at the error of always answering 1. Right, for T = {T}: for each run of {listed(curves)} a mark at the
        step at which its error falls below {through:g}, or a hollow grey mark at its last step.""")


def plot_gates(steps, gates):
    """Return the figure of how open the most open update gate is while nets are trained on different answers.

    steps (K,) ; gates : which answers -> (seeds, K), for each net its largest unit's mean z.
    """
    figure, axes = new_figure(7.2, 3.2)
    looks = dict(zip(gates, ((COLOURS["gru"], "-"), (COLOURS["truth"], "--"), (COLOURS["window"], ":")), strict=False))
    with course_style():
        for name, runs in gates.items():
            colour, style = looks.get(name, (COLOURS["quiet"], "-"))
            axes.fill_between(steps, np.min(runs, axis=0), np.max(runs, axis=0), color=colour, alpha=0.15, linewidth=0)
            axes.plot(steps, np.median(runs, axis=0), style, color=colour, linewidth=2.2, label=name)
        axes.set(ylim=(0.4, 1), xlabel="step of training", ylabel="z of the most open unit")
        axes.legend(loc="lower right", title="answers", alignment="left")
        axes.set_title("How far the update gate opens: median and range of the nets")
    ways = trends({f"“{name}”": np.median(runs, axis=0)[[0, -1]] for name, runs in gates.items()})
    return described(figure, f"""The z of the most open unit against the step of training, a line for each kind of answers,
        the median and the range of the nets: it {ways}.""")


def plot_influence(maps, ticks, decades=3):
    """Return heat maps of how strongly the state at s moves the state at t. maps : title -> (T, T), NaN where s > t.

    decades : how many powers of ten the colours reach to either side of 1.
    """
    from matplotlib import colormaps

    figure, axes = new_figure(7.6, 3.0, columns=len(maps), sharey=True)
    shades = colormaps[SIGNED].with_extremes(bad="#E6E6E6")
    with course_style():
        for ax, (title, M) in zip(axes, maps.items(), strict=True):
            shown = ax.imshow(np.log10(np.maximum(M, 1e-6)), vmin=-decades, vmax=decades, cmap=shades, origin="upper")
            ax.set(xlabel="state at time s", title=title, xticks=ticks, yticks=ticks)
        axes[0].set_ylabel("state at time t")
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, ticks=[-decades, 0, decades], extend="both")
        bar.ax.set_yticklabels([f"{10.0**-decades:g}", "1", f"{10.0**decades:g}"])
    return described(figure, f"""{len(maps)} triangular heat maps of how strongly the state at step s moves the state at
        step t: {listed(maps)}. Blue stands for less than 1, red for more, white for 1; ticks at the steps
        {listed(ticks)}.""")


def plot_wave(truth, said, errors, baselines):
    """Return the figure of a noisy wave with the nets' predictions, and of all errors.

    truth (T,), said : cell -> (T,); errors : cell -> (series,); baselines : name -> (series,).
    """
    figure, (left, right) = new_figure(7.6, 3.2, columns=2, width_ratios=[1.5, 1])
    with course_style():
        left.plot(truth, ".", color="#BBBBBB", markersize=4, label="the series")
        for cell, run in said.items():
            left.plot(run, color=COLOURS[cell], linewidth=1.4, label=NAMES[cell])
        left.set(xlabel="step of the test part", ylabel="value", ylim=(-2.6, 1.7))
        left.legend(loc="lower center", ncols=4, columnspacing=1.0, handlelength=1.2)
        left.set_title("What three nets predict")
        groups = {**errors, **baselines}
        for i, (cell, e) in enumerate(groups.items()):
            x, look = i + np.linspace(-0.15, 0.15, len(e)), MARKERS.get(cell, "D")
            right.plot(x, e, look, color=COLOURS.get(cell, GREY), markersize=5)
        right.axhline(0.2, color=COLOURS["quiet"], linestyle="--", linewidth=1)
        right.text(1.8, 0.175, "dashed: the noise itself", color=GREY, fontsize=9, va="top", ha="center")
        right.set(xticks=range(len(groups)), ylabel="error (RMSE)", ylim=(0, 0.34), xlim=(-0.5, len(groups) - 0.5))
        right.set_xticklabels([NAMES.get(c, c) for c in groups])
        right.set_title(f"{len(next(iter(errors.values())))} series")
    return described(figure, f"""Left: a noisy wave as grey dots and the predictions of
        {listed([NAMES[cell] for cell in said])}. Right: errors as dots, one for each series, of
        {listed([NAMES.get(name, name) for name in groups])}; a dashed line marks the noise itself. The largest ones are on
        the whole those of: {max(groups, key=lambda name: np.median(groups[name]))}.""")


def plot_language(steps, curves, tables, letters):
    """Return the figure of the word nets' test perplexity against steps, and of the letter nets' bits at equal work.

    steps (K,), curves : cell -> (seeds, K), tables : name -> perplexity; letters : name below the axis -> (cell, bits (seeds,)).
    """
    figure, (left, right) = new_figure(7.6, 3.7, columns=2, width_ratios=[1.5, 1])
    with course_style():
        for cell, runs in curves.items():
            _band(left, np.array(steps), runs, cell)
        names, beside = sorted(tables, key=tables.get), np.sort(list(tables.values()))
        for k in range(1, len(names)):                                        # where two are close, their names make room
            near = max(0, 3.0 - (beside[k] - beside[k - 1])) / 2
            beside[k - 1 : k + 1] += -near, near
        for name, at in zip(names, beside, strict=True):
            level = tables[name]
            left.plot([steps[0], steps[-1]], [level, level], ":" if "all" in name else "--", color=COLOURS["truth"], linewidth=1)
            left.text(steps[-1] + 8, at, name, color=COLOURS["truth"], fontsize=9, va="center", ha="left")
        left.set(xlabel="step", ylabel="test perplexity", ylim=(25, 65), xlim=(steps[0], 1.62 * steps[-1] - 0.62 * steps[0]))
        left.set_xticks([step for step in steps if step % 100 == 0])
        left.legend(loc="upper right")
        left.set_title("Words: nets against tables")
        for i, (cell, bits) in enumerate(letters.values()):
            right.plot(i + np.linspace(-0.12, 0.12, len(bits)), bits, MARKERS[cell], color=COLOURS[cell], markersize=6)
        right.set(xticks=range(len(letters)), ylabel="test loss, bits a letter", xlim=(-0.5, len(letters) - 0.5))
        every = np.concatenate([bits for _, bits in letters.values()])
        right.set_ylim(np.floor(10 * every.min() - 0.3) / 10, np.ceil(10 * every.max() + 0.3) / 10)  # whole tenths
        right.set_xticklabels(letters)
        right.set_title("Letters: equal work")
    ways = trends({NAMES[cell]: np.median(runs, axis=0) for cell, runs in curves.items()})
    return described(figure, f"""Left: the words' test perplexity against the step, median and range, with lines for the
        tables {listed(tables)}: it {ways}. Right: the letters' loss in bits at equal work, a mark for each run, from the
        top {from_the_top({name: bits for name, (_, bits) in letters.items()})}.""")


def plot_context(heard, perplexities):
    """Return the figure of the test perplexity against how many words a net is told. perplexities : cell -> (seeds, K)."""
    figure, axes = new_figure(5.6, 3.1)
    with course_style():
        for cell, runs in perplexities.items():
            _band(axes, np.arange(len(heard)), runs, cell)
        axes.set(xticks=range(len(heard)), xlabel="words that the net is told", ylabel="test perplexity")
        axes.set_xticklabels([str(k) for k in heard])
        every = np.concatenate([np.ravel(runs) for runs in perplexities.values()])
        axes.set_ylim(5 * np.floor(every.min() / 5), 5 * np.ceil(every.max() / 5))
        axes.legend(loc="upper right")
        axes.set_title("How far back does a word's context reach?")
    return described(figure, f"""The test perplexity against the number of words that a net is told, {listed(heard)}, median
        and range: it {trends({NAMES[cell]: np.median(runs, axis=0) for cell, runs in perplexities.items()})}.""")


def draw_next_word(words, hot, bigram, *, context, temperature=1.0, shown=8):
    """Return the bars of the most likely next words, with the bigram's probability beside them.

    words : the vocabulary (V). hot, bigram (V,) : probabilities, hot those at this temperature.
    """
    best = np.argsort(-hot, kind="stable")[:shown][::-1]
    figure, axes = new_figure(6.6, 3.5)
    with course_style():
        axes.barh(range(shown), hot[best], color=COLOURS["gru"], height=0.62, label="the net")
        axes.plot(bigram[best], range(shown), "D", color=COLOURS["truth"], markersize=5, label="the bigram")
        axes.set_yticks(range(shown), [words[i] for i in best])
        rest = 1 - hot[best].sum()
        axes.set(xlim=(0, 1), xlabel=f"probability at temperature {temperature:.2f}  (all other words: {rest:.0%})")
        axes.legend(loc="lower right")
        axes.set_title(f"{context} …")
    likely = f"“{words[best[-1]]}”" if hot[best[-1]] > 0.5 else "none"
    return described(figure, f"""Bars of the {shown} most likely next words after “{context}” at the temperature
        {temperature:g}, with a diamond for the bigram's probability of each. The net gives {likely} more than a half.""")

