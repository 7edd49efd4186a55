"""The figures of notebook 07."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, PALE, course_style, new_figure

GOLD = "#9A6A00"  # the window's colour, dark enough for letters
LINES = [COLOURS["gru"], COLOURS["backward"], COLOURS["rnn"], COLOURS["quiet"]]
MONO = "DejaVu Sans Mono"


def draw_seq2seq(source="ABC", target="WXYZ"):
    """Return the diagram of an encoder that reads `source` and a decoder that says `target`, with S between them."""
    said, heard = [*target, "EOS"], ["BOS", *target]
    T, S = len(source), len(said)
    gap = 1.35
    right = (T + S) * 1.0 + gap + 0.2
    figure, axes = new_diagram(7.4, 3.5, right, 4.75)
    xs = [0.6 + t for t in range(T)]
    ys = [0.6 + T - 1 + gap + 1 + s for s in range(S)]
    for token, x in zip(source, xs, strict=True):
        box(axes, x, 0.9, token, kind="input")
        box(axes, x, 2.3, "h", kind="state")
        arrow(axes, (x, 1.3), (x, 1.9), colour=COLOURS["forward"])
    for i, (said_now, heard_now, x) in enumerate(zip(said, heard, ys, strict=True)):
        box(axes, x, 0.9, heard_now, kind="quiet" if i == 0 else "output", size=9.5)
        box(axes, x, 2.3, "s", kind="state")
        box(axes, x, 3.7, said_now, kind="output", size=9.5)
        arrow(axes, (x, 1.3), (x, 1.9), colour=COLOURS["forward"])
        arrow(axes, (x, 2.7), (x, 3.3), colour=COLOURS["forward"])
    for row in (xs, ys):
        for a, b in zip(row, row[1:], strict=False):
            arrow(axes, (a + 0.4, 2.3), (b - 0.4, 2.3), colour=COLOURS["forward"])
    arrow(axes, (xs[-1] + 0.42, 2.3), (ys[0] - 0.42, 2.3), colour=COLOURS["backward"], width=3)
    middle = (xs[-1] + ys[0]) / 2
    label(axes, middle, 2.72, "S", size=13, colour=COLOURS["backward"], weight="bold")
    label(axes, np.mean(xs), 0.18, "the source, as it is read", colour="#555555")
    label(axes, np.mean(ys), 0.18, "what the decoder hears", colour="#555555")
    label(axes, np.mean(xs), 4.42, "encoder", size=11, weight="bold")
    label(axes, np.mean(ys), 4.42, "decoder, and what it says", size=11, weight="bold")
    return figure


def plot_by_length(curves, trained_to, *, title, xlabel="letters in the string", ylabel="whole strings right"):
    """Return the figure of a share against a length: medians over seeds, with a band from the worst to the best seed.

    curves : dict name -> (lengths (L,), shares (seeds, L)). trained_to : the greatest length seen in training.
    """
    figure, axes = new_figure(6.6, 3.4)
    with course_style():
        ends = max(lengths[-1] for lengths, _ in curves.values())
        axes.axvspan(trained_to + 0.5, ends + 0.5, color=PALE["quiet"], zorder=0)
        for (name, (lengths, shares)), colour in zip(curves.items(), LINES, strict=False):
            axes.fill_between(lengths, shares.min(axis=0), shares.max(axis=0), color=colour, alpha=0.18, linewidth=0)
            axes.plot(lengths, np.median(shares, axis=0), "o-", color=colour, markersize=4, label=name)
        ticks = range(1, ends + 1) if ends < 13 else range(2, ends + 1, 2)
        axes.set(xlabel=xlabel, ylabel=ylabel, ylim=(-0.04, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set(xlim=(lengths[0] - 0.5, ends + 0.5), xticks=list(ticks))
        axes.set_yticklabels(["0", "25 %", "50 %", "75 %", "100 %"])
        axes.text(
            ends + 0.35, 0.93, "longer than any\nin training", ha="right", va="center", fontsize=9, color="#666666"
        )
        axes.set_title(title)
        if len(curves) > 1:
            figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def plot_losses(curves, title):
    """Return the figure of losses during training: curves is a dict name -> (seeds, steps), already smoothed."""
    figure, axes = new_figure(6.6, 3.1)
    with course_style():
        for (name, runs), colour in zip(curves.items(), LINES, strict=False):
            steps = np.arange(runs.shape[1])[20:]
            middle = np.median(runs, axis=0)[20:]
            axes.fill_between(
                steps, runs.min(axis=0)[20:], runs.max(axis=0)[20:], color=colour, alpha=0.18, linewidth=0
            )
            axes.semilogy(steps, middle, color=colour, label=name)
        axes.set(xlabel="training step", ylabel="loss (nats a token)", ylim=(0.05, 3), yticks=[0.1, 0.3, 1, 3])
        axes.set_yticklabels(["0.1", "0.3", "1", "3"])
        axes.minorticks_off()
        axes.set_title(title)
        figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def draw_dial(dial, dials, accuracy, example):
    """Return the figure of one sentence under a teacher-forcing dial, and the accuracy for each place of the dial.

    dial : share of steps at which the decoder is told the truth. dials (D,), accuracy (seeds, D).
    example : dict with `wanted`, `heard`, `said` (lists of tokens) and `told` (bools: this one was the truth).
    """
    figure, (left, right) = new_figure(7.6, 2.9, columns=2, width_ratios=[1.75, 1])
    wanted, heard, said, told = (example[key] for key in ("wanted", "heard", "said", "told"))
    with course_style():
        left.set(xlim=(-2.3, len(wanted) - 0.4), ylim=(-0.75, 3.4))
        left.axis("off")
        left.set_title(f"Told the truth at {dial:.0%} of the steps".replace("%", " %"))
        for y, name in ((2.5, "it hears"), (1.4, "it says"), (0.3, "right is")):
            left.text(-2.2, y, name, va="center", fontsize=10, color="#555555")
        style = {"ha": "center", "va": "center", "family": MONO}
        for t, right_one in enumerate(wanted):
            good = said[t] == right_one
            face = PALE["input"] if told[t] else PALE["quiet"]
            shade = {"boxstyle": "round,pad=.25", "facecolor": face, "edgecolor": "none"}
            left.text(t, 2.5, heard[t], fontsize=11, bbox=shade, **style)
            edge = {"boxstyle": "round,pad=.25", "facecolor": "white", "edgecolor": COLOURS["backward"]}
            left.text(
                t, 1.4, said[t], fontsize=11, bbox=None if good else edge, weight="normal" if good else "bold", **style
            )
            left.text(t, 0.3, right_one, fontsize=11, color="#666666", **style)
        left.text(-2.2, -0.5, "green: the truth   grey: its own last word   framed: wrong", fontsize=9, color="#555555")
        right.plot(dials, np.median(accuracy, axis=0), color=COLOURS["gru"])
        at = int(np.abs(np.asarray(dials) - dial).argmin())
        right.plot(dials[at], np.median(accuracy, axis=0)[at], "o", color=COLOURS["gru"], markersize=9)
        right.set(xlabel="share told the truth", ylabel="tokens right", ylim=(0.5, 1.02), xticks=[0, 0.5, 1])
        right.set(yticks=[0.5, 0.75, 1])
        right.set_yticklabels(["50 %", "75 %", "100 %"])
        right.set_title("After a first mistake")
    return figure


def plot_credit(maps):
    """Return heat maps of how strongly each source letter moves each spoken one: dict title -> (S, T), rows in 0 … 1."""
    figure, axes = new_figure(7.6, 2.9, columns=len(maps), sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes, maps.items(), strict=True):
            shown = ax.imshow(M, vmin=0, vmax=0.45, cmap=MAGNITUDE, origin="upper")
            ax.set(xlabel="source letter", title=title, xticks=[0, 3, 7], yticks=[0, 3, 7])
            ax.set_xticklabels(["1", "4", "8"])
            ax.set_yticklabels(["1", "4", "8"])
        axes[0].set_ylabel("letter said")
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, ticks=[0, 0.2, 0.4])
        bar.set_label("share of the gradient")
    return figure


def beam_levels(next_log_p, bos, eos, width, max_len):
    """Return what a beam looks at: for each length a list of (tokens, log p, kept), the likeliest first."""
    beam, levels = [((), 0.0)], []
    for _ in range(max_len):
        made = [((*t, k), p + float(q)) for t, p in beam for k, q in enumerate(next_log_p((bos, *t)))]
        made.sort(key=lambda c: -c[1])
        levels.append([(t, p, i < width) for i, (t, p) in enumerate(made)])
        beam = [(t, p) for t, p in made[:width] if t[-1] != eos]
        if not beam:
            break
    return levels


def draw_beam(width, next_log_p, names, *, bos, eos, max_len, best):
    """Return the tree that a beam of this width searches, over the path of the best sequence of all.

    names : list, the word for each token. best : (tokens, log p) of the sequence that exact search finds.
    """
    levels = beam_levels(next_log_p, bos, eos, width, max_len)
    rows = min(16, max(len(level) for level in levels))
    figure, axes = new_figure(7.6, 1.1 + 0.2 * rows)
    goal, goal_p = best

    def half(text):
        """Half of what a text is wide, in units of the axis: a letter of 9 points is about 0.045 wide."""
        return 0.0225 * len(text) + 0.03

    with course_style():
        axes.axis("off")
        axes.set(xlim=(-0.45, max_len + 0.62), ylim=(-rows / 2 - 1.4, rows / 2 + 0.4))
        place, wide = {(): (0.0, 0.0)}, {(): 0.2}
        axes.text(-0.02, 0.0, "BOS", ha="center", va="center", fontsize=10, color="#555555")
        for depth, level in enumerate(levels, start=1):
            top = (min(len(level), 16) - 1) / 2
            for i, (tokens, log_p, kept) in enumerate(level[:16]):
                x, y = float(depth), top - i
                place[tokens] = (x, y)
                px, py = place[tokens[:-1]]
                on_goal = goal[: len(tokens)] == tokens
                colour = COLOURS["window"] if on_goal else COLOURS["forward"] if kept else "#DDDDDD"
                words = " ".join(names[k] for k in tokens)
                text = f"{words}  {np.exp(log_p):.3f}".replace(" 0.", " .")
                wide[tokens] = half(text)
                axes.plot(
                    [px + wide[tokens[:-1]], x - half(text)],
                    [py, y],
                    color=colour,
                    linewidth=2.4 if on_goal else 1.0,
                    zorder=1 + kept + on_goal,
                )
                face = PALE["output"] if kept and tokens[-1] == eos else PALE["state"] if kept else "white"
                edge = COLOURS["window"] if on_goal else "none"
                shade = {"boxstyle": "square,pad=.12", "facecolor": face, "edgecolor": edge, "linewidth": 1.6}
                ink = "#222222" if kept else "#767676"
                axes.text(x, y, text, ha="center", va="center", fontsize=9, color=ink, bbox=shade, zorder=5)
        found = [(t, p) for level in levels for t, p, kept in level if kept and (t[-1] == eos or len(t) == max_len)]
        mine, mine_p = max(found, key=lambda c: c[1])
        verdict = "the best of all" if np.isclose(mine_p, goal_p) else "a search error"
        said = " ".join(names[k] for k in mine)
        axes.set_title(f"Width {width} finds  {said}  with p = {np.exp(mine_p):.3f}: {verdict}")
        axes.text(
            max_len + 0.6,
            -rows / 2 - 1.1,
            f"orange: the best of all,  {' '.join(names[k] for k in goal)},  p = {np.exp(goal_p):.3f}",
            ha="right",
            fontsize=9.5,
            color=GOLD,
        )
        axes.text(
            -0.4, -rows / 2 - 1.1, "blue: kept   pink: ended   grey: pruned", ha="left", fontsize=9.5, color="#555555"
        )
    return figure


def plot_search(widths, found, lengths):
    """Return the figure of how often a beam finds the best sequence, and of how long the best ones are.

    found : (W,) shares. lengths : dict name -> (models,) numbers of tokens.
    """
    figure, (left, right) = new_figure(7.4, 3.0, columns=2)
    with course_style():
        left.plot(widths, found, "o-", color=COLOURS["rnn"])
        left.set(
            xlabel="beam width", ylabel="finds the best of all", ylim=(0, 1.05), xticks=list(widths), yticks=[0, 0.5, 1]
        )
        left.set_yticklabels(["0", "50 %", "100 %"])
        left.set_title("A wider beam errs less …")
        names = list(lengths)
        for y, (name, colour) in enumerate(zip(names, LINES, strict=False)):
            middle = np.mean(lengths[name])
            right.barh(y, middle, height=0.55, color=colour)
            right.text(middle + 0.1, y, f"{middle:.1f}", va="center", fontsize=10)
        right.set(yticks=range(len(names)), ylim=(len(names) - 0.4, -0.6), xlabel="tokens, mean over the models")
        right.set(xlim=(0, max(np.mean(v) for v in lengths.values()) * 1.2))
        right.set_yticklabels(names)
        right.set_title("… and the best is too short")
    return figure


def draw_way(moves, home):
    """Return the figure of a walk on a grid and of the way home: two strings of L, R, U, D."""
    step = {"L": (-1, 0), "R": (1, 0), "U": (0, 1), "D": (0, -1)}

    def path(start, way):
        return np.cumsum([start, *(step[move] for move in way)], axis=0)

    out = path((0, 0), moves)
    back = path(out[-1], home)
    figure, axes = new_figure(5.0, 3.3)
    with course_style():
        axes.plot(*(out + 0.06).T, "-", color=COLOURS["input"], linewidth=2.5)
        axes.plot(*(back - 0.06).T, "--", color=COLOURS["output"], linewidth=2.5)
        axes.plot(0, 0, "s", color="#333333", markersize=11)
        axes.plot(*out[-1], "o", color=COLOURS["input"], markersize=10)
        every = np.vstack([out, back])
        low, high = every.min(axis=0) - 0.8, every.max(axis=0) + 0.8
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        axes.set(
            xticks=range(int(np.ceil(low[0])), int(high[0]) + 1), yticks=range(int(np.ceil(low[1])), int(high[1]) + 1)
        )
        axes.grid(color="#EEEEEE")
        axes.set_axisbelow(True)
        axes.set_title(f"Out: {moves}.  Home: {home}")
    return figure


def draw_bottleneck(length, lengths, exact, phones, wrong):
    """Return the figure of accuracy by a word's length, and of how many phones are wrong in words of one length.

    exact, phones : (seeds, L). wrong : (6,) shares of the words of this length with 0, 1, … 4, 5 or more wrong phones.
    """
    at = list(lengths).index(length)
    figure, (left, right) = new_figure(7.6, 3.2, columns=2, width_ratios=[1.25, 1])
    with course_style():
        for shares, colour, name in ((phones, COLOURS["rnn"], "phones"), (exact, COLOURS["backward"], "whole words")):
            left.fill_between(lengths, shares.min(axis=0), shares.max(axis=0), color=colour, alpha=0.18, linewidth=0)
            left.plot(lengths, np.median(shares, axis=0), "o-", color=colour, markersize=4)
            left.plot(length, np.median(shares, axis=0)[at], "o", color=colour, markersize=10)
            left.text(lengths[-1] + 0.45, np.median(shares, axis=0)[-1], name, color=colour, va="center")
        left.set(
            xlabel="letters in the word", ylabel="right", ylim=(-0.03, 1.03), yticks=[0, 0.5, 1], xticks=list(lengths)
        )
        left.set(xlim=(lengths[0] - 0.4, lengths[-1] + 3.4))
        left.set_yticklabels(["0", "50 %", "100 %"])
        left.set_title("One vector, longer and longer words")
        colours = [COLOURS["input"]] + [COLOURS["backward"]] * 5
        right.bar(range(6), wrong, color=colours, width=0.7)
        right.set(xlabel="phones that are wrong", ylim=(0, 0.75), yticks=[0, 0.25, 0.5, 0.75], xticks=range(6))
        right.set_yticklabels(["0", "25 %", "50 %", "75 %"])
        right.set_xticklabels(["0", "1", "2", "3", "4", "5+"])
        right.set_title(f"Words of {length} letters")
    return figure
