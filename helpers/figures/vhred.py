"""The figures of notebook 12."""

import numpy as np

from helpers.data.hands import SIZE
from helpers.experiments.draws import distance_to_hands
from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.words import described, listed, trend

PLAIN, NET, DRAWN, GREY = COLOURS["truth"], COLOURS["lstm"], COLOURS["rnn"], "#666666"  # PCA or truth, autoencoder, VAE
FAR = COLOURS["window"]


def _picture(axes, x, title="", size=10):
    """Put a picture (144,) into axes, dark where it is 1."""
    axes.imshow(np.reshape(x, (SIZE, SIZE)), cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(visible=True, color="#BBBBBB")
    if title:
        axes.set_title(title, fontsize=size, loc="center")


def _direction(x):
    """Return where the dark of a picture (144,) lies, seen from its middle, in degrees: 0 to the right, 90 upwards."""
    place = np.arange(SIZE) - (SIZE - 1) / 2
    dark = np.clip(x, 0, 1).reshape(SIZE, SIZE)
    return np.degrees(np.arctan2(-(dark.sum(axis=1) @ place), dark.sum(axis=0) @ place))


def _seen(x):
    """Return in words what one sees in a picture (144,): where its dark lies, and how far it is from being a hand."""
    return f"its dark lies towards ≈{_direction(x):z.0f}°, and it is ≈{_far_from_hands([x]):.1f} from the nearest hand"


def _far_from_hands(pictures):
    """Return the squared distance of pictures (P, 144) to their nearest hands, on average."""
    return distance_to_hands(np.clip(pictures, 0, 1)).mean()


# ----------------------------------------------------------------------------------------------------------- pictures


def draw_hands_in_a_row(pictures):
    """Return the figure of a row of hands (P, 144)."""
    return described(_rows({"hands": pictures}), f"""{len(pictures)} pictures in a row, {SIZE} by {SIZE} pixels, in each a grey
        bar with soft edges that starts in the middle; 0° is to the right, 90° upwards. They point to
        {listed([f"≈{_direction(x):z.0f}°" for x in pictures])}.""")


def draw_cleaned(clean, spoilt, cleaned):
    """Return the figure of hands, of the same under noise, and of what is made of it. cleaned : name -> (P, 144)."""
    told = [f"“{name}” ≈{((found - clean) ** 2).sum(axis=1).mean():.1f} and ≈{_far_from_hands(found):.1f}"
            for name, found in cleaned.items()]
    return described(_rows({"clean": clean, "spoilt": spoilt, **cleaned}), f"""Rows of {len(clean)} pictures: clean hands, the
        same under noise, and what {len(cleaned)} cleaners make of it. Their squared distance, on average, to the clean hand, and,
        small where a hand is sharp, to the nearest hand of all: {"; ".join(told)}.""")


def draw_errors(pictures, said):
    """Return the figure of pictures (P, 144) with two hands, of what a net says of them, and of the error."""
    error = np.abs(pictures - said)
    return described(_rows({"two hands": pictures, "the net says": said, "the error": error}), f"""Three rows of
        {len(pictures)} pictures: clocks with two hands, what the net says of them, and the error, dark where the two differ.
        The largest error of a pixel is, picture by picture, {listed([f"≈{x:.1f}" for x in error.max(axis=1)])}.""")


def _rows(rows):
    """Return the figure of rows of pictures, without words. rows : dict label -> (P, 144)."""
    most = max(len(row) for row in rows.values())
    figure, axes = new_figure(min(7.8, 1.3 + 0.72 * most), 0.8 * len(rows) + 0.1, len(rows), most, squeeze=False)
    with course_style():
        for line, (name, row) in zip(axes, rows.items(), strict=True):
            for ax in line:
                ax.axis("off")
            for ax, x in zip(line, row, strict=False):
                ax.axis("on")
                _picture(ax, x)
            line[0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=8)
    return figure


def plot_arc(points, curve, line, name):
    """Return the figure of points (N, 3) on an arc, PCA's line (M, 3) and the curve (M, 3) that one number gives."""
    figure, axes = new_figure(5.2, 3.6, subplot_kw={"projection": "3d"})
    with course_style():
        axes.scatter(*points[::5].T, s=9, color="#AAAAAA", depthshade=False)
        axes.plot(*line.T, color=PLAIN, linewidth=1.4, linestyle="--", label="PCA, one number")
        axes.plot(*curve.T, color=NET, linewidth=2.6, label=name)
        axes.set(xticks=[], yticks=[], zticks=[])
        axes.view_init(elev=24, azim=-60)
        figure.legend(loc="outside lower center", ncols=2)
    far = [np.linalg.norm(points[:, None] - drawn, axis=2).min(axis=1).mean() for drawn in (curve, line)]
    lies = ("bends with the points and lies on them" if far[0] < 0.3 * far[1] else
            "lies no nearer to them than PCA's line" if far[0] > 0.8 * far[1] else "lies nearer to them than PCA's line")
    return described(figure, f"""Grey points on an arc in space, a dashed straight line through them, all that PCA can draw with
        one number, and in orange what comes back through one number of the net “{name}”: it {lies}.""")


def draw_code_slider(codes, flat, curved, at=0):
    """Return the figure of what one number gives: on PCA's line, and through the net's decoder.

    codes (S,) positions between 0 and 1; flat and curved (S, 144); at : the number of the position.
    """
    at = int(at)
    figure, axes = new_figure(6.2, 3.2, 2, 2, height_ratios=[5, 1])
    with course_style():
        for ax, x, name in zip(axes[0], (flat[at], curved[at]), ("PCA, one number", "autoencoder, one number"), strict=True):
            _picture(ax, np.clip(x, 0, 1), name)
        grid = axes[1, 0].get_gridspec()
        for ax in axes[1]:
            ax.remove()
        below = figure.add_subplot(grid[1, :])
        below.plot([0, 1], [0, 0], color="#BBBBBB")
        below.plot(codes[at], 0, "D", color="#222222", markersize=9, clip_on=False)
        below.set(ylim=(-1, 1), xlim=(0, 1), yticks=[], xticks=[0, 0.5, 1])
        below.set_xlabel("the number, from the smallest to the largest code")
        below.spines["left"].set_visible(False)
    return described(figure, f"""Two pictures above a line for the code, from the smallest to the largest, with a diamond at
        {codes[at]:.2f}. Degrees are counted from the right upwards, distances are squared. PCA's picture: {_seen(flat[at])}.
        The autoencoder's: {_seen(curved[at])}.""")


def plot_spiral(points, curves, shares):
    """Return the figure of a spiral (N, 2), and what three nets make of it. curves : list of (M, 2); shares : what is left."""
    figure, axes = new_figure(7.6, 2.9, 1, len(curves))
    with course_style():
        for ax, curve, share in zip(axes, curves, shares, strict=True):
            ax.scatter(*points.T, s=5, color="#BBBBBB")
            ax.plot(*curve.T, color=NET, linewidth=2.2)
            ax.set(aspect="equal", xticks=[], yticks=[])
            ax.set_title(f"{share:.2f} of PCA's error is left", fontsize=10)
    size = np.ptp(points, axis=0).max()
    off = [(np.linalg.norm(curve[:, None] - points, axis=2).min(axis=1) > 0.05 * size).any() for curve in curves]
    return described(figure, f"""{len(curves)} times the same grey points on a spiral, with the orange curve that one net
        each draws through them. {sum(off)} of {len(curves)} curves leave the points on their way and cut across. Of PCA's
        error is left {listed([f"≈{share:.2f}" for share in shares])}.""")


def plot_rivals(values, title, label):
    """Return the figure of measured values, a row of dots for each; 1 is a draw. values : dict name -> values over seeds."""
    figure, axes = new_figure(7.0, 0.42 * len(values) + 1.1)
    with course_style():
        for k, found in enumerate(values.values()):
            found = np.atleast_1d(found)
            axes.plot(found, np.full(len(found), -k), "o", color=GREY, markersize=6, alpha=0.7)
        axes.axvline(1, color="#BBBBBB", linestyle=":", zorder=0)
        axes.set_yticks(-np.arange(len(values)), list(values))
        axes.set(xlabel=label, ylim=(0.6 - len(values), 0.6), xlim=(0, None))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_title(title)
    return described(figure, f"""A row of dots, one for each net, for each of {len(values)} cases, with a dotted line at 1. Shown
        is {label}; medians: {"; ".join(f"“{name}” ≈{np.median(found):.2f}" for name, found in values.items())}.""")


# -------------------------------------------------------------------------------------------------------------- codes


def draw_way(pixels, nets, steps=7):
    """Return the figure of the way between two hands. pixels (2, 144); nets : dict name -> pictures (steps, 144) on its way."""
    share = np.linspace(0, 1, steps)[:, None]
    rows = {"in pixels": (1 - share) * pixels[0] + share * pixels[1], **nets}
    halfway = [f"“{name}” ≈{_far_from_hands(row[steps // 2 : steps // 2 + 1]):.1f}" for name, row in rows.items()]
    return described(_rows(rows), f"""{len(rows)} rows of {steps} pictures on the way from one hand, towards
        ≈{_direction(pixels[0]):z.0f}°, to another, towards ≈{_direction(pixels[1]):z.0f}°. In pixels the one fades out while the
        other fades in. The squared distance of the picture halfway to the nearest hand: {"; ".join(halfway)}.""")


def draw_plane(planes, decode, weight, first=0.0, second=0.0):
    """Return the figure of a code plane, dark where no hand is, and of the picture that one code gives.

    planes : dict weight -> (axis, distances); decode : function (weight, code (2,)) -> picture (144,).
    """
    axis, distances = planes[weight]
    figure, (ax, beside) = new_figure(7.2, 3.6, 1, 2, width_ratios=[1.45, 1])
    with course_style():
        square = (axis[0], axis[-1], axis[0], axis[-1])
        shown = ax.imshow(distances, origin="lower", extent=square, cmap="Oranges", vmin=0, vmax=2)
        turn = np.linspace(0, 2 * np.pi, 100)
        ax.plot(np.cos(turn), np.sin(turn), ":", color="#555555", linewidth=1.2)
        ax.plot(first, second, "D", color="#222222", markersize=8, clip_on=False)
        ax.set(xlabel="first number of the code", ylabel="second number", xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]))
        ax.set_title(weight)
        figure.colorbar(shown, ax=ax, label="squared distance to the nearest hand", ticks=[0, 1, 2], shrink=0.85)
        given = np.clip(decode(weight, np.array([first, second])), 0, 1)
        _picture(beside, given, "what this code gives")
    return described(figure, f"""“{weight}”: a square of codes, both numbers from {axis[0]:g} to {axis[-1]:g}, darker where the
        decoded picture is farther from any hand, with a dotted circle of the radius 1 around the middle. The squared distance is
        ≈{distances.mean():.1f} on average and ≈{distances.max():.1f} at most. A diamond stands at ({first:z.2f}, {second:z.2f});
        beside it the picture that this code gives: {_seen(given)}.""")


def plot_collapse(weights, kls, left, limit):
    """Return the figure of the KL and of what is left of the pictures against the weight of the KL.

    weights (W,); kls and left (W, seeds); limit : where the collapse is expected.
    """
    figure, axes = new_figure(7.6, 3.0, 1, 2)
    with course_style():
        for ax, found, label in zip(axes, (kls, left), ("KL in nats", "share of the variance left"), strict=True):
            ax.plot(weights, np.median(found, axis=1), "o-", color=DRAWN)
            ax.axvline(limit, color=FAR, linestyle="--")
            ax.set(xlabel="weight of the KL", ylabel=label, xlim=(0, None), ylim=(0, None))
        axes[0].annotate(f"expected: {limit:.2f}", (limit, np.max(kls) * 0.8), (-6, 0), textcoords="offset points",
                         color="#8A5A00", ha="right")
    ways = [f"{trend(middle)}, from ≈{middle[0]:.1f} to ≈{middle[-1]:.1f}" for middle in (np.median(kls, axis=1),
                                                                                         np.median(left, axis=1))]
    return described(figure, f"""Two panels against the weight of the KL, {weights[0]:g} to {weights[-1]:g}, with a dashed line
        at {limit:.2f}, where the code is expected to die. Left the KL in nats: it {ways[0]}. Right the share of the pictures'
        variance that is left: it {ways[1]}.""")


# ------------------------------------------------------------------------------------------------------------ dialogue


def draw_utterances(utterances, weights, reply):
    """Return the figure of a dialogue: beside each utterance how much less likely the reply is with another one in its place.

    weights : dict name of the net -> (U,) nats.
    """
    names, rows = list(weights), np.arange(len(utterances))
    figure, axes = new_figure(7.8, 0.34 * len(utterances) + 1.3, 1, len(names), sharey=True, squeeze=False)
    with course_style():
        top = max(1.0, max(w.max() for w in weights.values()))
        for ax, name in zip(axes[0], names, strict=True):
            ax.barh(-rows, np.maximum(weights[name], 0), color=COLOURS["gru"], height=0.6)
            ax.set_yticks(-rows, utterances)
            ax.set(xlim=(0, 1.05 * top), xlabel="nats")
            ax.tick_params(axis="y", length=0)
            ax.set_title(name)
        figure.suptitle(f"How much less likely is “{reply}” with another utterance in this place?", fontsize=11)
    long = [f"{name}: {listed([f'“{utterances[k]}”' for k in np.flatnonzero(found > 1)])}" for name, found in weights.items()]
    return described(figure, f"""The {len(utterances)} utterances of a dialogue with a bar for each net: by how many nats the
        reply “{reply}” is less likely with another utterance in this place. Bars above 1 nat, of {"; of ".join(long)}.""")


def plot_replies(tables):
    """Return the figure of what is replied at one place. tables : dict title -> {reply: share}, all with the same replies."""
    figure, axes = new_figure(7.8, 2.9, 1, len(tables), sharey=True)
    with course_style():
        for ax, (title, table) in zip(axes, tables.items(), strict=True):
            rows = -np.arange(len(table))
            colours = [FAR if text == "anything else" else COLOURS["gru"] for text in table]
            ax.barh(rows, list(table.values()), color=colours, height=0.62)
            ax.set_yticks(rows, list(table))
            ax.set_xlim(0, 1)
            ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
            ax.tick_params(axis="y", length=0)
            ax.set_title(title, fontsize=10, loc="center")
        figure.supxlabel("share of the replies at the sea", fontsize=10)
    told = []
    for title, table in tables.items():
        best = max(table, key=table.get)
        right = [text for text in table if text != "anything else"]
        told.append(f"“{title}”: most often “{best}”, ≈{table[best]:.1f} of the replies, and bars above 0.05 for "
                    f"{sum(table[text] > 0.05 for text in right)} of the {len(right)} right replies")
    return described(figure, f"""A panel for each of {len(tables)} ways to reply, with bars: how often each reply is given.
        {"; ".join(told)}.""")


def plot_annealing(seen, weights):
    """Return the figure of the KL against steps, with and without annealing, and of the bound below it.

    seen : dict name -> (seeds, steps, 2), cross-entropy and KL; weights : dict name -> (steps,).
    """
    colours = {name: colour for name, colour in zip(seen, (GREY, DRAWN), strict=True)}
    figure, axes = new_figure(7.4, 4.4, 2, 1, sharex=True)
    window = 25

    def smooth(x):
        return np.apply_along_axis(lambda row: np.convolve(row, np.ones(window) / window, "valid"), -1, x)

    with course_style():
        for name, found in seen.items():
            found = np.asarray(found)
            steps = np.arange(found.shape[1] - window + 1) + window
            for ax, curve in zip(axes, (smooth(found[:, :, 1]), smooth(found.sum(axis=2))), strict=True):
                ax.fill_between(steps, curve.min(axis=0), curve.max(axis=0), color=colours[name], alpha=0.2, linewidth=0)
                ax.plot(steps, np.median(curve, axis=0), color=colours[name])
            ax = axes[0]
            end = np.median(smooth(found[:, :, 1]), axis=0)[-1]
            ax.annotate(name, (steps[-1], end), (0, 6), textcoords="offset points", ha="right", color=colours[name])
            axes[0].plot(np.arange(len(weights[name])), weights[name], ":", color=colours[name], linewidth=1.2)
        axes[0].set(ylabel="KL in nats", ylim=(0, None))
        axes[0].set_title("The KL (dotted: its weight)")
        axes[1].set(ylabel="cross-entropy + KL, nats", xlabel="steps of training", ylim=(1, 6))
        axes[1].set_title("The bound: both end near each other")
    told = []
    for name, found in seen.items():
        kl, bound = (np.median(smooth(x), axis=0) for x in (np.asarray(found)[:, :, 1], np.sum(found, axis=2)))
        told.append(f"“{name}”: the weight goes from {weights[name][0]:.2g} to {weights[name][-1]:.2g}, the KL "
                    f"{trend(kl, times=2)}, from ≈{kl[0]:.1f} to ≈{kl[-1]:.1f}, and the bound ends at ≈{bound[-1]:.1f}")
    return described(figure, f"""Above the KL in nats against the steps of training, with its weight as a dotted line; below
        the bound, the cross-entropy and the KL. Median and range of the nets. {"; ".join(told)}.""")
