"""The figures of notebook 08."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, SIGNED, course_style, new_figure


def draw_look_up(words=("watashi", "wa", "gakusei", "desu"), table=None, row=1):
    """Return the diagram of a one-hot vector that picks a row of the table. table : (len(words), 3)."""
    table = np.array([[0.2, 0.4, 0.6], [0.8, 0.7, 0.1], [0.3, 0.5, 0.6], [0.9, 0.5, 0.0]]) if table is None else table
    figure, axes = new_diagram(7.4, 2.9, 14.8, 5.8)
    high = len(words)
    label(axes, 2.9, 5.35, "one-hot (1, V)")
    label(axes, 8.6, 5.35, "table W (V, D)")
    label(axes, 13.0, 5.35, "its row (1, D)")
    for v, _ in enumerate(words):
        box(axes, 1.4 + v, 2.7, "1" if v == row else "0", kind="input" if v == row else "quiet", lit=v == row)
    label(axes, 5.75, 2.7, "@", size=12)
    for v, word in enumerate(words):
        y = 0.9 + 1.15 * (high - 1 - v)
        label(axes, 7.45, y, word, size=9.5, ha="right", colour="#222222" if v == row else "#777777")
        for j in range(3):
            box(axes, 8.1 + j, y, f"{table[v, j]:.1f}", kind="state" if v == row else "quiet", lit=v == row, width=0.9)
    label(axes, 11.15, 2.7, "=", size=12)
    for j in range(3):
        box(axes, 12.0 + j, 2.7, f"{table[row, j]:.1f}", kind="state", width=0.9)
    return figure


def draw_two_models():
    """Return the diagram of CBOW (the words around guess the middle one) and skip-gram (the other way round)."""
    figure, axes = new_diagram(7.4, 3.3, 14.8, 6.6)
    around = ["the", "king", "the", "crown"]
    for left, title in ((0.0, "CBOW"), (7.6, "skip-gram")):
        label(axes, left + 3.5, 6.2, title, weight="bold", size=11)
        ys = [5.2, 4.0, 1.9, 0.7]
        for word, y in zip(around, ys, strict=True):
            first = title == "CBOW"
            x = left + (1.2 if first else 5.8)
            box(axes, x, y, word, kind="input" if first else "output", width=1.7, height=0.9)
            middle = (left + 2.95, 2.95 + 0.16 * (y - 2.95)) if first else (left + 4.9, y)
            start = (left + 2.1, y) if first else (left + 2.15, 2.95)
            arrow(axes, start, middle)
        if title == "CBOW":
            box(axes, left + 3.6, 2.95, "mean", kind="state", width=1.2, height=0.9)
            arrow(axes, (left + 4.25, 2.95), (left + 5.0, 2.95))
            box(axes, left + 5.9, 2.95, "with", kind="output", width=1.7, height=0.9)
        else:
            box(axes, left + 1.2, 2.95, "with", kind="input", width=1.7, height=0.9)
    return figure


def plot_similarity(matrices, words):
    """Return heat maps of cosines between the same words. matrices : dict title -> (n, n)."""
    figure, axes = new_figure(7.8, 4.1, columns=len(matrices), sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes, matrices.items(), strict=True):
            shown = ax.imshow(M, cmap=SIGNED, vmin=-1, vmax=1)
            ax.set(title=title, xticks=range(len(words)), yticks=range(len(words)))
            ax.set_xticklabels(words, rotation=90)
            ax.set_yticklabels(words)
        bar = figure.colorbar(shown, ax=axes, shrink=0.7, ticks=[-1, 0, 1])
        bar.set_label("cosine")
    return figure


def plot_noise(counts, tables, marked):
    """Return the figure of how often each word is drawn as a negative, most frequent first.

    counts : (V,). tables : dict power -> p (V,). marked : dict word -> its place when sorted by count.
    """
    order = np.argsort(-counts, kind="stable")
    figure, axes = new_figure(7.2, 3.2)
    with course_style():
        looks = {1.0: COLOURS["quiet"], 0.75: COLOURS["rnn"], 0.0: COLOURS["window"]}
        names = {1.0: "power 1: as in the text", 0.75: "power ¾", 0.0: "power 0: all alike"}
        for power, p in tables.items():
            axes.loglog(np.arange(1, len(p) + 1), p[order], color=looks[power], label=names[power])
        for word, place in marked.items():
            axes.axvline(place + 1, color="#DDDDDD", linewidth=1, zorder=0)
            axes.text(
                place + 1, 1.0, word, transform=axes.get_xaxis_transform(), fontsize=9, color="#555555", va="bottom"
            )
        axes.set(xlabel="words, the most frequent first", ylabel="probability as a negative", xlim=(0.9, len(counts)))
        axes.legend(loc="lower left")
        axes.set_title("¾ lies between the text's own frequencies and all alike", pad=20)
    return figure


def plane_of(a, b, c):
    """Return two unit vectors (2, D) that span the plane through the points a, b and c, the first along b - a."""
    first = (b - a) / np.linalg.norm(b - a)
    second = (c - a) - ((c - a) @ first) * first
    return np.stack([first, second / max(np.linalg.norm(second), 1e-12)])


def draw_parallelogram(E, words, question, *, exclude=True, shown=5):
    """Return the map of an analogy, in the plane through its three words, and the nearest words to where it points.

    E (V, D); words : list of V; question : (a, b, c). exclude : may none of the three be the answer?
    """
    U = E / np.linalg.norm(E, axis=1, keepdims=True)
    ids = [words.index(word) for word in question]
    a, b, c = U[ids]
    target = b - a + c
    scores = U @ target / np.linalg.norm(target)
    allowed = scores.copy()
    if exclude:
        allowed[ids] = -np.inf
    best = np.argsort(-allowed)[:shown]
    answer = int(best[0])
    axes_of_map = plane_of(a, b, c)
    spots = {int(i): axes_of_map @ (U[i] - a) for i in [*ids, *best]}
    aim = axes_of_map @ (target - a)
    figure, (left, right) = new_figure(7.6, 3.7, columns=2, width_ratios=[1.55, 1])
    with course_style():
        corners = np.stack([spots[ids[0]], spots[ids[1]], aim, spots[ids[2]], spots[ids[0]]])
        left.plot(*corners.T, color=COLOURS["quiet"], linewidth=1.2, zorder=1)
        left.plot(*aim, marker="*", color=COLOURS["backward"], markersize=15, zorder=3)
        points = np.stack([*spots.values(), aim])
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.maximum(high - low, 0.1) * [0.22, 0.16]
        left.set(
            xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]), xticks=[], yticks=[]
        )
        for i, spot in spots.items():
            colour = COLOURS["rnn"] if i in ids else "#777777"
            left.plot(*spot, "o", color=colour, markersize=7, zorder=2)
        left.plot(
            *spots[answer],
            "o",
            markersize=14,
            markerfacecolor="none",
            markeredgecolor=COLOURS["backward"],
            markeredgewidth=2,
        )
        left.spines[["left", "bottom"]].set_visible(False)
        edges = np.concatenate([np.linspace(p, q, 25) for p, q in zip(corners, corners[1:], strict=False)])
        _name_spots(left, {words[i]: spot for i, spot in spots.items()}, aim, {words[i] for i in ids}, edges)
        left.set_title(f"{question[0]} : {question[1]} :: {question[2]} : {words[answer]}")
        places = np.arange(len(best))[::-1]
        colours = [COLOURS["backward"], *[COLOURS["quiet"]] * (len(best) - 1)]
        right.barh(places, scores[best], color=colours, height=0.6)
        right.set(yticks=places, xlim=(0, 1), xlabel="cosine with the star", title="Nearest to the star")
        right.set_yticklabels([words[i] for i in best])
    return figure


def _name_spots(axes, spots, star, strong, edges):
    """Write each word beside its spot, where it covers no other word, no spot and none of the points along the edges."""
    figure = axes.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    scale = figure.dpi / 72
    at = {word: axes.transData.transform(spot) for word, spot in spots.items()}
    blocks = [
        (x - 8 * scale, y - 8 * scale, x + 8 * scale, y + 8 * scale)
        for x, y in [*at.values(), axes.transData.transform(star)]
    ]
    blocks += [(x - 3, y - 3, x + 3, y + 3) for x, y in axes.transData.transform(edges)]
    inside = axes.get_window_extent(renderer)
    ways = [(11, 0, "left"), (-11, 0, "right"), (0, 13, "center"), (0, -13, "center"), (11, 12, "left"), (11, -12, "left"),
            (-11, 12, "right"), (-11, -12, "right"), (0, 25, "center"), (0, -25, "center"), (14, 24, "left"), (14, -24, "left"),
            (-14, 24, "right"), (-14, -24, "right"), (0, 38, "center"), (0, -38, "center")]  # fmt: skip
    for word, (x, y) in at.items():
        colour = "#111111" if word in strong else "#666666"
        text = axes.annotate(
            word, spots[word], (0, 0), textcoords="offset points", fontsize=9.5, color=colour, va="center"
        )
        size = text.get_window_extent(renderer)
        tried = []
        for dx, dy, side in ways:
            left = x + dx * scale - {"left": 0, "right": size.width, "center": size.width / 2}[side]
            block = (
                left - 2,
                y + dy * scale - size.height / 2 - 1,
                left + size.width + 2,
                y + dy * scale + size.height / 2 + 1,
            )
            out = block[0] < inside.x0 or block[2] > inside.x1 or block[1] < inside.y0 or block[3] > inside.y1
            own = (x - 8 * scale, y - 8 * scale, x + 8 * scale, y + 8 * scale)
            hits = sum(_meet(block, other) for other in blocks if other != own)
            tried.append((hits + 2 * out, len(tried), dx, dy, side, block))
            if hits + out == 0:
                break
        _, _, dx, dy, side, block = min(tried)
        text.set_position((dx, dy))
        text.set_ha(side)
        blocks.append(block)


def _meet(one, two):
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def plot_exclusion(shares):
    """Return bars of the share of right answers with the inputs excluded and allowed. shares : dict name -> (with, without)."""
    figure, axes = new_figure(7.0, 2.9)
    with course_style():
        places = np.arange(len(shares))
        for side, (name, colour) in enumerate(
            (("inputs excluded", COLOURS["rnn"]), ("inputs allowed", COLOURS["window"]))
        ):
            heights = [pair[side] for pair in shares.values()]
            bars = axes.bar(places + 0.38 * side - 0.19, heights, 0.36, color=colour, label=name)
            for spot, height in zip(bars, heights, strict=True):
                axes.text(spot.get_x() + 0.18, height + 0.02, f"{height:.0%}", ha="center", va="bottom", fontsize=9)
        axes.set(xticks=places, ylim=(0, 1.32), yticks=[0, 0.5, 1], ylabel="right answers")
        axes.set_xticklabels(shares)
        axes.legend(loc="upper right", ncols=2)
        axes.set_title("Perfect on the made-up text, weak on the real one", pad=10)
    return figure


def plot_shifted_pmi(pmi, scores, shift):
    """Return the scatter of w · c as learnt against the pointwise mutual information as counted. shift : log of the negatives."""
    figure, axes = new_figure(5.6, 3.9)
    with course_style():
        axes.plot(pmi, scores, "o", color=COLOURS["rnn"], markersize=2.5, alpha=0.25, markeredgewidth=0)
        ends = np.array([pmi.min(), pmi.max()])
        axes.plot(ends, ends - shift, color=COLOURS["backward"], label="PMI − log 5")
        axes.plot(ends, ends, color=COLOURS["quiet"], linestyle="--", linewidth=1.2, label="PMI")
        axes.set(xlabel="PMI, counted", ylabel=r"$W_w \cdot C_c$, learnt")
        axes.legend(loc="upper left")
        axes.set_title("Prediction has learnt what counting counts")
    return figure


def draw_grid(grid, windows, sizes, kinds, window=5, size=32):
    """Return the figure of analogies right for each window and size, and for one of them by kind.

    grid : (windows, sizes, kinds), shares of right answers. window, size : the ones to look at, of windows and sizes.
    """
    i, j = list(windows).index(window), list(sizes).index(size)
    figure, (left, right) = new_figure(7.6, 3.2, columns=2, width_ratios=[1, 1.05])
    with course_style():
        M = grid.mean(axis=2)
        left.imshow(M, cmap=MAGNITUDE, vmin=0, vmax=1.15, aspect="auto")
        for (y, x), value in np.ndenumerate(M):
            left.text(
                x,
                y,
                f"{value:.0%}",
                ha="center",
                va="center",
                color="white" if value > 0.65 else "#222222",
                fontsize=9.5,
            )
        left.plot(
            [j - 0.5, j + 0.5, j + 0.5, j - 0.5, j - 0.5],
            [i - 0.5, i - 0.5, i + 0.5, i + 0.5, i - 0.5],
            color=COLOURS["backward"],
            linewidth=2.5,
            clip_on=False,
        )
        left.set(xticks=range(len(sizes)), yticks=range(len(windows)), xlabel="numbers a word (D)", ylabel="window")
        left.set_xticklabels(sizes)
        left.set_yticklabels(windows)
        left.set_title("All kinds together")
        places = np.arange(len(kinds))[::-1]
        right.barh(places, grid[i, j], color=COLOURS["rnn"], height=0.6)
        for y, value in zip(places, grid[i, j], strict=True):
            right.text(value + 0.02, y, f"{value:.0%}", va="center", fontsize=9)
        right.set(yticks=places, xlim=(0, 1.18), xticks=[0, 0.5, 1], xlabel="right answers")
        right.set_yticklabels(kinds)
        right.set_title(f"window {window}, D = {size}")
    return figure


def draw_emoji_sum(title, names, cosines, marked=()):
    """Return bars of the emoji nearest to a sum, by name. names, cosines : best first. marked : names to be coloured."""
    figure, axes = new_figure(7.0, 0.31 * len(names) + 1.0)
    with course_style():
        places = np.arange(len(names))[::-1]
        colours = [COLOURS["backward"] if name in marked else COLOURS["rnn"] for name in names]
        axes.barh(places, cosines, color=colours, height=0.65)
        axes.set(yticks=places, xlim=(0, 1), xlabel="cosine with the sum")
        axes.set_yticklabels([name if len(name) <= 38 else name[:37] + "…" for name in names])
        axes.set_title(title)
    return figure


def plot_leaning(leanings):
    """Return the figure of how much nearer each word lies to "he" than to "she". leanings : dict word -> (seeds,)."""
    figure, axes = new_figure(7.0, 0.3 * len(leanings) + 1.2)
    order = sorted(leanings, key=lambda word: np.median(leanings[word]))
    with course_style():
        axes.axvline(0, color="#999999", linewidth=1)
        for y, word in enumerate(order):
            values = np.asarray(leanings[word])
            colour = COLOURS["backward"] if np.median(values) < 0 else COLOURS["rnn"]
            axes.plot([values.min(), values.max()], [y, y], color=colour, linewidth=2, alpha=0.35)
            axes.plot(values, np.full(len(values), y), "o", color=colour, markersize=4.5)
        most = 1.15 * max(np.abs(np.concatenate(list(leanings.values()))))
        axes.set(yticks=range(len(order)), xlim=(-most, most), ylim=(-0.7, len(order) - 0.3))
        axes.set_yticklabels(order)
        axes.set_xlabel("nearer to “she”   ←   difference of the cosines   →   nearer to “he”")
        axes.set_title("The vectors lean as the text does")
    return figure
