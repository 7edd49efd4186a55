"""The figures of notebook 05: the GRU's cell and its dial, three cells' costs and learning curves, and the next word."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.vanishing_gradients import plot_reach

GREY = "#555555"
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
# Milliseconds for one pass forwards and back, N = 32, T = 20, D = H, float32, the layers of helpers.layers, one thread of
# a cloud machine with two cores: the median of 15 runs after a warm-up (7 from H = 256 on).
RECORDED_SIZES = (8, 16, 32, 64, 128, 256, 512)
RECORDED = {
    "equal H": {
        "rnn": (0.128, 0.157, 0.214, 0.446, 1.254, 12.72, 53.71),
        "lstm": (0.399, 0.493, 0.732, 1.651, 9.21, 59.69, 219.4),
        "gru": (0.358, 0.434, 0.618, 1.322, 7.967, 46.24, 166.7),
    },
    "equal weights": {
        "rnn": (0.151, 0.195, 0.369, 1.001, 9.729, 41.77, 170.1),
        "lstm": (0.394, 0.464, 0.678, 1.317, 11.99, 45.31, 172.6),
        "gru": (0.350, 0.423, 0.633, 1.295, 11.96, 46.54, 165.4),
    },
}


def draw_cell():
    """Return the diagram of a GRU step: the old state's way through, the candidate, and the two gates."""
    figure, axes = new_diagram(7.4, 3.6, 11.1, 5.4)
    top, low = 4.3, 1.9
    arrow(axes, (1.15, top), (4.62, top), colour=COLOURS["gru"], width=2.4)
    arrow(axes, (5.38, top), (7.42, top), colour=COLOURS["gru"], width=2.4)
    arrow(axes, (8.18, top), (9.85, top), colour=COLOURS["gru"], width=2.4)
    box(axes, 5.0, top, "×", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 7.8, top, "+", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 7.8, 3.1, "×", width=0.72, round_=True, size=13, kind="quiet")
    box(axes, 5.9, low, "tanh", width=1.5, kind="state")
    box(axes, 3.4, low, "×", width=0.72, round_=True, size=13, kind="quiet")
    axes.plot([2.2, 2.2], [top, low], color=COLOURS["gru"], linewidth=1.4, zorder=1)
    arrow(axes, (2.2, low), (3.02, low), colour=COLOURS["gru"])
    arrow(axes, (3.78, low), (5.12, low), colour=COLOURS["quiet"])
    arrow(axes, (5.9, 0.85), (5.9, 1.48), colour=COLOURS["quiet"])
    axes.plot([6.66, 7.8], [low, low], color=COLOURS["quiet"], linewidth=1.4, zorder=1)
    arrow(axes, (7.8, low), (7.8, 2.72), colour=COLOURS["quiet"])
    arrow(axes, (7.8, 3.48), (7.8, 3.92), colour=COLOURS["quiet"])
    arrow(axes, (5.0, 3.3), (5.0, 3.92), colour=COLOURS["output"])
    arrow(axes, (9.0, 3.1), (8.18, 3.1), colour=COLOURS["output"])
    arrow(axes, (3.4, 0.85), (3.4, 1.52), colour=COLOURS["output"])
    label(axes, 1.05, top, "$h_{t-1}$", ha="right", size=12)
    label(axes, 9.95, top, "$h_t$", ha="left", size=12)
    label(axes, 5.0, 3.0, "$z$", size=12)
    label(axes, 9.1, 3.1, "$1 - z$", ha="left", size=12)
    label(axes, 3.4, 0.55, "$r$", size=12)
    label(axes, 5.9, 0.55, "$x_t$", size=12)
    label(axes, 6.95, low + 0.27, "$n$", size=12)
    label(axes, 3.1, 4.72, "kept, through no matrix", size=9.5, colour=GREY)
    label(axes, 7.3, low - 0.3, "candidate", size=9.5, colour=GREY)
    label(axes, 4.45, 1.42, "heard of the\nold state", size=9.5, colour=GREY)
    return figure


def draw_dial(z=0.5, r=1.0):
    """Return the plane of two units with the old state, the candidate for this r, and the new state for this z."""
    h, x = np.array([-0.75, 0.55]), np.array([0.95, -0.25])
    W = np.array([[1.1, 0.3], [0.6, -1.6]])
    track = np.tanh(x + np.linspace(0, 1, 50)[:, None] * (h @ W))
    n = np.tanh(x + r * (h @ W))
    new = z * h + (1 - z) * n
    figure, axes = new_figure(6.2, 3.7)
    with course_style():
        axes.plot(*track.T, color=COLOURS["quiet"], linestyle=":", linewidth=1.6, label="the candidate, r from 0 to 1")
        axes.plot(*np.transpose([h, n]), color=COLOURS["quiet"], linewidth=1.2)
        axes.plot(*h, "s", color=COLOURS["truth"], markersize=9, label="old state h")
        axes.plot(*n, "D", color=COLOURS["window"], markersize=9, label="candidate n")
        ring = {"fillstyle": "none", "markersize": 16, "markeredgewidth": 2.6}  # what lies under it stays visible
        axes.plot(*new, "o", color=COLOURS["gru"], label="new state z h + (1 - z) n", **ring)
        axes.set(
            xlim=(-1.05, 1.05),
            ylim=(-1.05, 1.05),
            xlabel="unit 1",
            ylabel="unit 2",
            xticks=[-1, 0, 1],
            yticks=[-1, 0, 1],
        )
        axes.set_aspect("equal")
        axes.set_title(f"z = {z:.2f}, r = {r:.2f}")
        figure.legend(loc="outside right center")
    return figure


def draw_speed(whose="the course's machine", measured=None):
    """Return the figure of what a pass costs against H, at equal H and at equal weights.

    whose    "the course's machine" draws what was recorded there, anything else draws `measured`
    measured (sizes, {"equal H": {cell: milliseconds}, "equal weights": …})
    """
    sizes, times = (RECORDED_SIZES, RECORDED) if whose == "the course's machine" else measured
    figure, axes = new_figure(7.4, 3.4, columns=2, sharey=True)
    with course_style():
        for ax, (kind, by_cell) in zip(axes, times.items(), strict=True):
            for cell, name in NAMES.items():
                ax.loglog(sizes, by_cell[cell], "o-", color=COLOURS[cell], markersize=4, label=name)
            if kind == "equal H":
                for factor, line in ((4, "--"), (3, ":")):
                    times_rnn = factor * np.array(by_cell["rnn"])
                    ax.loglog(
                        sizes,
                        times_rnn,
                        line,
                        color="#888888",
                        linewidth=1.2,
                        zorder=0,
                        label=f"{factor} times the RNN",
                    )
            ax.set(xlabel="H" if kind == "equal H" else "H of the GRU", xticks=sizes[:: 2 if len(sizes) > 4 else 1])
            ax.set_xticklabels([str(s) for s in sizes[:: 2 if len(sizes) > 4 else 1]])
            ax.minorticks_off()
            ax.set_title(kind)
        axes[0].set_ylabel("milliseconds a pass")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, columnspacing=1.4)
    return figure


def _band(axes, x, runs, cell):
    runs = np.asarray(runs)
    axes.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=COLOURS[cell], alpha=0.2, linewidth=0)
    axes.plot(x, np.median(runs, axis=0), color=COLOURS[cell], label=NAMES[cell])


def plot_adding(curves, T, window):
    """Return the figure of the error on the adding problem against the step.

    curves : cell -> (seeds, steps), means over `window` steps each; a mean stands at the last of its steps.
    """
    figure, axes = new_figure(6.6, 3.3)
    with course_style():
        for cell, runs in curves.items():
            _band(axes, window + np.arange(np.shape(runs)[1]), runs, cell)
        axes.axhline(1 / 6, color=COLOURS["quiet"], linestyle="--", linewidth=1)
        axes.text(217, 0.115, "dashed: always answering 1", color=GREY, fontsize=9, va="top", ha="right")
        axes.set(yscale="log", ylim=(1e-3, 1), xlabel="step", ylabel=f"squared error, mean of {window} steps")
        axes.legend(loc="lower left")
        axes.set_title(f"Adding problem, T = {T}, equal weights: median and range of five runs")
    return figure


def plot_memory(maps, marks):
    """Return plot_reach's heat maps with ticks at the first step, at the marked ones and at the last. maps : title -> (T, T)."""
    figure = plot_reach(maps)
    ticks = [0, *(int(mark) for mark in marks), len(next(iter(maps.values()))) - 1]
    for axes in figure.axes[: len(maps)]:
        axes.set(xticks=ticks, yticks=ticks)
    figure.axes[-1].set_title("", loc="left")
    figure.axes[-1].set_title("above 1", fontsize=9.5, loc="right")  # two wide maps leave less room on the right
    return figure


def plot_wave(truth, said, errors, linear):
    """Return the figure of a noisy wave with the nets' predictions, and of all errors.

    truth (T,), said : cell -> (T,); errors : cell -> (seeds,); linear : (seeds,), the linear model's.
    """
    figure, (left, right) = new_figure(7.6, 3.2, columns=2, width_ratios=[1.5, 1])
    with course_style():
        left.plot(truth, ".", color="#BBBBBB", markersize=4, label="the series")
        for cell, run in said.items():
            left.plot(run, color=COLOURS[cell], linewidth=1.4, label=NAMES[cell])
        left.set(xlabel="step of the test part", ylabel="value", ylim=(-2.6, 1.7))
        left.legend(loc="lower center", ncols=4, columnspacing=1.0, handlelength=1.2)
        left.set_title("Three nets, one line")
        groups = {**errors, "linear": linear}
        for i, (cell, e) in enumerate(groups.items()):
            right.plot(i + np.linspace(-0.12, 0.12, len(e)), e, "o", color=COLOURS.get(cell, GREY), markersize=5)
        right.axhline(0.2, color=COLOURS["quiet"], linestyle="--", linewidth=1)
        right.text(1.5, 0.175, "dashed: the noise itself", color=GREY, fontsize=9, va="top", ha="center")
        right.set(xticks=range(len(groups)), ylabel="error (RMSE)", ylim=(0, 0.3), xlim=(-0.5, len(groups) - 0.5))
        right.set_xticklabels([NAMES.get(c, c) for c in groups])
        right.set_title("Five series")
    return figure


def plot_language(steps, curves, bigram, letters):
    """Return the figure of the word nets' test perplexity against steps, and of the letter nets' bits at equal work.

    steps (K,), curves : cell -> (seeds, K), bigram : the baseline; letters : name below the axis -> (cell, bits (seeds,)).
    """
    figure, (left, right) = new_figure(7.6, 3.4, columns=2, width_ratios=[1.3, 1])
    with course_style():
        for cell, runs in curves.items():
            _band(left, np.array(steps), runs, cell)
        left.axhline(bigram, color=COLOURS["truth"], linestyle="--", linewidth=1)
        left.text(55, bigram - 1, "bigram", color=COLOURS["truth"], fontsize=9, va="top")
        left.set(xlabel="step", ylabel="test perplexity", ylim=(25, 75))
        left.legend(loc="upper right")
        left.set_title("Words: equal steps")
        for i, (cell, bits) in enumerate(letters.values()):
            right.plot(i + np.linspace(-0.12, 0.12, len(bits)), bits, "o", color=COLOURS[cell], markersize=5)
        right.set(
            xticks=range(len(letters)), ylabel="test loss, bits a letter", xlim=(-0.5, len(letters) - 0.5), ylim=(2, 3)
        )
        right.set_xticklabels(letters)
        right.set_title("Letters: equal work")
    return figure


def draw_next_word(words, p, bigram, *, context, temperature=1.0, shown=8):
    """Return the bars of the most likely next words, with the bigram's probability beside them.

    words : the vocabulary (V). p, bigram (V,) : probabilities. temperature : p is raised to 1 / temperature and normalised.
    """
    hot = with_temperature(p, temperature)
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
    return figure


def with_temperature(p, temperature):
    """Return the probabilities p (…, V) raised to 1 / temperature and normalised: below 1 sharper, above 1 flatter."""
    logs = np.log(np.maximum(np.asarray(p, float), 1e-300)) / temperature
    hot = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return hot / hot.sum(axis=-1, keepdims=True)
