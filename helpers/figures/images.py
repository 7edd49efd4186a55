"""The figures of notebook 13."""

import numpy as np

from helpers.data.scenes import COLOURS as COLOUR_NAMES
from helpers.data.scenes import SHAPES, WORDS
from helpers.figures.style import COLOURS, MAGNITUDE, SIGNED, course_style, new_figure
from helpers.figures.words import described, listed

ATTENTION, GREY, DARK = "#A8497F", "#666666", "#222222"  # the attention's colour, dark enough for letters
OBJECTS = {"first object": COLOURS["window"], "second object": COLOURS["state"], "ground": COLOURS["quiet"]}
LIGHTS = {"red": "#C33C3C", "green": "#2E8B57", "blue": "#3A63C8"}
KINDS = {"plain": COLOURS["attention"], "spread": COLOURS["state"]}


def _picture(ax, picture):
    ax.imshow(np.clip(picture, 0, 1), interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def _frame(ax, y, x, high, wide, colour, width=2.2, style="-"):
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x - 0.5, y - 0.5), wide, high, fill=False, edgecolor=colour, linewidth=width, linestyle=style))


# ------------------------------------------------------------------------------------------------------------- windows


def draw_walk(picture, filter_, maps, size, stride, pad, row=0, column=0):
    """Return the figure of a filter laid on one window: the padded picture, the filter, and the map of all places.

    picture (rows, columns, 3); filter_ (size, size, 3); maps (down, across); row, column : the place.
    """
    row, column = min(int(row), maps.shape[0] - 1), min(int(column), maps.shape[1] - 1)
    figure, axes = new_figure(7.8, 3.1, columns=3, width_ratios=[1.2, 0.6, 1.2])
    with course_style():
        _picture(axes[0], np.pad(picture, ((pad, pad), (pad, pad), (0, 0))))
        _frame(axes[0], row * stride, column * stride, size, size, "white", 3.4)
        _frame(axes[0], row * stride, column * stride, size, size, DARK, 1.4)
        axes[0].set_title("the picture, with its frame of 0")
        top = np.abs(filter_).max()
        axes[1].imshow(filter_.mean(axis=2), cmap=SIGNED, vmin=-top, vmax=top)
        axes[1].set(title="the filter", xticks=[], yticks=[])
        high = np.abs(maps).max()
        shown = axes[2].imshow(maps, cmap=SIGNED, vmin=-high, vmax=high)
        _frame(axes[2], row, column, 1, 1, DARK, 2.0)
        axes[2].set(xticks=[], yticks=[])
        axes[2].set_title(f"place ({row}, {column}): {maps[row, column]:z.1f}")
        figure.colorbar(shown, ax=axes[2], shrink=0.75)
    top = tuple(int(x) for x in np.unravel_index(maps.argmax(), maps.shape))
    return described(figure, f"""Left a picture of {len(picture)} by {picture.shape[1]} pixels in a black frame of {pad}, with a
        square window of {size} by {size} pixels on it; in the middle the filter, red where it is positive and blue where it is
        negative; on the right the map of its {maps.shape[0]} by {maps.shape[1]} places, red where the sum of the products is
        positive. The window lies at the place ({row}, {column}): {maps[row, column]:z.1f},
        {"the largest number of the map" if top == (row, column) else f"where the largest is {maps.max():z.1f} at {top}"}.""")


# ------------------------------------------------------------------------------------------------------------ captions


def draw_scenes(pictures, captions):
    """Return the figure of some pictures (N, rows, columns, 3), each with its caption below."""
    figure, axes = new_figure(7.8, 2.6, columns=len(pictures))
    with course_style():
        for ax, picture, text in zip(axes, pictures, captions, strict=True):
            _picture(ax, picture)
            c1, s1, relation, c2, s2 = text.split()
            ax.set_title(f"{c1} {s1} {relation}\n{c2} {s2}", fontsize=9.5, loc="center")
    return described(figure, f"""{len(pictures)} pictures with a noisy ground and two coloured shapes each; above them the
        captions {listed([f"“{text}”" for text in captions])}.""")


def draw_lamp(picture, said, maps, cells, word=0):
    """Return the picture as the net sees it at one word, and where the weight of this word lies.

    said (T,) word numbers; maps (T, 36); cells (2, 36) bool, the places of the two objects; word : which one.
    """
    word = min(int(word), len(said) - 1)
    A, side, step = maps[word], 6, len(picture) // 6
    light = np.kron(A.reshape(side, side) / A.max(), np.ones((step, step)))[:, :, None]
    figure, axes = new_figure(7.6, 3.4, columns=3, width_ratios=[1, 1, 1.05])
    with course_style():
        _picture(axes[0], picture)
        axes[0].set_title("the picture")
        _picture(axes[1], np.clip(picture, 0, 1) * (0.15 + 0.85 * light))
        for k in range(1, side):
            axes[1].axhline(k * step - 0.5, color="white", linewidth=0.4, alpha=0.5)
            axes[1].axvline(k * step - 0.5, color="white", linewidth=0.4, alpha=0.5)
        axes[1].set_title(f"word {word + 1}: {WORDS[said[word]]}", color=ATTENTION, fontweight="bold")
        shares = [A[cells[0]].sum(), A[cells[1] & ~cells[0]].sum(), A[~cells.any(axis=0)].sum()]
        axes[2].barh(list(OBJECTS), shares, color=list(OBJECTS.values()), height=0.55)
        axes[2].axvline(4 / 36, color=DARK, linestyle=":", linewidth=1.2)
        axes[2].set(xlim=(0, 1), xticks=[0, 0.5, 1], ylim=(2.6, -0.6), box_aspect=0.8)
        axes[2].set_title("weight on (dotted: chance)", pad=6)
        axes[2].tick_params(axis="y", length=0)
        text = [f"[{WORDS[k]}]" if t == word else WORDS[k] for t, k in enumerate(said)]
        figure.supxlabel("   ".join(text), fontsize=11, color=DARK)
    most = list(OBJECTS)[int(np.argmax(shares))]
    return described(figure, f"""A picture, and the same picture dark but for those of its {side} by {side} cells that the net
        looks at for word {word + 1}, “{WORDS[said[word]]}”. It says: {" ".join(WORDS[k] for k in said)}. Three bars for
        the weight on the objects and the ground, with a dotted line at chance, {4 / 36:.2f}: the longest is that of the
        {most}.""")


def plot_shares(shares, words, chance):
    """Return the figure of how much weight lies on a word's own object. shares : kind -> (nets, words); chance : a number."""
    figure, axes = new_figure(7.2, 3.2)
    with course_style():
        for shift, (kind, found) in zip((-0.1, 0.1), shares.items(), strict=False):
            for k, row in enumerate(found):
                axes.plot(np.arange(len(words)) + shift, row, "o", color=KINDS[kind], markersize=7, alpha=0.75,
                          label=None if k else f"{kind} (a dot a net)")
        axes.axhline(chance, color=DARK, linestyle=":", linewidth=1.2)
        axes.annotate("by chance", (len(words) - 0.52, chance), (0, 4), textcoords="offset points", fontsize=9.5, ha="right")
        axes.set_xticks(range(len(words)), words)
        axes.set(ylim=(0, 1.02), yticks=[0, 0.5, 1], xlim=(-0.5, len(words) - 0.5), ylabel="weight on its object")
        if len(shares) > 1:
            figure.legend(loc="outside lower center", ncols=2)
        axes.set_title("For every colour word the nets look at the object" + " (a dot a net)" * (len(shares) == 1))
    return described(figure, f"""The weight on a word's own object, a dot for each net, with a dotted line at chance,
        {chance:.2f}. On average: {_averages({f"{kind} nets": found for kind, found in shares.items()}, words)}.""")


def _averages(rows, words):
    """Return the means over nets in words. rows : name -> (nets, words)."""
    return "; ".join(f"{name}, {listed([f'{word} ≈{x:.1f}' for word, x in zip(words, np.mean(found, axis=0), strict=True)])}"
                     for name, found in rows.items())


def plot_hidden(changes, words):
    """Return the figure of how many right words change when places are hidden. changes : what is hidden -> (nets, words)."""
    colours = (COLOURS["attention"], COLOURS["state"], COLOURS["quiet"])
    figure, axes = new_figure(7.4, 3.3)
    with course_style():
        width = 0.8 / len(changes)
        for k, (name, found) in enumerate(changes.items()):
            at = np.arange(len(words)) + (k - (len(changes) - 1) / 2) * width
            axes.bar(at, np.mean(found, axis=0), width * 0.85, color=colours[k], alpha=0.55, label=name)
            for row in found:
                axes.plot(at, row, "o", color=DARK, markersize=3.2, clip_on=False)
        axes.set_xticks(range(len(words)), words)
        axes.set(ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="right words that change")
        figure.legend(loc="outside lower center", ncols=len(changes))
        axes.set_title("What is hidden, and which words change (a dot a net)")
    return described(figure, f"""Bars, with a dot for each net: the share of the right words that change when an object is
        hidden. {"; ".join(_averages({f"“{name}”": found}, words) for name, found in changes.items())}.""")


def draw_pairs(right):
    """Return the grid (4, 4) of how often the shape word is right, for every colour and shape."""
    figure, ax = new_figure(5.2, 3.5)
    with course_style():
        shown = ax.imshow(right, cmap=MAGNITUDE, vmin=0, vmax=1)
        for (i, j), x in np.ndenumerate(right):
            ax.text(j, i, f"{x:.2f}", ha="center", va="center", fontsize=10, color="white" if x > 0.6 else DARK)
            if i == j:
                _frame(ax, i, j, 1, 1, ATTENTION, 2.6)
        ax.set_xticks(range(4), SHAPES)
        ax.set_yticks(range(4), COLOUR_NAMES)
        ax.tick_params(length=0)
        figure.colorbar(shown, ax=ax, shrink=0.8, ticks=[0, 0.5, 1])
        ax.set_title("Shape words right (framed: a new pair)")
    new, old = np.diagonal(right), right[~np.eye(4, dtype=bool)]
    pairs = [f"{colour} {shape}" for colour, shape in zip(COLOUR_NAMES, SHAPES, strict=True)]
    return described(figure, f"""A grid of four colours, downwards, and four shapes: the share of shape words that are right,
        darker for more. On the framed diagonal, the new pairs {listed(pairs)}, ≈{new.min():.1f} … {new.max():.1f}; elsewhere
        ≈{old.min():.1f} … {old.max():.1f}.""")


def draw_cluttered(picture, maps, box):
    """Return the figure of a picture with clutter, and of the weights (36,) of a net that looks for the ring in it."""
    figure, axes = new_figure(6.0, 2.9, columns=2)
    with course_style():
        _picture(axes[0], picture)
        axes[0].set_title("What colour is the ring?")
        _picture(axes[1], picture * 0 + 1)
        axes[1].imshow(maps.reshape(6, 6), cmap="RdPu", vmin=0, vmax=1, extent=(-0.5, 23.5, 23.5, -0.5), alpha=0.9)
        axes[1].set(xlim=(-0.5, 23.5), ylim=(23.5, -0.5))
        axes[1].set_title("where the net looks")
        for ax in axes:
            _frame(ax, *box, 5, 5, DARK if ax is axes[1] else "white", 1.6, "--")
    near = [(4 * np.arange(6) < at + 5) & (4 * np.arange(6) + 4 > at) for at in box]  # the rows and the columns that meet it
    return described(figure, f"""A noisy picture with coloured pieces, and a ring in a dashed frame; beside it the same frame on
        6 by 6 cells, darker where the net looks more. Of the weight, 1 in all, ≈{maps.reshape(6, 6)[np.ix_(*near)].sum():.1f}
        is on the cells that the frame touches.""")


# ------------------------------------------------------------------------------------------------------------ channels


def draw_lit(picture, gates, reads, light="red"):
    """Return the three channels of a picture, and the mean gates of the filters by the channel that each reads.

    gates : light -> (C,) the mean gate of each filter when that channel is lit; reads (C,) 0 to 2; picture (16, 16, 3).
    """
    order, now = np.argsort(reads, kind="stable"), list(LIGHTS).index(light)
    read = [c for c in range(3) if (reads == c).any()]
    figure, axes = new_figure(7.8, 3.0, columns=4, width_ratios=[1, 1, 1, 2.2])
    with course_style():
        for c, (ax, name) in enumerate(zip(axes, LIGHTS, strict=False)):
            ax.imshow(picture[:, :, c], cmap="gray", vmin=-0.7, vmax=1.8)
            ax.set(xticks=[], yticks=[])
            ax.set_title(f"{name}, lit" if c == now else name, color=LIGHTS[name], fontweight="bold" if c == now else "normal")
        axes[3].bar(np.arange(len(order)), gates[light][order], color=[list(LIGHTS.values())[reads[k]] for k in order])
        axes[3].set(ylim=(0, 1), yticks=[0, 0.5, 1], xlabel="filters, by the channel they read", box_aspect=0.62)
        axes[3].set_xticks([np.flatnonzero(reads[order] == c).mean() for c in read], [list(LIGHTS)[c] for c in read])
        axes[3].tick_params(axis="x", length=0)
        axes[3].set_title("gates")
    means = [f"≈{gates[light][reads == c].mean():.1f} where they read {list(LIGHTS)[c]}" for c in read]
    return described(figure, f"""The red, the green and the blue channel of a picture in grey; {light} is lit. Beside them a
        bar for each of {len(reads)} filters, coloured by the channel that it reads: its gate, on average {listed(means)}.""")


def plot_kinds(right, sizes):
    """Return the figure of the accuracy of some kinds of nets. right : kind -> (seeds,); sizes : kind -> number of weights."""
    figure, axes = new_figure(7.2, 2.9)
    with course_style():
        for k, (kind, found) in enumerate(right.items()):
            axes.plot(found, [k] * len(found), "o", markersize=8, alpha=0.75,
                      color=COLOURS["attention"] if kind == "gated" else COLOURS["quiet"])
        axes.set_yticks(range(len(right)), [f"{kind} ({sizes[kind]:,} weights)" for kind in right])
        axes.axvline(0.25, color=DARK, linestyle=":", linewidth=1.2)
        axes.set(xlim=(0.2, 1.02), ylim=(len(right) - 0.5, -0.5), xlabel="pictures right (dotted: by chance)")
        axes.set_title("Which channel counts depends on the picture: who can follow?")
    return described(figure, f"""The share of pictures right, a dot for each net, for {len(right)} kinds of nets, with a dotted
        line at chance, 0.25. On average: {listed([f"{kind} ≈{np.mean(found):.2f}" for kind, found in right.items()])}.""")


# ------------------------------------------------------------------------------------------------------------- patches


def swapped(patches, swaps):
    """Return an order of the patches in which `swaps` of them have changed their places with the next one of a fixed list."""
    order, chosen = np.arange(patches), np.random.default_rng(5).permutation(patches)[: int(swaps)]
    if len(chosen) > 1:
        order[chosen] = order[np.roll(chosen, 1)]
    return order


def draw_shuffled(picture, said, order):
    """Return a picture with its 6 x 6 patches in another order, and what nets say of it. said : name -> probability of yes."""
    side, size = 6, len(picture) // 6
    cells = picture.reshape(side, size, side, size, 3).transpose(0, 2, 1, 3, 4).reshape(side * side, size, size, 3)[order]
    mixed = cells.reshape(side, side, size, size, 3).transpose(0, 2, 1, 3, 4).reshape(picture.shape)
    figure, axes = new_figure(7.0, 2.9, columns=2, width_ratios=[1, 1.5])
    with course_style():
        _picture(axes[0], mixed)
        for k in range(1, side):
            axes[0].axhline(k * size - 0.5, color="white", linewidth=0.5, alpha=0.6)
            axes[0].axvline(k * size - 0.5, color="white", linewidth=0.5, alpha=0.6)
        axes[0].set_title(f"{int((order != np.arange(len(order))).sum())} patches moved")
        axes[1].barh(list(said), list(said.values()), height=0.5, color=[COLOURS["attention"], COLOURS["quiet"]][: len(said)])
        axes[1].axvline(0.5, color=DARK, linestyle=":", linewidth=1.2)
        axes[1].set(xlim=(0, 1), xticks=[0, 0.5, 1], ylim=(len(said) - 0.4, -0.6), box_aspect=0.5)
        axes[1].tick_params(axis="y", length=0)
        axes[1].set_title("p(red above blue)")
    moved = int((order != np.arange(len(order))).sum())
    return described(figure, f"""A picture with a red and a blue square, cut into {side} by {side} patches, {moved} of which are
        moved. Bars, with a dotted line at 0.5: the probability that red is above blue,
        {listed([f"“{name}” ≈{p:.2f}" for name, p in said.items()])}.""")
