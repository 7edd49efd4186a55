"""The figures of notebook 04."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, SIGNED, course_style, new_figure

GREY, WORDS = "#999999", "#555555"
SHADES = ["#F5B88A", "#E58A45", "#D55E00", "#8F3F00", "#4A2000"]  # LSTMs, from a small forget bias to a large one


def plot_streams(x, mark, asked, wanted, rows):
    """Return small multiples over time: the stream of numbers, and below it what each cell shows.

    x, mark, asked, wanted : (T,). rows : dict title -> what is shown (T,).
    """
    figure, axes = new_figure(7.6, 1.25 * (1 + len(rows)) + 0.5, rows=1 + len(rows), sharex=True)
    steps = np.arange(len(x))
    with course_style():
        colours = [COLOURS["window"] if m else "#C9C9C9" for m in mark]
        axes[0].bar(steps, x, color=colours, width=0.7)
        axes[0].set(ylim=(-1.1, 1.1), yticks=[-1, 0, 1], title="The stream: keep the number that is marked (yellow)")
        for ax, (title, shown) in zip(axes[1:], rows.items(), strict=True):
            ax.step(steps, wanted, where="mid", color="#B8B8B8", linewidth=4)
            ax.step(steps, shown, where="mid", color=COLOURS["lstm"], linewidth=1.6)
            high = max(1.1, 1.1 * np.abs(shown).max())
            ax.set(ylim=(-high, high), title=title)
            for t in np.flatnonzero(asked):
                ax.axvspan(t - 0.5, t + 0.5, color="#EAF3FA", zorder=0, linewidth=0)
        axes[-1].set_xlabel("step (blue bands: it is asked; grey: what should be shown; orange: what is shown)")
    return figure


def draw_cell():
    """Return the diagram of an LSTM cell: the belt of c above, the four blocks below."""
    figure, axes = new_diagram(7.6, 3.9, 11.4, 5.85)
    top, low = 4.6, 1.55
    arrow(axes, (0.9, top), (10.6, top), colour=COLOURS["lstm"], width=2.6)
    label(axes, 0.75, top, "$c_{t-1}$", size=12, ha="right")
    label(axes, 10.7, top, "$c_t$", size=12, ha="left")
    for x, sign in ((2.6, "×"), (5.3, "+")):
        box(axes, x, top, sign, kind="window", width=0.62, round_=True, size=13)
    box(axes, 5.3, 3.3, "×", kind="window", width=0.62, round_=True, size=13)
    box(axes, 9.0, 2.75, "×", kind="window", width=0.62, round_=True, size=13)
    box(axes, 9.0, 3.7, "tanh", kind="quiet", width=1.1, height=0.62, size=9.5)
    for x, name, kind in ((2.6, "$f$", "state"), (4.3, "$i$", "state"), (6.3, "$g$", "input"), (7.9, "$o$", "state")):
        words = name + (": tanh" if name == "$g$" else ": $\\sigma$")
        box(axes, x, low, words, kind=kind, width=1.25, height=0.75, size=10.5)
        arrow(axes, (x, 0.62), (x, low - 0.39))
    arrow(axes, (2.6, low + 0.4), (2.6, top - 0.33))
    arrow(axes, (4.3, low + 0.4), (5.05, 3.08))
    arrow(axes, (6.3, low + 0.4), (5.55, 3.08))
    arrow(axes, (5.3, 3.62), (5.3, top - 0.33))
    arrow(axes, (9.0, top), (9.0, 4.03), colour=COLOURS["lstm"])
    arrow(axes, (9.0, 3.38), (9.0, 3.08))
    arrow(axes, (8.2, low + 0.4), (8.74, 2.55))
    arrow(axes, (9.32, 2.75), (10.6, 2.75), colour=COLOURS["rnn"], width=1.8)
    label(axes, 10.7, 2.75, "$h_t$", size=12, ha="left")
    arrow(axes, (0.9, 0.6), (8.4, 0.6), style="-")
    label(axes, 0.75, 0.6, "$x_t,\\ h_{t-1}$", size=12, ha="right")
    label(axes, 2.85, 3.3, "keep", size=9.5, ha="left", colour=WORDS)
    label(axes, 5.75, 3.95, "write", size=9.5, ha="left", colour=WORDS)
    label(axes, 9.4, 2.3, "show", size=9.5, ha="left", colour=WORDS)
    label(axes, 4.6, 5.5, "the cell: one product and one sum, no matrix, no squashing", size=9.5, colour=COLOURS["lstm"])
    return figure


def plot_training(losses, baseline=1 / 6):
    """Return the figure of training runs: losses (runs, steps), smoothed, with the error of always saying the mean."""
    figure, axes = new_figure(6.6, 3.0)
    smooth = np.array([np.convolve(run, np.ones(50) / 50, "valid") for run in np.asarray(losses)])
    with course_style():
        axes.semilogy(np.arange(50, 50 + smooth.shape[1]), smooth.T, color=COLOURS["lstm"], linewidth=1.1, alpha=0.7)
        axes.axhline(baseline, color=GREY, linewidth=1, linestyle="--")
        axes.text(595, baseline * 1.15, "always saying 1", color="#666666", ha="right", va="bottom", fontsize=9.5)
        axes.set(xlabel="training step", ylabel="error (mean of 50 steps)", ylim=(5e-4, 0.5), xlim=(0, 600))
        axes.set_title("Thirty steps, the plain RNN's wall: your LSTM learns it")
    return figure


def plot_paths(direct, full):
    """Return small multiples of the gradient's norm by lag. direct, full : dict title -> (seeds, lags)."""
    figure, axes = new_figure(7.6, 3.2, columns=len(full), sharey=True)
    with course_style():
        for ax, title in zip(axes, full, strict=True):
            lags = np.arange(direct[title].shape[1])
            ax.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
            for runs, colour, style in ((full[title], COLOURS["backward"], "-"), (direct[title], COLOURS["truth"], "--")):
                runs = np.maximum(runs, 1e-18)
                ax.fill_between(lags, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.15, linewidth=0)
                ax.semilogy(lags, np.median(runs, axis=0), style, color=colour)
            ax.set(xlabel="steps back", title=title, ylim=(1e-16, 1e4), xlim=(0, lags[-1]), yticks=[1e-16, 1e-8, 1])
            ax.minorticks_off()
        axes[0].set_ylabel("norm of ∂c$_T$/∂c$_t$")
        words = "dashed: the gates' product\nsolid: the full gradient\nmedian and range of five"
        axes[-1].text(2, 3e-8, words, va="top", fontsize=9.5)
    return figure


PLAYER_G = np.array([0.3, 0.9, -0.6, 0.5, -0.8, 0.4, 0.7, -0.9, 0.6, -0.3, 0.8, -0.5])
PRESETS = {  # the steps, counted from 1, at which a gate differs from its usual value
    "remember": {"i": (0, {2: 1}), "f": (1, {}), "o": (0, {12: 1})},
    "reset": {"i": (0, {2: 1, 8: 1}), "f": (1, {8: 0}), "o": (1, {})},
    "read once": {"i": (0, {2: 1}), "f": (1, {}), "o": (0, {6: 1})},
    "fade": {"i": (0, {2: 1}), "f": (0.73, {}), "o": (1, {})},
    "carousel": {"i": (1, {}), "f": (1, {}), "o": (1, {})},
}


def play(preset="remember", step=0, i=0.0, f=1.0, o=0.0, g=0.7):
    """Return the gates (4, 12) in the order i, f, o, g, the cell and the state (12,) and ∂c_12/∂c_t (12,) of the gate player.

    The preset sets all twelve steps; at `step` (from 1; 0: nowhere), i, f, o and g are as given.
    """
    gates = np.empty((4, 12))
    for row, name in enumerate("ifo"):
        usual, others = PRESETS[preset][name]
        gates[row] = [others.get(t, usual) for t in range(1, 13)]
    gates[3] = PLAYER_G
    if step:
        gates[:, step - 1] = i, f, o, g
    c, cells = 0.0, np.empty(12)
    for t in range(12):
        c = cells[t] = gates[1, t] * c + gates[0, t] * gates[3, t]
    left = np.append(np.cumprod(gates[1, :0:-1])[::-1], 1.0)
    return gates, cells, gates[2] * np.tanh(cells), left


def draw_gate_player(preset="remember", step=0, i=0.0, f=1.0, o=0.0, g=0.7):
    """Return the figure of one LSTM unit over twelve steps: its gates, its cell and state, and what the gradient keeps."""
    gates, cells, states, left = play(preset, step, i, f, o, g)
    steps = np.arange(1, 13)
    figure, (top, middle, low) = new_figure(7.2, 4.8, rows=3, sharex=True, height_ratios=[1.1, 1.5, 0.8])
    with course_style():
        top.pcolormesh(np.arange(0.5, 13), np.arange(4), gates[:3], cmap=MAGNITUDE, vmin=0, vmax=1, edgecolor="#CCCCCC")
        top.set(yticks=[0.5, 1.5, 2.5], yticklabels=["i (write)", "f (keep)", "o (show)"], ylim=(3, 0))
        top.set_title("Gates, dark is open; " + (f"step {step} is the sliders'" if step else "all as the preset sets them"))
        middle.bar(steps, gates[3], width=0.5, color="#DDDDDD")
        middle.plot(steps, cells, "o-", color=COLOURS["lstm"], markersize=4)
        middle.plot(steps, states, "s--", color=COLOURS["rnn"], markersize=3.5, linewidth=1.2)
        high = max(1.15, 1.15 * np.abs(cells).max())
        middle.set(ylim=(-high, high))
        middle.set_title("Grey: the candidate g. Orange: the cell c. Blue: the state h")
        low.bar(steps, left, width=0.5, color=COLOURS["backward"])
        low.set(ylim=(0, 1.15), yticks=[0, 1], xticks=steps, xlim=(0.5, 12.5), xlabel="step t")
        low.set_title("What is left at step 12 of the cell at step t (and its gradient)")
        for ax in (middle, low) if step else ():
            ax.axvspan(step - 0.5, step + 0.5, color="#F3F3F3", zorder=0, linewidth=0)
    return figure


def draw_forget_bias(bias, reach, right, rnn):
    """Return the figure of one forget bias: how far the gradient reaches at the start, and how the net then learns.

    bias : one of the keys. reach : dict bias -> (seeds, lags). right : dict bias -> (steps, seeds). rnn : (seeds, lags).
    """
    figure, (left, axes) = new_figure(7.6, 3.2, columns=2)
    with course_style():
        left.axhline(1, color="#DDDDDD", linewidth=1, zorder=0)
        left.semilogy(np.median(rnn, axis=0), color=COLOURS["rnn"])
        for other, runs in reach.items():
            if other != bias:
                left.semilogy(np.median(runs, axis=0), color="#CFCFCF", linewidth=1)
        left.semilogy(np.median(reach[bias], axis=0), color=COLOURS["lstm"], linewidth=2.4)
        left.set(xlabel="steps back", ylabel="gradient's length, relative", ylim=(1e-12, 1e3), xlim=(0, 100))
        left.set_yticks([1e-12, 1e-8, 1e-4, 1])
        left.minorticks_off()
        left.text(3, 1e-11, "blue: plain RNN", color=COLOURS["rnn"], fontsize=9.5)
        left.set_title(f"Before training: forget bias {bias}")
        for other, runs in right.items():
            smooth = _smooth(runs)
            if other == bias:
                axes.fill_between(np.arange(20, 20 + len(smooth)), smooth.min(1), smooth.max(1), color=COLOURS["lstm"], alpha=0.2)
            axes.plot(
                np.arange(20, 20 + len(smooth)),
                np.median(smooth, axis=1),
                color=COLOURS["lstm"] if other == bias else "#CFCFCF",
                linewidth=2.4 if other == bias else 1,
                zorder=3 if other == bias else 2,
            )
        axes.set(xlabel="training step", ylabel="right, mean of the last 20", ylim=(0, 1.05), xlim=(0, 20 + len(smooth)))
        axes.set_title("Recall over 50 steps, five seeds")
        left.text(97, 8, "grey: the other biases", color="#777777", fontsize=9.5, ha="right")
    return figure


def _smooth(right, window=20):
    """Return the mean over the last `window` steps of right (steps, seeds), from step `window` on."""
    total = np.cumsum(np.concatenate([np.zeros((1, right.shape[1])), right]), axis=0)
    return (total[window:] - total[:-window]) / window


def plot_recall(right, chance):
    """Return the bar chart of how many seeds learn delayed recall. right : dict forget bias -> shares at the end (seeds,)."""
    figure, axes = new_figure(6.4, 2.9)
    with course_style():
        for k, runs in enumerate(right.values()):
            runs = np.asarray(runs)
            axes.bar(k, np.median(runs), color="#F3C9A6", width=0.6)
            axes.plot(k + np.linspace(-0.16, 0.16, len(runs)), np.sort(runs), "o", color=COLOURS["lstm"], markersize=4.5)
        axes.axhline(chance, color=GREY, linewidth=1, linestyle="--")
        axes.set_xticks(range(len(right)), list(right))
        axes.set(ylim=(0, 1.08), xlabel="forget bias at the start", ylabel="right at the end")
        axes.text(-0.36, chance + 0.04, "chance", color="#666666", ha="left", va="bottom", fontsize=9.5)
        axes.set_title("Delayed recall over 50 steps; dots: five nets, bars: their median")
    return figure


def plot_ablation(panels):
    """Return the ablation: panels is a dict title -> dict variant -> errors (seeds,); dots are seeds, strokes medians."""
    figure, axes = new_figure(7.6, 3.1, columns=len(panels), sharey=True)
    with course_style():
        for ax, (title, errors) in zip(axes, panels.items(), strict=True):
            for k, (name, runs) in enumerate(errors.items()):
                colour = COLOURS["lstm"] if name == "vanilla" else "#777777"
                ax.plot([np.median(runs)] * 2, [k - 0.32, k + 0.32], color=colour, linewidth=2.5)
                ax.plot(np.sort(runs), k + np.linspace(-0.15, 0.15, len(runs)), "o", color=colour, markersize=4, alpha=0.6)
            ax.set_xscale("log")
            ax.set_yticks(range(len(errors)), list(errors))
            ax.set(title=title, xlim=(5e-4, 0.6), ylim=(len(errors) - 0.4, -0.6))
            ax.set_xlabel("error at the end; dots: nets, stroke: median")
    return figure


def plot_long_streams(lengths, errors, sizes):
    """Return the figure of error and of the cell's size against the stream's length. Both: dict name -> (lengths, seeds)."""
    figure, (left, right) = new_figure(7.6, 3.1, columns=2)
    colours = [COLOURS["lstm"], COLOURS["rnn"]]
    with course_style():
        for ax, values, title in ((left, errors, "Error on longer streams"), (right, sizes, "Largest cell at the end")):
            for (name, runs), colour in zip(values.items(), colours, strict=True):
                ax.loglog(lengths, np.median(runs, axis=1), "o-", color=colour, label=name)
                ax.fill_between(lengths, runs.min(axis=1), runs.max(axis=1), color=colour, alpha=0.15, linewidth=0)
            ax.set(xlabel="length of the stream", title=title)
            ax.set_xticks(lengths, [str(n) for n in lengths])
            ax.minorticks_off()
        low, high = left.get_ylim()
        marks = [m for m in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if low <= m <= high]
        left.set_yticks(marks, [f"{m:g}" for m in marks])
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def plot_dropout(curves):
    """Return the figure of learning with dropout in several places. curves : dict place -> shares right (steps, seeds)."""
    figure, axes = new_figure(6.8, 3.3)
    colours = [GREY, COLOURS["input"], COLOURS["rnn"], COLOURS["window"], COLOURS["lstm"]]
    with course_style():
        for (place, right), colour in zip(curves.items(), colours, strict=True):
            smooth = _smooth(right, window=40)
            axes.plot(np.arange(40, 40 + len(smooth)), np.median(smooth, axis=1), color=colour, label=place)
        axes.set(xlabel="training step", ylabel="right (mean of the last 40 steps)", ylim=(0, 1.05), xlim=(0, 40 + len(smooth)))
        axes.set_title("Dropout at rate 0.4: anywhere but in the cell")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside right center")
    return figure


def plot_adding_gates(X, i, c):
    """Return the heat map of input gates and cells over one sequence of the adding problem: X (T, 2), i and c (T, H)."""
    figure, (top, middle, low) = new_figure(7.6, 4.9, rows=3, sharex=True, height_ratios=[0.8, 1.4, 1.4])
    steps = np.arange(len(X))
    with course_style():
        colours = [COLOURS["window"] if m else "#C9C9C9" for m in X[:, 1]]
        top.bar(steps, X[:, 0], color=colours, width=0.7)
        top.set(yticks=[0, 1], ylim=(0, 1.1), title="The numbers; the two marked ones are to be added")
        order = np.argsort(-(i[X[:, 1] == 1].mean(axis=0) - i[X[:, 1] == 0].mean(axis=0)))
        shown = middle.imshow(i.T[order], cmap=MAGNITUDE, vmin=0, vmax=1, aspect="auto")
        middle.set(yticks=[], ylabel="unit", title="Input gates: who writes when?")
        figure.colorbar(shown, ax=middle, ticks=[0, 1], pad=0.01)
        own = c / np.abs(c).max(axis=0)
        shown = low.imshow(own.T[order], cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
        low.set(yticks=[], ylabel="unit", xlabel="step", title="Cells, each relative to its largest: what stays?")
        figure.colorbar(shown, ax=low, ticks=[-1, 0, 1], pad=0.01)
    return figure


def plot_sentence_gates(text, f, chosen):
    """Return the heat map of forget gates over a text: f (T, H) and the units to show, in this order."""
    figure, (top, low) = new_figure(7.8, 4.0, rows=2, sharex=True, height_ratios=[0.8, 1.6])
    letters = np.arange(len(text))
    with course_style():
        for t in letters[[letter == " " for letter in text]]:
            top.axvspan(t - 0.5, t + 0.5, color="#EFEFEF", zorder=0, linewidth=0)
        top.plot(letters, f.mean(axis=1), "o-", color=COLOURS["lstm"], markersize=2.5, linewidth=1.1)
        top.set(ylim=(0, 1), yticks=[0, 1], title="Mean of all forget gates; grey: a space has just been read")
        shown = low.imshow(f.T[chosen], cmap=MAGNITUDE, vmin=0, vmax=1, aspect="auto")
        for t in letters[[letter == " " for letter in text]]:
            low.axvspan(t - 0.5, t + 0.5, facecolor="none", edgecolor=COLOURS["lstm"], linewidth=0.9)
        low.set_xticks(letters, ["␣" if letter == " " else letter for letter in text], fontsize=9)
        low.set(yticks=[], ylabel="unit", title="The forget gates that fall most at a space (dark: keeps, light: forgets)")
        low.tick_params(axis="x", length=0)
        figure.colorbar(shown, ax=[top, low], ticks=[0, 1], pad=0.01, shrink=0.6)
    return figure
