"""The figures of notebook 09."""

import functools

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, course_style, new_figure, share_maps
from helpers.figures.words import described, listed, reaches

ATTENTION, PLAIN, GREY = "#A8497F", COLOURS["gru"], "#666666"  # the attention's colour, dark enough for letters
ARMS = {"one vector": (PLAIN, "s"), "mean of all states": (COLOURS["window"], "^"),
        "no gradient through the look": (COLOURS["rnn"], "v"), "attention": (COLOURS["attention"], "o")}


def draw_smoothing(asked_at=2.0, width=0.4):
    """Return the figure of a weighted average of noisy points: the weights of one query, and the curve of all of them."""
    keys, values = noisy_points()
    queries = np.linspace(0, 6, 121)
    with np.errstate(under="ignore"):
        curve = [_gaussian_weights(q, keys, width) @ values for q in queries]
    A = _gaussian_weights(asked_at, keys, width)
    figure, (top, bottom) = new_figure(7.2, 4.2, rows=2, sharex=True, height_ratios=[2, 1])
    with course_style():
        top.plot(queries, np.sin(queries), color="#CCCCCC", linewidth=3, label="the sine without noise")
        top.plot(queries, curve, color=COLOURS["attention"], label="the answer to every query")
        top.scatter(keys, values, s=14 + 500 * A, color=COLOURS["input"], alpha=0.75, linewidths=0, zorder=3)
        top.plot(asked_at, A @ values, "D", color="#222222", markersize=8, zorder=4, label="the answer to this one",
                 linestyle="")
        top.set(ylim=(-1.7, 1.7), yticks=[-1, 0, 1], ylabel="values")
        top.set_title(f"The answer at {asked_at:.1f} is an average: large points count more")
        bottom.bar(keys, A, width=0.08, color=COLOURS["attention"])
        bottom.axvline(asked_at, color="#222222", linewidth=1, linestyle=":")
        bottom.set(xlabel="keys", ylabel="weights", ylim=(0, 1), xlim=(-0.2, 6.2), yticks=[0, 0.5, 1])
        figure.legend(*top.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return described(figure, f"""Above: {len(keys)} noisy points around a grey sine, the curve of all answers, and a diamond
        at this one, {A @ values:z.2f} at {asked_at:g}; points count more where they are large. Below: their weights as
        bars, a hill around {asked_at:g} of the width {width:g}, the highest {A.max():.2f}.""")


def noisy_points(N=30, seed=0):
    """Return keys (N,) between 0 and 6, in order, and values (N,): their sine and some noise."""
    rng = np.random.default_rng(seed)
    keys = np.sort(rng.uniform(0, 6, N))
    return keys, np.sin(keys) + 0.25 * rng.normal(size=N)


def _gaussian_weights(query, keys, width):
    scores = -((query - keys) ** 2) / (2 * width**2)
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def draw_temperature(size=64, temperature=1.0, scaled=False):
    """Return the figure of the weights that random queries give random keys of `size` numbers, and how many keys count.

    Scores are divided by the temperature, and by the root of the size if scaled.
    """
    sizes, effective = _effective_keys()
    scores = _random_scores(int(size)) / temperature / (np.sqrt(size) if scaled else 1)
    A = np.exp(scores - scores.max())
    A /= A.sum()
    figure, (left, right) = new_figure(7.6, 3.2, columns=2)
    with course_style():
        left.bar(range(1, 11), np.sort(A)[::-1], color=COLOURS["attention"])
        left.set(xlabel="keys, the best one first", ylabel="weight", ylim=(0, 1), xticks=range(1, 11))
        left.set_title(f"One draw, size {int(size)}: the best gets {A.max():.2f}")
        for name, curve, colour in (("scaled", effective[True], COLOURS["attention"]),
                                    ("not scaled", effective[False], GREY)):
            right.semilogx(sizes, curve, color=colour)
            right.annotate(name, (sizes[-1], curve[-1]), (0, 9), textcoords="offset points",
                           color=ATTENTION if name == "scaled" else GREY, ha="right", fontsize=9.5)
        entropy = -(A * np.log(np.maximum(A, 1e-300))).sum()
        right.plot(size, np.exp(entropy), "D", color="#222222", markersize=8, zorder=4, clip_on=False)
        right.annotate("this draw", (size, np.exp(entropy)), (-9 if size > 8 else 9, -16), textcoords="offset points",
                       ha="right" if size > 8 else "left", fontsize=9.5, color="#222222")
        right.axhline(10, color="#CCCCCC", linewidth=1, zorder=0)
        right.set(xlabel="size of query and keys", ylabel="keys that count", ylim=(0, 11), xlim=(1, 1024), yticks=[1, 5, 10])
        right.set_xticks([1, 4, 16, 64, 256, 1024], ["1", "4", "16", "64", "256", "1024"])
        right.minorticks_off()
        right.set_title("Unscaled, the longer, the fewer count")
    return described(figure, f"""Left: ten weights as bars, the largest first, {A.max():.2f}, for the size {int(size)}, the
        temperature {temperature:g} and scores that are {"" if scaled else "not "}scaled. Right: how many keys count against
        the size; at the largest size {effective[True][-1]:.1f} when scaled and {effective[False][-1]:.1f} when not. A
        diamond is this draw, {np.exp(entropy):.1f}.""")


@functools.cache
def _random_scores(size, seed=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(10, size)) @ rng.normal(size=size)


@functools.cache
def _effective_keys():
    """Return sizes (S,) and {scaled: (S,) exp of the mean entropy of the weights over 10 random keys}."""
    sizes, found = 2 ** np.arange(11), {}
    for scaled in (True, False):
        curve = []
        for d in sizes:
            rng = np.random.default_rng(0)
            q, K = rng.normal(size=(150, d)), rng.normal(size=(150, 10, d))
            s = np.einsum("nd,ntd->nt", q, K) / (np.sqrt(d) if scaled else 1)
            A = np.exp(s - s.max(axis=1, keepdims=True))
            A /= A.sum(axis=1, keepdims=True)
            curve.append(np.exp(-(A * np.log(np.maximum(A, 1e-300))).sum(axis=1).mean()))
        found[scaled] = np.array(curve)
    return sizes, found


def draw_attention_net():
    """Return the diagram of an encoder that reads both ways, and of one step of a decoder that looks at its states."""
    figure, axes = new_diagram(7.6, 3.55, 15.2, 7.1)
    weights = (0.03, 0.05, 0.72, 0.15, 0.05)
    xs = np.array([1.2, 3.0, 4.8, 6.6, 8.4])
    for x, letter, weight, key in zip(xs, "peach", weights, "k₁ k₂ k₃ k₄ k₅".split(), strict=True):
        box(axes, x, 1.2, letter, kind="input", width=1.0, height=0.8)
        box(axes, x, 3.1, key, kind="state", width=1.2, height=0.9)
        arrow(axes, (x, 1.66), (x, 2.6))
        arrow(axes, (x, 3.6), (6.0, 5.75), colour=COLOURS["attention"], width=0.6 + 6 * weight, style="-")
        label(axes, x - 0.12 if x < 6 else x + 0.05, 3.83, f"{weight:.2f}", size=9, colour=ATTENTION,
              ha="right" if x < 6 else "left")
    for a, b in zip(xs, xs[1:], strict=False):
        arrow(axes, (a + 0.62, 3.25), (b - 0.62, 3.25))
        arrow(axes, (b - 0.62, 2.95), (a + 0.62, 2.95))
    box(axes, 6.0, 6.2, "context c", kind="output", width=2.4, height=0.9)
    for x, name in ((10.6, "s₁"), (12.6, "s₂")):
        box(axes, x, 3.1, name, kind="state", width=1.2, height=0.9)
    for x, word in ((10.6, "P"), (12.6, "IY")):
        box(axes, x, 1.2, "BOS" if word == "P" else "P", kind="quiet", width=1.2, height=0.8)
        arrow(axes, (x, 1.66), (x, 2.6))
    arrow(axes, (9.02, 3.1), (9.98, 3.1))
    label(axes, 9.5, 3.42, "s₀", size=10)
    arrow(axes, (11.22, 3.1), (11.98, 3.1))
    box(axes, 12.6, 6.2, "y", kind="state", width=1.2, height=0.9)
    arrow(axes, (12.6, 3.6), (12.6, 5.73))
    arrow(axes, (7.22, 6.2), (11.98, 6.2), colour=COLOURS["attention"])
    arrow(axes, (12.0, 3.5), (7.0, 5.72), colour=COLOURS["quiet"])
    label(axes, 10.0, 5.15, "s₂ asks", size=9.5, colour=GREY)
    arrow(axes, (13.24, 6.2), (13.9, 6.2))
    label(axes, 14.45, 6.2, "IY", size=11)
    label(axes, 4.8, 0.35, "encoder: keys and values", size=10, colour=GREY)
    label(axes, 11.6, 0.35, "decoder", size=10, colour=GREY)
    label(axes, 9.6, 6.62, "what it found", size=9.5, colour=ATTENTION)
    return described(figure, """Diagram: five encoder states over the letters p, e, a, c, h, joined in both directions.
        Lines of different thickness lead from them to a box with the context; the line from a is thickest. The decoder's
        second state asks, and context and state together give the next phone, IY.""")


def plot_alignments(maps):
    """Return heat maps of weights. maps : dict title -> (A (S, T), source labels (T,), target labels (S,))."""
    figure, axes = new_figure(7.8, 3.6, columns=len(maps))
    with course_style():
        for ax, (title, (A, source, target)) in zip(np.atleast_1d(axes), maps.items(), strict=True):
            shown = ax.imshow(A, vmin=0, vmax=1, cmap="RdPu", aspect="equal")
            ax.set_xticks(range(len(source)), source)
            ax.set_yticks(range(len(target)), target)
            ax.tick_params(length=0)
            ax.set(title=title, xlabel="source")
        np.atleast_1d(axes)[0].set_ylabel("output")
        figure.colorbar(shown, ax=axes, shrink=0.7, ticks=[0, 0.5, 1], label="weight")
    words = []
    for title, (A, source, target) in maps.items():
        looks = [f"{what} looks most at {source[row.argmax()]}" for what, row in zip(target, A, strict=True)]
        line = f"{'a' if _along_the_diagonal(A) else 'no'} line from the upper right to the lower left"
        words.append(f"{title}: {', '.join(looks) if len(looks) <= 4 else line}")
    return described(figure, f"""{len(maps)} heat maps of weights, the output downwards and the source to the right.
        {". ".join(words)}.""")


def _along_the_diagonal(A):
    """Return whether the weights A (S, T) lie along the line from the upper right to the lower left."""
    return np.fliplr(A).diagonal().mean() > 2 * A.mean()


def draw_alignment_step(source, target, A, step=1):
    """Return the map of all weights of one word, with the row of one step framed.

    source (T,) and target (S,) lists of tokens, A (S, T), step from 1; a step beyond the end shows the last one.
    """
    last = step >= len(target)
    step = min(int(step), len(target)) - 1
    figure, ax = new_figure(6.4, 4.4)
    with course_style():
        shown = ax.imshow(A, vmin=0, vmax=1, cmap="RdPu", aspect="auto")
        ax.set_xticks(range(len(source)), source, fontsize=13)
        ax.set_yticks(range(len(target)), target, fontsize=11)
        ax.tick_params(length=0)
        ax.set(xlabel="letters: keys and values", ylabel="what is said")
        for t in np.flatnonzero(A[step] >= 0.1):
            ax.text(t, step, f"{A[step, t]:.2f}", ha="center", va="center", fontsize=9.5,
                    color="white" if A[step, t] > 0.5 else "#222222")
        ax.axhspan(step - 0.5, step + 0.5, facecolor="none", edgecolor="#222222", linewidth=1.8)
        best = int(A[step].argmax())
        ax.set_title(
            f"Step {step + 1}{', the last,' if last else ''} says {target[step]} "
            f"and looks most at letter {best + 1}, “{source[best]}”"
        )
        figure.colorbar(shown, ax=ax, shrink=0.7, ticks=[0, 0.5, 1], label="weight")
    return described(figure, f"""The weights of all steps of one word, {"".join(source)}, as a heat map, what is said
        downwards and the letters to the right; one row is framed. {ax.get_title(loc="left")}, with the weight
        ≈{A[step, best]:.2f}.""")


def plot_by_length(lengths, runs, trained_to, title):
    """Return the figure of the share of strings that come out right, by length: the median of each arm and all its runs.

    runs : dict arm -> (seeds, L), 0 … 1; arms as in ARMS.
    """
    figure, axes = new_figure(7.2, 3.4)
    with course_style():
        axes.axvspan(trained_to + 0.5, lengths[-1] + 0.5, color="#EFEFEF", zorder=0)
        axes.text(trained_to + 0.7, 92, "never met", fontsize=9.5, color=GREY)
        for arm, found in runs.items():
            found = 100 * np.asarray(found)
            colour, marker = ARMS[arm]
            axes.fill_between(lengths, found.min(axis=0), found.max(axis=0), color=colour, alpha=0.1, linewidth=0)
            axes.plot(lengths, np.median(found, axis=0), marker + "-", color=colour, markersize=4, label=arm, clip_on=False)
        axes.set(xlabel="letters in the string", ylabel="% right", ylim=(0, 100), xlim=(lengths[0] - 0.5, lengths[-1] + 0.5))
        axes.set_title(title)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, columnspacing=1.2)
    reach = [f"{arm} ≈{max([n for n, share in zip(lengths, np.median(found, axis=0), strict=True) if share >= 0.5], default=0)}"
             for arm, found in runs.items()]
    return described(figure, f"""The share of strings right against their length, {lengths[0]} to {lengths[-1]} letters,
        median and range of the nets. The longest of which half are right: {", ".join(reach)} letters. Beyond {trained_to},
        in grey, no string was in training.""")


def plot_breaks(found):
    """Return, for each length, the map of where the nets look while all is right, and at which step the first mistake comes.

    found : dict length -> (weights (S, T), share of strings that stop too soon at each step (S,), or go wrong (S,))
    """
    figure, axes = new_figure(7.8, 3.7, columns=2 * len(found), width_ratios=[3, 1] * len(found), sharey=False)
    widest = max(5.0, *(100 * float((stops + others).max()) for _, stops, others in found.values()))
    with course_style():
        for k, (length, (A, stops, others)) in enumerate(found.items()):
            left, right = axes[2 * k], axes[2 * k + 1]
            left.imshow(A, vmin=0, vmax=1, cmap="RdPu", aspect="auto", extent=(0.5, length + 0.5, len(A) + 0.5, 0.5))
            ticks = [1, 10, length]
            left.set(title=f"{length} letters", xlabel="source letter", xticks=ticks, yticks=ticks)
            steps = np.arange(1, len(A) + 1)
            right.barh(steps, 100 * stops, color="#222222", height=0.9, label="it stops")
            right.barh(steps, 100 * others, left=100 * stops, color=COLOURS["window"], height=0.9, label="a wrong letter")
            right.set(ylim=(len(A) + 0.5, 0.5), yticks=[], xlim=(0, 1.15 * widest), xticks=[0, 10], xlabel="%")
        axes[0].set_ylabel("output step")
        figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=2,
                      title="The first mistake, in % of the strings:", title_fontsize=9)
    line = [length for length, (A, *_) in found.items() if _along_the_diagonal(A[:length])]
    return described(figure, f"""For strings of {listed(found)} letters a map of weights, the output step downwards and the
        source letter to the right, and beside it bars of the first mistakes by output step, black where the net stops too
        soon, amber for a wrong letter. A line from the upper right to the lower left is in the maps of: {listed(line)}.""")


def plot_credit(maps):
    """Return heat maps of how strongly source step t moves output step s. maps : dict title -> (S, T)."""
    figure, axes = new_figure(7.8, 3.1, columns=len(maps), sharey=True)
    with course_style():
        share_maps(figure, axes, maps, shrink=0.8)
        for ax in axes:
            ax.set_xlabel("source step t")
        axes[0].set_ylabel("output step s")
    corner = [f"{title}: {'below' if M[-1, 0] < 1e-3 else 'above'} 0.001" for title, M in maps.items()]
    return described(figure, f"""{len(maps)} heat maps, logarithmic, of output step downwards against source step to the
        right: how strongly the one moves the other. In the lower left corner, the last output and the first source step,
        {"; ".join(corner)}.""")


def plot_looking_back(lags, curves):
    """Return the figure of how much of a gradient arrives k steps back. curves : dict name -> (lags,), labelled at the lines."""
    figure, axes = new_figure(7.6, 3.6)
    looks = {"tanh RNN": (COLOURS["rnn"], "-", 24, (-66, -4)), "GRU": (COLOURS["gru"], "-", 24, (8, 4)),
             "LSTM": (COLOURS["lstm"], "-", 52, (8, 4)), "LSTM, forget bias 5": (COLOURS["lstm"], "--", 60, (0, -17)),
             "attention": (COLOURS["attention"], "-", 60, (0, -17))}
    with course_style():
        for name, curve in curves.items():
            colour, style, at, shift = looks[name]
            axes.semilogy(lags, np.maximum(curve, 1e-30), style, color=colour)
            axes.annotate(name, (lags[at], max(curve[at], 1e-11)), shift, textcoords="offset points", fontsize=10,
                          color=ATTENTION if name == "attention" else colour)
        axes.set(
            xlabel="steps back", ylabel="gradient, as a share of\nthat one step back", ylim=(1e-12, 1e2), xlim=(1, lags[-1])
        )
        axes.set_xticks([1, 20, 40, 60, 80, 100])
        axes.set_yticks([1e-12, 1e-8, 1e-4, 1])
        axes.minorticks_off()
        axes.set_title("Before training two of five see all 100 steps: one keeps, one looks up")
    return described(figure, f"""The share of the gradient against steps back, up to {lags[-1]}, logarithmic. It
        {reaches(curves)}.""")
