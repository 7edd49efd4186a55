"""The figures of notebook 07.

Over 300 lines, for all of a notebook's figures stand in one file, each with its words.
"""

import itertools

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, PALE, course_style, new_figure
from helpers.figures.words import described, listed, trend, trends

GOLD = "#9A6A00"  # the window's colour, dark enough for letters
LINES = [COLOURS["gru"], COLOURS["backward"], COLOURS["rnn"], COLOURS["quiet"]]
STAGES = ["#9CC7E5", "#4A90C2", "#003F6B"]  # more training is darker
MONO = "DejaVu Sans Mono"


def draw_seq2seq(source="ABC", target="WXYZ"):
    """Return the diagram of an encoder that reads `source` and a decoder that says `target`, with one vector between them."""
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
    label(axes, middle, 2.76, "$h_3$" if T == 3 else "$h_T$", size=14, colour=COLOURS["backward"], weight="bold")
    label(axes, np.mean(xs), 0.18, "the source, as it is read", colour="#555555")
    label(axes, np.mean(ys), 0.18, "what the decoder hears", colour="#555555")
    label(axes, np.mean(xs), 4.42, "encoder", size=11, weight="bold")
    label(axes, np.mean(ys), 4.42, "decoder, and what it says", size=11, weight="bold")
    return described(figure, f"""Left, green boxes {listed(source)} lead up into a chain of blue states, the encoder. A
        thick orange arrow named h {T if T == 3 else "T"} leads to a second chain of {S} states, the decoder. It hears
        {", ".join(heard)} from below and says {", ".join(said)} above.""")


def plot_by_length(curves, trained_to, *, title, xlabel="letters in the string", ylabel="whole strings right", note=0.93):
    """Return the figure of a share against a length: medians over seeds, with a band from the worst to the best seed.

    curves : dict name -> (lengths (L,), shares (seeds, L)). trained_to : the greatest length seen in training.
    note : how high the words "longer than any in training" stand, 0 … 1.
    """
    figure, axes = new_figure(6.6, 3.4)
    with course_style():
        ends = max(lengths[-1] for lengths, _ in curves.values())
        axes.axvspan(trained_to + 0.5, ends + 0.5, color=PALE["quiet"], zorder=0)
        for (name, (lengths, shares)), colour, mark in zip(curves.items(), LINES, "os^D", strict=False):
            axes.fill_between(lengths, shares.min(axis=0), shares.max(axis=0), color=colour, alpha=0.18, linewidth=0)
            axes.plot(lengths, np.median(shares, axis=0), mark + "-", color=colour, markersize=4.5, label=name)
        ticks = range(1, ends + 1) if ends < 13 else range(lengths[0] + lengths[0] % 2, ends + 1, 2)
        axes.set(xlabel=xlabel, ylabel=ylabel, ylim=(-0.04, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set(xlim=(lengths[0] - 0.5, ends + 0.5), xticks=list(ticks))
        axes.set_yticklabels(["0", "25 %", "50 %", "75 %", "100 %"])
        axes.text(ends + 0.35, note, "longer than any\nin training", ha="right", va="center", fontsize=9, color="#666666")
        axes.set_title(title)
        if len(curves) > 1:
            figure.legend(loc="outside lower center", ncols=len(curves))
    ways = trends({name: np.median(shares, axis=0) for name, (_, shares) in curves.items()}) if len(curves) == 1 else (
        f"is lowest at the end with {min(curves, key=lambda name: np.median(curves[name][1][:, -1]))}")
    return described(figure, f"""{ylabel.capitalize()}, as a share, against {xlabel}, up to {ends}, medians of the nets with
        a band from the worst to the best: it {ways}. The area beyond {trained_to}, longer than any in training, is
        grey.""")


def plot_bought(panels, trained_to):
    """Return the figure of whole strings right by length, after more and more training: one panel for each size of the vector.

    panels : dict title -> dict label -> (lengths (L,), shares (nets, L)), in the order of training.
    trained_to : the greatest length seen in training.
    """
    figure, axes = new_figure(7.6, 3.5, columns=len(panels), sharey=True)
    with course_style():
        for ax, (title, curves) in zip(np.atleast_1d(axes), panels.items(), strict=True):
            ends = max(lengths[-1] for lengths, _ in curves.values())
            ax.axvspan(trained_to + 0.5, ends + 0.5, color=PALE["quiet"], zorder=0)
            for (name, (lengths, shares)), colour in zip(curves.items(), STAGES[-len(curves) :], strict=True):
                ax.fill_between(lengths, shares.min(axis=0), shares.max(axis=0), color=colour, alpha=0.2, linewidth=0)
                ax.plot(lengths, np.median(shares, axis=0), "o-", color=colour, markersize=4, label=name)
            ax.set(xlabel="letters in the string", xticks=range(2, ends + 1, 2), xlim=(0.5, ends + 0.5), title=title)
            ax.set(ylim=(-0.04, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
            ax.text(ends + 0.35, 0.9, "longer than\nany in\ntraining", ha="right", va="center", fontsize=9, color="#666666")
        np.atleast_1d(axes)[0].set_yticklabels(["0", "25 %", "50 %", "75 %", "100 %"])
        np.atleast_1d(axes)[0].set_ylabel("whole strings right")
        figure.legend(*np.atleast_1d(axes)[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return described(figure, f"""The share of whole strings right against the letters in the string, medians of the nets
        with a band from the worst to the best, one panel for each of {listed(panels)}, a curve for each of
        {listed(curves)}, darker for more training. The area beyond {trained_to} letters, longer than any in training, is
        grey.""")


def plot_places(maps, steps, *, every=1):
    """Return heat maps of the share right at each place of a string during training: dict title -> (times, places)."""
    figure, axes = new_figure(7.4, 3.3, columns=len(maps), sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes, maps.items(), strict=True):
            shown = ax.imshow(M, vmin=0, vmax=1, cmap=MAGNITUDE, origin="lower", aspect="auto")
            places = M.shape[1]
            ax.set(xlabel="letter said", title=title, xticks=range(places), yticks=range(0, len(steps), 2))
            ax.set_xticklabels([str(t + 1) if t + 1 < places else "end" for t in range(places)])
            ax.set_yticklabels([str(k) for k in steps[::2]])
        axes[0].set_ylabel("training step")
        bar = figure.colorbar(shown, ax=axes, shrink=0.9, ticks=[0, 0.5, 1])
        bar.set_ticklabels(["0", "50 %", "100 %"])
        bar.set_label("right, with the teacher")
    return described(figure, f"""Heat maps, {listed(maps)}: training steps from {steps[0]} to {steps[-1]} upwards, the place
        of the letter from 1 to {places - 1} and the end to the right, and the share that is right as darkness.""")


def draw_said(rows):
    """Return the figure of what a net said, string by string, over what was wanted: mistakes framed, swaps in one frame.

    rows : list of (source, said, wanted), the last two lists of single letters of one length.
    """
    width = max(len(wanted) for _, _, wanted in rows)
    figure, axes = new_figure(7.4, 0.75 + 0.62 * len(rows))
    with course_style():
        axes.axis("off")
        axes.set(xlim=(-4.6, max(width, 9) + 4.2), ylim=(-len(rows) + 0.25, 1.15))
        style = {"ha": "center", "va": "center", "family": MONO}
        axes.text(-4.4, 0.95, "heard", fontsize=9, color="#555555")
        axes.text(-0.4, 0.95, "said, and below it what is right (■: EOS)", fontsize=9, color="#555555")
        axes.text(9.3, 0.95, "orange: a swap", fontsize=9, color=GOLD)
        axes.text(9.3, 0.55, "pink: another mistake", fontsize=9, color="#A0457A")
        for k, (source, said, wanted) in enumerate(rows):
            y = 0.35 - k
            axes.text(-4.4, y - 0.02, source, fontsize=11, va="center", family=MONO, color="#333333")
            wrong = [a != b for a, b in zip(said, wanted, strict=True)]
            swapped = [False] * len(said)
            for t in range(len(said) - 1):
                if wrong[t] and said[t] == wanted[t + 1] and said[t + 1] == wanted[t] and not swapped[t]:
                    swapped[t] = swapped[t + 1] = True
                    axes.add_patch(_frame(t - 0.36, y + 0.0, 1.72, COLOURS["window"], PALE["window"]))
            for t, (a, b) in enumerate(zip(said, wanted, strict=True)):
                if wrong[t] and not swapped[t]:
                    axes.add_patch(_frame(t - 0.36, y + 0.0, 0.72, COLOURS["output"], PALE["output"]))
                axes.text(t, y + 0.18, a, fontsize=11, weight="bold" if wrong[t] else "normal", zorder=5, **style)
                axes.text(t, y - 0.24, b, fontsize=10, color="#888888", zorder=5, **style)
    return described(figure, f"""The strings {listed([source for source, *_ in rows])}; for each what the net said, letter
        by letter, above what is right. Swaps of two neighbours are framed in orange, other mistakes in pink. ■ is EOS.""")


def _frame(x, y, width, edge, face):
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch((x, y), width, 0.36, boxstyle="round,pad=0,rounding_size=0.1", facecolor=face, edgecolor=edge,
                          linewidth=1.3, zorder=3)


def plot_after_wrong(place, shares):
    """Return the figure of the share right at each place, for strings that the net says right until it hears one wrong letter.

    place : from 1, which letter it heard wrong. shares : (nets, S), the last place being the end.
    """
    figure, axes = new_figure(6.6, 3.1)
    with course_style():
        S = shares.shape[1]
        at = np.arange(1, S + 1)
        axes.axvline(place + 0.5, color=COLOURS["backward"], linewidth=2)
        axes.fill_between(at, shares.min(axis=0), shares.max(axis=0), color=COLOURS["gru"], alpha=0.2, linewidth=0)
        axes.plot(at, np.median(shares, axis=0), "o-", color=COLOURS["gru"], markersize=5)
        axes.set(xlabel="letter said", ylabel="right", ylim=(-0.04, 1.04), yticks=[0, 0.5, 1], xticks=at, xlim=(0.5, S + 0.5))
        axes.set_yticklabels(["0", "50 %", "100 %"])
        axes.set_xticklabels([str(t) if t < S else "end" for t in at])
        axes.set_title(f"Here, after letter {place}, it hears ONE wrong letter")
    middle = np.median(shares, axis=0)
    behind, end = middle[min(place, S - 2) : -1], middle[-1]
    half = "below" if behind.max() < 0.5 else "above" if behind.min() > 0.5 else "on both sides of"
    return described(figure, f"""The share right at each of {S} places, the last one the end of the string, where one wrong
        letter is heard after letter {place}: median and range of the nets. To the next letter it
        {trend(middle[place - 1 : place + 1])}. The letters from there on are {half} one half, the end is
        {"above" if end > behind.max() else "below" if end < behind.min() else "among"} them.""")


def plot_arms(arms, *, ylabel, title):
    """Return the figure of one point for each net, arm by arm: dict name -> (nets,) shares in 0 … 1."""
    figure, axes = new_figure(6.6, 2.7)
    with course_style():
        for y, shares in enumerate(arms.values()):
            axes.plot(shares, np.full(len(shares), y), "o", color=COLOURS["gru"], markersize=8, alpha=0.55)
        axes.set(yticks=range(len(arms)), ylim=(len(arms) - 0.5, -0.5), xlim=(-0.03, 1.03), xticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set_yticklabels(list(arms))
        axes.set_xticklabels(["0", "25 %", "50 %", "75 %", "100 %"])
        axes.set(xlabel=ylabel, title=title)
        axes.grid(axis="x", color="#EEEEEE")
        axes.set_axisbelow(True)
    return described(figure, f"""{title}. A row for each of {listed(arms)}, on a line from 0 to 100 %: {ylabel}.""")


def plot_credit(maps):
    """Return heat maps of how strongly each source letter moves each spoken one: dict title -> (S, T), rows in 0 … 1."""
    figure, axes = new_figure(7.6, 3.2, columns=len(maps), sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes, maps.items(), strict=True):
            shown = ax.imshow(M, vmin=0, vmax=0.35, cmap=MAGNITUDE, origin="upper")
            ax.set(xlabel="source letter", title=title, xticks=[0, 3, 7], yticks=[0, 3, 7])
            ax.set_xticklabels(["1", "4", "8"])
            ax.set_yticklabels(["1", "4", "8"])
        axes[0].set_ylabel("letter said")
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, ticks=[0, 0.1, 0.2, 0.3], extend="max")
        bar.set_label("share of the gradient")

    def shift(M):
        centre = M @ np.arange(M.shape[1]) / np.maximum(M.sum(axis=1), 1e-12)
        slope = np.polyfit(np.arange(len(M)), centre, 1)[0]
        return "moves to the right" if slope > 0.1 else "moves to the left" if slope < -0.1 else "stays where it is"

    return described(figure, f"""Heat maps of the gradient's share: rows are the letters said, columns the letters of the
        source. From row to row the dark place {", ".join(f"{shift(M)} ({title})" for title, M in maps.items())}.""")


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
    widest = beam_levels(next_log_p, bos, eos, max(width, 4), max_len)  # one height for widths up to 4: a slider moves them
    rows = min(16, max(len(level) for level in widest))
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
                axes.plot([px + wide[tokens[:-1]], x - half(text)], [py, y], color=colour,
                          linewidth=2.4 if on_goal else 1.0, zorder=1 + kept + on_goal)
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
        axes.text(-0.4, -rows / 2 - 1.1, "blue: kept   pink: ended   grey: pruned", ha="left", fontsize=9.5, color="#555555")
    return described(figure, f"""A tree that grows to the right from BOS, for a beam of width {width}. At each length the
        candidates stand in a column with their probabilities, the kept ones on blue, the pruned ones in grey. It finds
        {said} with p = {np.exp(mine_p):.3f}: {verdict}. The path of the best of all, {" ".join(names[k] for k in goal)}
        with p = {np.exp(goal_p):.3f}, is orange.""")


def plot_search(widths, found, sizes, typical):
    """Return the figure of how often a beam finds the best sequence, and of how long the best ones are.

    found : (W,) shares. sizes : dict α -> (models,) tokens in the best sequence, for α = 0 the likeliest one, which comes first.
    typical : (models,) the mean number of tokens.
    """
    likeliest, *others = sizes
    lengths = {"likeliest": sizes[likeliest], "typical": typical} | {f"best, α = {alpha:g}": sizes[alpha] for alpha in others}
    figure, (left, right) = new_figure(7.4, 3.0, columns=2)
    with course_style():
        left.plot(widths, found, "o-", color=COLOURS["rnn"])
        left.set(
            xlabel="beam width", ylabel="finds the best of all", ylim=(0, 1.05), xticks=list(widths), yticks=[0, 0.5, 1]
        )
        left.set_yticklabels(["0", "50 %", "100 %"])
        left.set_title("A wider beam errs less …")
        names = list(lengths)
        for y, name in enumerate(names):
            colour = COLOURS["quiet"] if name == "typical" else COLOURS["gru"]
            middle = np.mean(lengths[name])
            right.barh(y, middle, height=0.55, color=colour)
            right.text(middle + 0.1, y, f"{middle:.1f}", va="center", fontsize=10)
        right.set(yticks=range(len(names)), ylim=(len(names) - 0.4, -0.6), xlabel="tokens, mean over the models")
        right.set(xlim=(0, max(np.mean(v) for v in lengths.values()) * 1.2))
        right.set_yticklabels(names)
        right.set_title("… and the likeliest is very short")
    return described(figure, f"""Left: the share of models whose best sequence a beam finds, against the width from
        {widths[0]} to {widths[-1]}: it {trend(found)}. Right: bars of the mean number of tokens:
        {"; ".join(f"{name}: {np.mean(lengths[name]):.1f}" for name in names)}.""")


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
        axes.set(xticks=range(int(np.ceil(low[0])), int(high[0]) + 1), yticks=range(int(np.ceil(low[1])), int(high[1]) + 1))
        axes.grid(color="#EEEEEE")
        axes.set_axisbelow(True)
        axes.set_title(f"Out: {moves}.  Home: {home}")

    def told(way):
        names = {"L": "left", "R": "right", "U": "up", "D": "down"}
        return listed([f"{names[move]} {len(list(same))}" for move, same in itertools.groupby(way)], "nowhere")

    end = "at the square" if not back[-1].any() else "beside the square"
    return described(figure, f"""A walk on a grid from a black square: a green line {told(moves)}, to a green dot, and a
        dashed pink line from there {told(home)}. It ends {end}.""")


def draw_words(rows):
    """Return the figure of a small table: what a net says to each word, and what is right; right ones in green.

    rows : list of (word, what is said, right ways), phones as lists of strings, the ways as a list of such lists.
    """
    figure, axes = new_figure(7.0, 0.5 + 0.27 * len(rows))
    with course_style():
        axes.axis("off")
        axes.set(xlim=(0, 10), ylim=(-len(rows) - 0.2, 0.8))
        for x, head in ((0.1, "letters in"), (2.4, "phones out"), (6.2, "in the dictionary")):
            axes.text(x, 0.3, head, fontsize=9, color="#666666")
        for k, (word, said, ways) in enumerate(rows, start=1):
            right = any(list(said) == list(way) for way in ways)
            colour = COLOURS["input"] if right else COLOURS["backward"]
            axes.text(0.1, -k, word, fontsize=10, family=MONO)
            axes.text(2.4, -k, " ".join(said) or "(nothing)", fontsize=10, family=MONO, color=colour)
            axes.text(6.2, -k, " or ".join(" ".join(way) for way in ways[:1]), fontsize=10, family=MONO, color="#777777")
    return described(figure, f"""A table of the words {listed([word for word, *_ in rows])}, the phones that the net says to
        each, and those of the dictionary; what is right is green.""")
