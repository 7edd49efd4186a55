"""The figures of notebook 08."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.labels import name_spots
from helpers.figures.style import COLOURS, SIGNED, course_style, new_figure
from helpers.figures.words import described, listed, trend, trends


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
    return described(figure, f"""A one-hot row with its 1 in place {row + 1}, times a table of the rows {listed(words)} with
        three numbers each, gives the row of {words[row]}: {", ".join(f"{x:.1f}" for x in table[row])}.""")


def draw_two_models():
    """Return the diagram of CBOW (the words around guess the middle one) and skip-gram (it guesses them)."""
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
    return described(figure, """Left, CBOW: four words around, the, king, the, crown, point to their mean, and the mean to
        the middle word, with. Right, skip-gram: the middle word points to each of the four.""")


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
    own = [title for title, M in matrices.items() if np.allclose(M, np.eye(len(M)))]
    return described(figure, f"""Tables of the cosines between {listed(words)}: {listed(matrices)}. 1 on the diagonal and 0
        elsewhere: {listed(own)}.""")


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
            axes.text(place + 1, 1.0, word, transform=axes.get_xaxis_transform(), fontsize=9, color="#555555", va="bottom")
        axes.set(xlabel="words, the most frequent first", ylabel="probability as a negative", xlim=(0.9, len(counts)))
        axes.legend(loc="lower left")
        axes.set_title("Power ¾: less for the most frequent words, more for the rare ones", pad=20)
    ways = trends({f"power {power:g}": p[order] for power, p in tables.items()})
    return described(figure, f"""The probability of being drawn as a negative, for {len(counts)} words from frequent to
        rare, both axes logarithmic: it {ways}. Lines mark {listed(marked)}.""")


def plane_of(points):
    """Return (a point, two unit vectors (2, D)): the plane that comes nearest to all the points (n, D), n ≥ 3.

    Its sides are fixed: the second point lies to the right of the first, the third above it.
    """
    centre = points.mean(axis=0)
    axes = np.linalg.svd(points - centre, full_matrices=False)[2][:2]
    flat = (points - points[0]) @ axes.T
    length = np.hypot(*flat[1])
    turn = np.array([[flat[1, 0], flat[1, 1]], [-flat[1, 1], flat[1, 0]]]) / max(length, 1e-12)
    axes = turn @ axes if length > 1e-9 else axes
    if ((points[2] - points[0]) @ axes.T)[1] < 0:
        axes = axes * [[1], [-1]]
    return centre, axes


def draw_parallelogram(E, words, question, *, exclude=True, shown=5):
    """Return the map of an analogy, in the plane that fits its four words best, and the words nearest to where it points.

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
    centre, axes_of_map = plane_of(np.stack([a, b, c, U[answer]]))
    spots = {int(i): axes_of_map @ (U[i] - centre) for i in [*ids, *best]}
    aim = axes_of_map @ (target - centre)
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
        left.plot(*spots[answer], "o", markersize=14, markerfacecolor="none", markeredgecolor=COLOURS["backward"],
                  markeredgewidth=2)
        left.spines[["left", "bottom"]].set_visible(False)
        edges = np.concatenate([np.linspace(p, q, 25) for p, q in zip(corners, corners[1:], strict=False)])
        name_spots(left, {words[i]: spot for i, spot in spots.items()}, aim, {words[i] for i in ids}, edges)
        left.set_title(f"{question[0]} : {question[1]} :: {question[2]} : {words[answer]}")
        places = np.arange(len(best))[::-1]
        colours = [COLOURS["backward"], *[COLOURS["quiet"]] * (len(best) - 1)]
        right.barh(places, scores[best], color=colours, height=0.6)
        right.set(yticks=places, xlim=(0, 1), xlabel="cosine with the star", title="Nearest to the star")
        right.set_yticklabels([words[i] for i in best])
    return described(figure, f"""Left: a map of the words of an analogy with a parallelogram, a star at its fourth corner
        and the nearest words: {question[0]} is to {question[1]} as {question[2]} is to {words[answer]}. Right: their
        cosines with the star as bars. The three words of the question
        {"are left out" if exclude else "may be the answer"}.""")


def plot_exclusion(found):
    """Return how many questions are answered right with the inputs excluded and allowed.

    found : dict name -> (excluded (R,), allowed (R,), questions): counts of R trainings. Bars: medians; dots: trainings.
    """
    figure, axes = new_figure(min(7.6, 3.2 + 1.3 * len(found)), 3.0)
    with course_style():
        places = np.arange(len(found))
        for side, (name, colour) in enumerate((("inputs excluded", COLOURS["rnn"]), ("inputs allowed", COLOURS["window"]))):
            counts = [(np.asarray(row[side]), row[2]) for row in found.values()]
            heights = [np.median(right) / asked for right, asked in counts]
            x = places + 0.4 * side - 0.2
            axes.bar(x, heights, 0.36, color=colour, label=name)
            for spot, height, (right, asked) in zip(x, heights, counts, strict=True):
                around = spot + np.linspace(-0.1, 0.1, len(right))
                axes.plot(around, right / asked, "o", color="#222222", markersize=2.5, clip_on=False)
                top = max(height, np.max(right / asked))
                axes.text(spot, top + 0.04, f"{np.median(right):.0f}", ha="center", va="bottom", fontsize=9)
        axes.set(xticks=places, ylim=(0, 1.36), yticks=[0, 0.5, 1], ylabel="share right")
        axes.set_xticklabels([f"{name}\n{row[2]} questions" for name, row in found.items()])
        axes.legend(loc="upper right", ncols=2)
        axes.set_title("Right answers: the median (dots: each training)", pad=10)
    more = [name for name, (out, allowed, _) in found.items() if np.median(out) > np.median(allowed)]
    return described(figure, f"""Bars of right answers to questions about {listed(found)}, with the inputs excluded and
        allowed, and a dot for each training. More are right with the inputs excluded for: {listed(more)}.""")


def plot_shifted_pmi(trainings, shift):
    """Return scatters of scores as learnt against the pointwise mutual information as counted.

    trainings : dict title -> (pmi (n,), scores (n,)). shift : log of the number of negatives.
    """
    figure, axes = new_figure(7.6, 3.6, columns=len(trainings), sharey=True, sharex=True)
    low = min(pmi.min() for pmi, _ in trainings.values())
    high = max(pmi.max() for pmi, _ in trainings.values())
    with course_style():
        for ax, (title, (pmi, scores)) in zip(axes, trainings.items(), strict=True):
            ax.plot(pmi, scores, "o", color=COLOURS["rnn"], markersize=2, alpha=0.15, markeredgewidth=0)
            ends = np.array([low, high])
            ax.plot(ends, ends - shift, color=COLOURS["backward"], label="PMI − log K")
            ax.plot(ends, ends, color=COLOURS["quiet"], linestyle="--", linewidth=1.2, label="PMI")
            ax.set(xlabel="PMI, counted", title=title)
        axes[0].set_ylabel(r"$W_w \cdot C_c$, learnt")
        axes[0].legend(loc="upper left")
    off = {title: np.abs(scores - pmi + shift).mean() for title, (pmi, scores) in trainings.items()}
    return described(figure, f"""Scatters of the learnt score of a pair against its counted PMI, with the lines PMI minus
        log K and PMI, for {listed(trainings)}. The points are nearest to PMI minus log K for {min(off, key=off.get)}.""")


def plot_settings(sizes, by_size, orders, windows):
    """Return two panels: right analogies by the numbers for each word, and right capitals by window and order of the words.

    sizes : the numbers; by_size (R, sizes, kinds) shares of R trainings. orders : dict name -> (R, windows) shares;
    windows : their numbers.
    """
    figure, (left, right) = new_figure(7.6, 3.1, columns=2, sharey=True)
    with course_style():
        every = np.asarray(by_size).mean(axis=2)
        left.plot(range(len(sizes)), every.T, color=COLOURS["rnn"], linewidth=1, alpha=0.4)
        left.plot(range(len(sizes)), np.median(every, axis=0), color=COLOURS["rnn"], marker="o", markersize=5)
        left.set(xticks=range(len(sizes)), ylim=(-0.05, 1.1), xlabel="D, numbers for each word", ylabel="share right")
        left.set_xticklabels(sizes)
        left.set_title("All analogies, window 5 (thick: median)")
        looks = zip(orders.items(), (COLOURS["rnn"], COLOURS["window"]), (0, 1), strict=True)
        for (name, shares), colour, k in looks:
            shares, x = np.asarray(shares), np.arange(len(windows)) + 0.16 * k - 0.08
            right.plot(x, np.median(shares, axis=0), color=colour, linewidth=1.2, label=name)
            right.plot(np.tile(x, (len(shares), 1)).T, shares.T, "o", color=colour, markersize=5)
        right.set(xticks=range(len(windows)), xlim=(-0.5, len(windows) - 0.5), xlabel="window")
        right.set_xticklabels(windows)
        right.legend(loc="lower right")
        right.set_title("Capitals, D = 8")
    return described(figure, f"""Left: the share of right analogies with {listed(sizes)} numbers for each word, {len(every)}
        trainings and their median: it {trend(np.median(every, axis=0))}. Right: the share of right capitals with the
        windows {listed(windows)}, for {listed(orders)}.""")


def plot_words_map(points, words, group, names, taught):
    """Return a map of words in two dimensions, coloured by group; those that were taught are filled, the others rings.

    points (n, 2); words : list of n; group (n,) whole numbers; names : list of group names; taught (n,) bool.
    """
    from matplotlib.lines import Line2D

    colours = [COLOURS[name] for name in ("rnn", "lstm", "gru", "attention", "window", "truth", "quiet")]
    figure, axes = new_figure(7.6, 5.0)
    with course_style():
        for (x, y), g, known in zip(points, group, taught, strict=True):
            axes.plot(x, y, "o", color=colours[g], markersize=7, markerfacecolor=colours[g] if known else "white")
        axes.set(xticks=[], yticks=[])
        axes.margins(0.08)
        axes.spines[["left", "bottom"]].set_visible(False)
        marks = [Line2D([], [], marker="o", linestyle="", color=colour, label=name)
                 for colour, name in zip(colours, names, strict=False)]
        figure.legend(handles=marks, loc="outside lower center", ncols=len(names), handletextpad=0.1, columnspacing=1.2)
        axes.set_title("Filled: the words that were taught. Rings: words that were not")
        spots = {word: spot for word, spot, known in zip(words, points, taught, strict=True) if not known}
        name_spots(axes, spots, points[0], set(), points[taught])
    apart = np.linalg.norm(points[:, None] - points, axis=2) + np.where(np.eye(len(points)), np.inf, 0)
    same = np.mean(np.asarray(group)[apart.argmin(axis=1)] == group) > 0.5
    return described(figure, f"""A map of {len(words)} words in two dimensions, coloured by kind: {listed(names)}. Dots are
        words that were taught, rings those that were not. {"Most" if same else "Not even half of them"} lie nearest to a
        word of their own kind.""")


def plot_leaning(leanings, borders):
    """Return how much nearer each word lies to "he" than to "she", over the band of all words.

    leanings : dict word -> (R,), one number for each training. borders (2, R): between which the middle of all words lies.
    """
    figure, axes = new_figure(7.0, 0.3 * len(leanings) + 1.3)
    order = sorted(leanings, key=lambda word: np.median(leanings[word]))
    low, high = np.median(borders, axis=1)
    with course_style():
        axes.axvspan(low, high, color="#E4E4E4", linewidth=0, zorder=0)
        axes.axvline(0, color="#999999", linewidth=1)
        for y, word in enumerate(order):
            values = np.asarray(leanings[word])
            outside = np.all(values < borders[0]) or np.all(values > borders[1])
            colour = COLOURS["backward"] if outside else COLOURS["rnn"]
            axes.plot([values.min(), values.max()], [y, y], color=colour, linewidth=2, alpha=0.35)
            axes.plot(values, np.full(len(values), y), "o", color=colour, markersize=4.5)
        most = 1.15 * max(np.abs(np.concatenate([*leanings.values(), borders.ravel()])))
        axes.set(yticks=range(len(order)), xlim=(-most, most), ylim=(-0.7, len(order) - 0.3))
        axes.set_yticklabels(order)
        axes.set_xlabel("nearer to “she”   ←   difference of the cosines   →   nearer to “he”")
        axes.set_title("Grey: the middle 90 % of all words. Orange: outside of it in every training")
    return described(figure, f"""{listed(leanings)}, in rows, by whether they lie nearer to he (right) or to she (left), a
        dot for each training, over a grey band in which the middle 90 percent of all words lie. From the top of the figure
        down they lean less and less to he.""")
