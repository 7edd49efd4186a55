"""The figures of notebook 04.

Over 300 lines, for all of a notebook's figures stand in one file, each with its words.
"""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, SIGNED, course_style, new_figure
from helpers.figures.words import described, listed, trend, trends

GREY, WORDS = "#999999", "#555555"
SHADES = ["#F5B88A", "#E58A45", "#D55E00", "#8F3F00", "#4A2000"]  # LSTMs, from a small forget bias to a large one


def plot_streams(x, mark, asked, wanted, rows):
    """Return small multiples over time: the stream of numbers, and below it what each cell shows.

    x, mark, asked, wanted : (T,). rows : dict title -> what is shown (T,); without rows, only what should be shown.
    """
    drawn = rows or {"What should be shown": None}
    figure, axes = new_figure(7.6, 1.25 * (1 + len(drawn)) + 0.7, rows=1 + len(drawn), sharex=True)
    steps = np.arange(len(x))
    with course_style():
        colours = [COLOURS["window"] if m else "#C9C9C9" for m in mark]
        axes[0].bar(steps, x, color=colours, width=0.7)
        axes[0].set(ylim=(-1.1, 1.1), yticks=[-1, 0, 1], title="The stream: keep the number that is marked (yellow)")
        for ax, (title, shown) in zip(axes[1:], drawn.items(), strict=True):
            ax.step(steps, wanted, where="mid", color="#B8B8B8", linewidth=4, label="should be shown")
            if shown is not None:
                ax.step(steps, shown, where="mid", color=COLOURS["lstm"], linewidth=1.6, label="is shown")
            high = max(1.1, 1.1 * np.abs(0 if shown is None else shown).max())
            ax.set(ylim=(-high, high), title=title)
            for k, t in enumerate(np.flatnonzero(asked)):
                ax.axvspan(t - 0.5, t + 0.5, color="#DCEBF7", zorder=0, linewidth=0, label=None if k else "asked")
        axes[-1].set_xlabel("step")
        figure.legend(*axes[-1].get_legend_handles_labels(), loc="outside lower right", ncols=3)
    told = [f"{title}: {np.isclose(shown, wanted)[asked > 0].sum()} of {np.sum(asked > 0)} answers are right, and at the other "
            f"steps it is {'always' if np.allclose(shown[asked == 0], 0) else 'not always'} 0" for title, shown in rows.items()]
    return described(figure, f"""A stream of {len(x)} numbers as bars, yellow where they are marked, at the steps
        {listed(np.flatnonzero(mark))}; blue bands below, at {listed(np.flatnonzero(asked))}, say that it is asked. In grey
        the numbers that should be shown.
        {"In orange what is shown. " if told else ""}{". ".join(told)}{"." if told else ""}""")


PARTS = {"all": "", "keep": "f", "write": "ig", "show": "o"}  # what of the cell is lit, and its blocks


def draw_cell(part="all"):
    """Return the diagram of an LSTM cell: the cell's arrow above, the four blocks below; one of PARTS is lit, the rest pale."""
    figure, axes = new_diagram(7.6, 3.9, 11.4, 5.85)
    top, low, lit = 4.6, 1.55, PARTS[part]
    on = {name: not lit or name in lit for name in "figo"}
    shade = lambda name, colour=WORDS: colour if on[name] else "#DDDDDD"  # noqa: E731
    kind = lambda name, usual: usual if on[name] else "quiet"  # noqa: E731
    arrow(axes, (0.9, top), (10.6, top), colour=COLOURS["lstm"], width=2.6)
    label(axes, 0.75, top, "$c_{t-1}$", size=12, ha="right")
    label(axes, 10.7, top, "$c_t$", size=12, ha="left")
    for x, y, sign, name in ((2.6, top, "×", "f"), (5.3, top, "+", "i"), (5.3, 3.3, "×", "i"), (9.0, 2.75, "×", "o")):
        box(axes, x, y, sign, kind=kind(name, "window"), width=0.62, round_=True, size=13)
    box(axes, 9.0, 3.7, "tanh", kind="quiet", width=1.1, height=0.62, size=9.5)
    for x, name, usual in ((2.6, "f", "state"), (4.3, "i", "state"), (6.3, "g", "input"), (7.9, "o", "state")):
        words = f"${name}$" + (": tanh" if name == "g" else ": $\\sigma$")
        box(axes, x, low, words, kind=kind(name, usual), width=1.25, height=0.75, size=10.5)
        arrow(axes, (x, 0.62), (x, low - 0.39), colour=shade(name))
    arrow(axes, (2.6, low + 0.4), (2.6, top - 0.33), colour=shade("f"))
    arrow(axes, (4.3, low + 0.4), (5.05, 3.08), colour=shade("i"))
    arrow(axes, (6.3, low + 0.4), (5.55, 3.08), colour=shade("g"))
    arrow(axes, (5.3, 3.62), (5.3, top - 0.33), colour=shade("i"))
    arrow(axes, (9.0, top), (9.0, 4.03), colour=shade("o", COLOURS["lstm"]))
    arrow(axes, (9.0, 3.38), (9.0, 3.08), colour=shade("o"))
    arrow(axes, (8.2, low + 0.4), (8.74, 2.55), colour=shade("o"))
    arrow(axes, (9.32, 2.75), (10.6, 2.75), colour=shade("o", COLOURS["rnn"]), width=1.8)
    label(axes, 10.7, 2.75, "$h_t$", size=12, ha="left")
    arrow(axes, (0.9, 0.6), (8.4, 0.6), style="-")
    label(axes, 0.75, 0.6, "$x_t,\\ h_{t-1}$", size=12, ha="right")
    label(axes, 2.85, 3.3, "keep", size=9.5, ha="left", colour=shade("f"))
    label(axes, 5.75, 3.95, "write", size=9.5, ha="left", colour=shade("i"))
    label(axes, 9.4, 2.3, "show", size=9.5, ha="left", colour=shade("o"))
    label(axes, 4.6, 5.5, "the cell: one product and one sum, no matrix, no squashing", size=9.5, colour=COLOURS["lstm"])
    return described(figure, f"""Diagram of the LSTM cell. Above, a thick arrow from the old cell to the new one, through a
        product and a sum. Below, four boxes f, i, g and o, all fed by x and the old h: f goes to the product, i times g to
        the sum, and o times the tanh of the cell gives h.
        {f"Lit is only {listed(list(lit))} ({part}), the rest is pale." if lit else ""}""")


def plot_training(losses, baseline=1 / 6):
    """Return the figure of training runs: losses (runs, steps), smoothed, with the error of always saying the mean."""
    figure, axes = new_figure(6.6, 3.0)
    losses = np.asarray(losses)
    window = max(1, min(50, losses.shape[1] // 4))
    smooth = np.array([np.convolve(run, np.ones(window) / window, "valid") for run in losses])
    with course_style():
        axes.semilogy(np.arange(window, window + smooth.shape[1]), smooth.T, color=COLOURS["lstm"], linewidth=1.1, alpha=0.7)
        axes.axhline(baseline, color=GREY, linewidth=1, linestyle="--")
        axes.text(losses.shape[1], baseline * 1.15, "always saying 1 ", color="#666666", ha="right", va="bottom", fontsize=9.5)
        axes.set(xlabel="training step", ylabel=f"error (mean of {window} steps)", ylim=(5e-4, 0.5), xlim=(0, losses.shape[1]))
        axes.set_title("The adding problem: your LSTM, from five starts")
    return described(figure, f"""{len(losses)} training curves, means of {window} steps, on a logarithmic axis, with a
        dashed line at the error of always saying 1. At the end {np.sum(smooth[:, -1] < baseline / 2)} of them are below
        half of it.""")


def plot_paths(direct, full):
    """Return small multiples of the gradient's norm by lag. direct, full : dict title -> (seeds, lags)."""
    figure, axes = new_figure(7.6, 3.4, columns=len(full), sharey=True, squeeze=False)
    with course_style():
        for ax, title in zip(axes[0], full, strict=True):
            lags = np.arange(direct[title].shape[1])
            ax.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
            for runs, colour, style, words in ((full[title], COLOURS["backward"], "-", "the full gradient"),
                                               (direct[title], COLOURS["truth"], "--", "the gates' product, its direct path")):
                runs = np.maximum(runs, 1e-18)
                ax.fill_between(lags, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.15, linewidth=0)
                ax.semilogy(lags, np.median(runs, axis=0), style, color=colour, label=words)
            ax.set(xlabel="steps back", title=title, ylim=(1e-16, 1e4), xlim=(0, lags[-1]), yticks=[1e-16, 1e-8, 1])
            ax.minorticks_off()
        axes[0, 0].set_ylabel("norm of ∂c$_T$/∂c$_t$")
        figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2,
                      title="Median and range of five nets", alignment="left", title_fontsize=9)
    left = [f"{title}: {np.median(direct[title][:, -1]):.0e} by the product, {np.median(full[title][:, -1]):.0e} in all"
            for title in full]
    return described(figure, f"""{len(full)} panels: the norm of the gradient of the last cell against steps back,
        logarithmic, median and range of the nets, solid for the full gradient and dashed for the product of the gates. Left
        after {lags[-1]} steps with {"; with ".join(left)}.""")


def plot_reach(maps):
    """Return heat maps of how much the memory at s moves the memory at t. maps : dict title -> (T, T), NaN where s > t.

    Blue fades, white is 1, red grows: from 1e-4 and less to 100 and more.
    """
    figure, axes = new_figure(7.6, 2.9, columns=len(maps), sharey=True, squeeze=False)
    with course_style():
        for ax, (title, M) in zip(axes[0], maps.items(), strict=True):
            shown = ax.imshow(np.log10(np.maximum(M, 1e-8)), vmin=-2, vmax=2, cmap=SIGNED, origin="upper")
            ax.set_facecolor("#EDEDED")
            ax.set(xlabel="from step s", title=title, xticks=[0, 10, 20, 30], yticks=[0, 10, 20, 30])
        axes[0, 0].set_ylabel("to step t")
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, ticks=[-2, 0, 2], extend="both")
        bar.ax.set_yticklabels(["0.01", "1", "100"])
    fading = [title for title, M in maps.items() if M[-1, 0] < 0.1]
    rest = [title for title in maps if title not in fading]
    return described(figure, f"""{len(maps)} triangular maps of how much the memory at step s moves the memory at step t,
        blue for less than 1, red for more. Away from the diagonal the influence fades for {listed(fading)}, not for
        {listed(rest)}.""")


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
    open_at = [listed(steps[row > 0.5], "no step") if row.min() <= 0.5 else "all steps" for row in gates[:3]]
    return described(figure, f"""One unit over twelve steps, preset
        “{preset}”{f", step {step} by the sliders" if step else ""}. A strip of light and dark squares for the gates: i is
        more than half open at {open_at[0]}, f at {open_at[1]}, o at {open_at[2]}. Lines for the cell, at the end at
        {cells[-1]:z.2f}, and the state, at {states[-1]:z.2f}, over the candidate's bars. Bars for what is left of each cell
        at the end, of the first one {100 * left[0]:.0f} %.""")


def draw_forget_bias(bias, reach, by_cell, right):
    """Return the figure of one forget bias: how far the gradient reaches at the start, and how the net then learns.

    bias : one of the keys. reach, by_cell : dict bias -> (seeds, lags), along both paths and along the cell alone.
    right : dict bias -> (steps, seeds). A bias that is missing in one of them is not drawn there.
    """
    figure, (left, axes) = new_figure(7.6, 3.2, columns=2)
    with course_style():
        left.axhline(1, color="#DDDDDD", linewidth=1, zorder=0)
        for other, runs in reach.items():
            if other != bias:
                left.semilogy(np.median(runs, axis=0), color="#CFCFCF", linewidth=1)
        if bias in reach:
            left.semilogy(np.median(reach[bias], axis=0), color=COLOURS["lstm"], linewidth=2.4)
            left.semilogy(np.median(by_cell[bias], axis=0), "--", color=COLOURS["lstm"], linewidth=1.6)
        last = len(next(iter(reach.values()))[0]) - 1
        ends = {other: np.median(runs[:, -1]) for other, runs in reach.items()}
        _label_ends(left, last, ends, bias, low=1e-12, gap=6)
        left.set(xlabel="steps back", ylabel="gradient's length, relative", ylim=(1e-12, 1e3), xlim=(0, 1.22 * last))
        left.set_yticks([1e-12, 1e-8, 1e-4, 1])
        left.minorticks_off()
        left.set_title(f"Before training: forget bias {bias}")
        stuck = 0
        for other, runs in right.items():
            smooth, window = _smooth(runs), min(20, len(runs))
            steps, mine = np.arange(window, window + len(smooth)), other == bias
            if mine:
                axes.fill_between(steps, smooth.min(1), smooth.max(1), color=COLOURS["lstm"], alpha=0.2)
            axes.plot(steps, np.median(smooth, axis=1), color=COLOURS["lstm"] if mine else "#CFCFCF",
                      linewidth=2.4 if mine else 1, zorder=3 if mine else 2)
            middle = np.median(smooth, axis=1)
            learnt = middle.max() > 0.6
            k = int(np.argmax(middle > 0.6)) if learnt else len(steps) - 1      # where it is to be told apart
            axes.text(steps[k] + 0.02 * steps[-1], middle[k] + 0.06 * stuck, other, fontsize=9, va="center",
                      color=COLOURS["lstm"] if mine else "#777777", weight="bold" if mine else "normal")
            stuck += not learnt
        axes.set(xlabel="training step", ylabel="right, mean of the last 20", ylim=(0, 1.05), xlim=(0, 1.1 * steps[-1]))
        axes.set_title("Delayed recall, median of five nets")
    way = f": it {trend(np.median(reach[bias], axis=0), times=10)}" if bias in reach else ""
    learnt = [other for other, runs in right.items() if _smooth(runs)[-1].min() > 0.75]
    return described(figure, f"""Left: the gradient's length against steps back before training, logarithmic, forget bias
        {bias} in orange, dashed along the cell alone, the others grey{way}. Right: the share of right answers while
        training, medians of five nets, this bias in orange. At the end more than 75 % are right in all nets with the bias
        {listed(learnt)}.""")


def _label_ends(axes, x, ends, chosen, low, gap):
    """Write each line's name at its end on a logarithmic axis; those nearer than a factor `gap` are moved apart."""
    place = low / gap**0.5
    for name, y in sorted(ends.items(), key=lambda pair: pair[1]):
        place = max(y, place * gap)
        axes.text(1.02 * x, place, name, color=COLOURS["lstm"] if name == chosen else "#777777", fontsize=9, va="center",
                  weight="bold" if name == chosen else "normal")


def _smooth(right, window=20):
    """Return the mean over the last `window` steps of right (steps, seeds), from step `window` on."""
    window = min(window, len(right))
    total = np.cumsum(np.concatenate([np.zeros((1, right.shape[1])), right]), axis=0)
    return (total[window:] - total[:-window]) / window


def plot_recall(right, T, chance):
    """Return the dots of how well each net has learned to recall over T steps. right : dict forget bias -> (seeds,)."""
    figure, axes = new_figure(6.4, 2.9)
    with course_style():
        for k, runs in enumerate(right.values()):
            axes.plot(k + np.linspace(-0.16, 0.16, len(runs)), np.sort(runs), "o", color=COLOURS["lstm"], markersize=5)
        axes.axhline(chance, color=GREY, linewidth=1, linestyle="--")
        axes.set_xticks(range(len(right)), list(right))
        axes.set(ylim=(0, 1.08), xlim=(-0.5, len(right) - 0.5), xlabel="forget bias at the start", ylabel="right at the end")
        axes.text(-0.45, chance - 0.03, "chance", color="#666666", ha="left", va="top", fontsize=9.5)
        axes.set_title(f"Delayed recall over {T} steps, five nets each")
    return described(figure, f"""Dots for the share of right answers of each net at the forget biases {listed(right)}, after
        training to recall over {T} steps, and a dashed line for chance.""")


def plot_ablation(panels):
    """Return the ablation: panels is a dict title -> (dict variant -> errors (seeds,), the error of knowing nothing)."""
    figure, axes = new_figure(7.6, 3.3, columns=len(panels), squeeze=False)
    with course_style():
        for ax, (title, (errors, nothing)) in zip(axes[0], panels.items(), strict=True):
            ax.axvline(nothing, color=GREY, linewidth=1, linestyle="--")
            for k, (name, runs) in enumerate(errors.items()):
                colour = COLOURS["lstm"] if name == "vanilla" else COLOURS["rnn"] if "relu" in name else "#555555"
                ax.plot(np.sort(runs), k + np.linspace(-0.28, 0.28, len(runs)), "o", color=colour, markersize=4)
            ax.set_xscale("log")
            ax.set_yticks(range(len(errors)), list(errors))
            ax.set(title=title, xlim=(2e-4, 0.8), ylim=(len(errors) - 0.4, -0.6))
            ax.set_xlabel("error; five nets; dashed: knows nothing")
    variants = {name: None for errors, _ in panels.values() for name in errors}
    return described(figure, f"""Errors on a logarithmic axis, a panel for each task: {listed(panels)}. Five dots for each
        variant, {listed(variants)}, and a dashed line for a net that knows nothing.""")


def plot_long_streams(lengths, errors, sizes):
    """Return the figure of error and of the cell's size against the stream's length. Both: dict name -> (lengths, seeds)."""
    figure, (left, right) = new_figure(7.6, 3.1, columns=2)
    colours = [COLOURS["lstm"], COLOURS["rnn"]]
    with course_style():
        for ax, values, title in ((left, errors, "Error on longer streams"), (right, sizes, "Largest cell at the end")):
            for (name, runs), colour, mark in zip(values.items(), colours, "os", strict=True):
                ax.loglog(lengths, np.median(runs, axis=1), mark + "-", color=colour, linewidth=1.2, markersize=4.5, label=name)
                ax.loglog(lengths, runs, mark, color=colour, markersize=3)
            ax.set(xlabel="length of the stream", title=title)
            ax.set_xticks(lengths, [str(n) for n in lengths])
            ax.minorticks_off()
        left.axhline(1 / 3, color=GREY, linewidth=1, linestyle="--")
        left.text(lengths[0], 0.38, "knows nothing", color="#666666", fontsize=9, va="bottom")
        left.set(ylim=(5e-4, 1))
        left.set_yticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
        right.set(ylim=(0.1, 1e4))
        right.set_yticks([0.1, 1, 10, 100, 1000, 10000], ["0.1", "1", "10", "100", "1000", ""])
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2,
                      title="Dots: five nets; lines: their medians", title_fontsize=9)
    grows = trends({name: np.median(runs, axis=1) for name, runs in sizes.items()}, times=3)
    return described(figure, f"""Two panels against the stream's length, {listed(lengths)}, logarithmic, dots for five nets
        and lines for their medians. Left: the error, and a dashed line for a net that knows nothing. Right: the largest
        cell at the end: it {grows}.""")


def plot_dropout(curves, rate):
    """Return the figure of learning with dropout in several places. curves : dict place -> shares right (steps, seeds)."""
    figure, axes = new_figure(7.2, 3.3)
    colours = ["#333333", COLOURS["input"], COLOURS["rnn"], "#9A9A9A", COLOURS["window"], COLOURS["lstm"]]
    styles = ["-", "--", "-.", ":", "-", "-"]
    with course_style():
        for (place, right), colour, style in zip(curves.items(), colours, styles, strict=False):
            smooth, window = _smooth(right, window=10), min(10, len(right))
            axes.plot(np.arange(window, window + len(smooth)), np.median(smooth, axis=1), style, color=colour, label=place)
        axes.set(xlabel="training step", ylabel="right (mean of the last 10 steps)", ylim=(0, 1.05), xlim=(0, None))
        axes.set_title(f"Dropout at rate {rate:g}, medians of five nets")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside right center")
    low = [place for place, right in curves.items() if np.median(_smooth(right, window=10)[-1]) < 0.75]
    return described(figure, f"""The share of right answers while training with dropout at the rate {rate:g}, medians of the
        nets, a curve for each place: {listed(curves)}. At the end less than 75 % are right with: {listed(low)}.""")


def plot_adding_gates(X, i, c):
    """Return the input gates of all units over one sequence of the adding problem, and the cell of the one that differs most.

    X (T, 2), i and c (T, H).
    """
    figure, (top, middle, low) = new_figure(7.6, 4.6, rows=3, sharex=True, height_ratios=[0.8, 1.4, 1.0])
    steps, mark = np.arange(len(X)), X[:, 1] == 1
    with course_style():
        colours = [COLOURS["window"] if m else "#C9C9C9" for m in mark]
        top.bar(steps, X[:, 0], color=colours, width=0.7)
        top.set(yticks=[0, 1], ylim=(0, 1.1), title="The numbers; the two marked ones are to be added")
        order = np.argsort(-(i[mark].mean(axis=0) - i[~mark].mean(axis=0)))
        shown = middle.imshow(i.T[order], cmap=MAGNITUDE, vmin=0, vmax=1, aspect="auto")
        middle.set(yticks=[], ylabel="unit", title="Input gates, dark is open: the uppermost unit writes at the marks")
        figure.colorbar(shown, ax=middle, ticks=[0, 1], pad=0.01)
        low.step(steps, c[:, order[0]], where="mid", color=COLOURS["lstm"])
        for t in steps[mark]:
            low.axvspan(t - 0.5, t + 0.5, color="#FBEBCB", zorder=0, linewidth=0)
        low.set(xlabel="step", title="The cell of this unit")
    return described(figure, f"""Above, {len(X)} numbers, those at the steps {listed(steps[mark])} marked. In the middle the
        input gates of {i.shape[1]} units as rows, dark is open, the uppermost one being that which opens most at the marks
        compared with the other steps. Below the cell of that unit as a line.""")


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
        top.set_xlim(-0.5, len(text) - 0.5)
        low.set_xticks(letters, ["␣" if letter == " " else letter for letter in text], fontsize=9)
        low.set(yticks=[], ylabel="unit", title="The forget gates that fall most at a space (dark: keeps, light: forgets)")
        low.tick_params(axis="x", length=0)
        figure.colorbar(shown, ax=low, ticks=[0, 1], pad=0.01)
    space = np.array([letter == " " for letter in text])
    lower = space.any() and not space.all() and f[space][:, chosen].mean() < f[~space][:, chosen].mean()
    return described(figure, f"""“{text}”, letter by letter. Above, the mean forget gate. Below, the forget gates of
        {len(chosen)} units, dark for keeping, light for forgetting.
        {"They are lower on the whole where a space has just been read." if lower else ""}""")
