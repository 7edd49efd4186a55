"""The figures of notebook 03.

Over 300 lines, for all of a notebook's figures stand in one file, each with its words.
"""

import functools
import itertools

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from helpers.figures.style import COLOURS, MAGNITUDE, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed, trend, trends

# the spectral radius from small to large, in one hue: light, middle, dark
RADII = ["#A6D0EC", "#3A8FCB", "#0A6CA8", "#00395E", "#111111"]


def plot_power_norms(ks, norms):
    """Return the figure of how much k steps stretch a vector at most.

    ks : (K,). norms : dict name -> (norms (K,), spectral radius).
    """
    figure, axes = new_figure(6.4, 3.5)
    colours = [COLOURS["rnn"], COLOURS["quiet"], COLOURS["backward"], COLOURS["input"]]
    with course_style():
        ends = [curve[-1] for curve, _ in norms.values()]
        for (name, (curve, rho)), colour in zip(norms.items(), itertools.cycle(colours), strict=False):
            near = [end for end in ends if end != curve[-1] and 1 / 4 < end / curve[-1] < 4]  # two labels would meet
            lift = 0 if not near else 6 if curve[-1] > near[0] else -6
            axes.semilogy(ks, curve, "o-", color=colour, markersize=3.5)
            words = "#666666" if colour == COLOURS["quiet"] else colour
            axes.annotate(f"{name}, ρ = {rho:.3g}", (ks[-1], curve[-1]), (8, lift), textcoords="offset points",
                          color=words, va="center", fontsize=9.5)
        axes.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
        axes.set(xlabel="steps k", ylabel="largest stretch ‖W$^k$‖", xlim=(ks[0], ks[-1] * 1.3), xticks=[1, 5, 10, 15, 20])
        axes.set_title("ρ sets the slope in the end; the first steps go their own way")
    ways = [f"{name} with ρ = {rho:.3g} {trend(curve)}, from {curve[0]:.2g} to {curve[-1]:.2g}"
            for name, (curve, rho) in norms.items()]
    return described(figure, f"""The largest stretch after k = {ks[0]} to {ks[-1]} steps, logarithmic, for {len(norms)}
        matrices: {"; ".join(ways)}.""")


def draw_eigenvalues(rho=0.9, angle=30, skew=5.0):
    """Return the figure of a 2 × 2 matrix: its eigenvalues, what it makes of the unit circle, and the norms of its powers.

    The eigenvalues are rho e^(± i angle), angle in degrees; skew = 1 is a pure turn, more makes it non-normal.
    """
    turn = np.deg2rad(angle)
    W = rho * np.array([[np.cos(turn), -skew * np.sin(turn)], [np.sin(turn) / skew, np.cos(turn)]])
    steps = 30
    powers = [np.linalg.matrix_power(W, k) for k in range(steps + 1)]
    norms = [np.linalg.norm(P, 2) for P in powers]
    round_ = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(round_), np.sin(round_)])
    figure, (left, middle, right) = new_figure(7.6, 2.9, columns=3, width_ratios=[1, 1, 1.35])
    with course_style():
        left.plot(*circle, color=COLOURS["quiet"], linewidth=1)
        values = np.linalg.eigvals(W)
        left.plot(values.real, values.imag, "o", color=COLOURS["rnn"], markersize=8)
        left.axhline(0, color="#DDDDDD", linewidth=1, zorder=0)
        left.axvline(0, color="#DDDDDD", linewidth=1, zorder=0)
        left.set(xlim=(-1.65, 1.65), ylim=(-1.65, 1.65), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        left.set(xlabel="real part", ylabel="imaginary part", title="Eigenvalues")
        left.yaxis.labelpad = 0
        middle.plot(*circle, color=COLOURS["quiet"], linewidth=1)
        for k, colour in zip((1, 3, 10), (RADII[0], RADII[1], RADII[3]), strict=True):
            middle.plot(*(powers[k] @ circle), color=colour, linewidth=1.4)
        size = max(1.5, 1.1 * max(np.abs(powers[k] @ circle).max() for k in (1, 3, 10)))
        end = max(tick for tick in (1, 3, 5, 10, 20, 50, 100, 200, 500, 1000) if tick < 0.9 * size)
        middle.set(xlim=(-size, size), ylim=(-size, size), xticks=[-end, 0, end], yticks=[-end, 0, end])
        middle.set(title="After 1, 3, 10 steps", xlabel="light to dark: later")
        right.semilogy(range(steps + 1), norms, "o-", color=COLOURS["rnn"], markersize=3, linewidth=1.2)
        right.semilogy(range(steps + 1), float(rho) ** np.arange(steps + 1), "--", color=COLOURS["backward"], linewidth=1.2)
        right.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
        most = max(norms[1:])
        top = max(3, int(np.ceil(np.log10(most) + 0.3)))
        right.set(xlabel="steps k (dashed: ρᵏ)", ylim=(1e-3, 10.0**top))
        right.set_yticks([1e-3, 1, 1e3], ["10⁻³", "10⁰", "10³"])  # letters: matplotlib's formulas take a fifth of the drawing
        right.minorticks_off()
        right.set_title(f"Largest stretch: {most:.1f}-fold" if most < 100 else f"Largest stretch: {most:,.0f}-fold")
        for ax, shape in ((left, 1), (middle, 1), (right, 1 / 1.35)):
            ax.set_box_aspect(shape)
    where = "inside" if rho < 1 else "outside" if rho > 1 else "on"
    return described(figure, f"""Three panels for a matrix with the spectral radius {rho:g}, the angle {angle} degrees and
        the skew {skew:g}: the two eigenvalues, {where} the unit circle; the ellipses that the circle becomes after 1, 3 and
        10 steps; the norm of the k-th power, at most {most:.2g}, after {steps} steps {norms[-1]:.2g}, and the dashed line
        of ρ to the power k.""")


def plot_gradient_by_lag(norms):
    """Return small multiples of the gradient's length against the lag. norms : dict activation -> dict rho -> (lags,)."""
    figure, axes = new_figure(7.6, 3.1, columns=len(norms), sharey=True)
    with course_style():
        for ax, (act, curves) in zip(axes, norms.items(), strict=True):
            ax.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
            for (rho, curve), colour in zip(curves.items(), RADII, strict=False):
                ax.semilogy(curve, color=colour, label=f"ρ = {rho:g}")
            ax.set(xlabel="steps back", title=act, ylim=(1e-12, 1e10), xlim=(0, 50), yticks=[1e-10, 1e-5, 1, 1e5, 1e10])
            ax.minorticks_off()
        axes[0].set_ylabel("gradient's length, last step = 1")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(RADII))
    ways = {act: trends({f"ρ = {rho:g}": curve for rho, curve in curves.items()}, times=10) for act, curves in norms.items()}
    return described(figure, f"""{len(norms)} panels: the length of the gradient against steps back, logarithmic, a line for
        each ρ. {" ".join(f"{act.capitalize()}: it {way}." for act, way in ways.items())}""")


def plot_reach(maps):
    """Return heat maps of how much the state at s moves the state at t. maps : dict title -> (T, T), NaN where s > t.

    What is more than 1 has a colour of its own.
    """
    from matplotlib import colormaps

    shades = colormaps[MAGNITUDE].with_extremes(over=COLOURS["window"])
    figure, axes = new_figure(7.6, 2.9, columns=len(maps), sharey=True)
    with course_style():
        for ax, (title, M) in zip(axes, maps.items(), strict=True):
            shown = ax.imshow(np.log10(np.maximum(M, 1e-8)), vmin=-8, vmax=0.01, cmap=shades, origin="upper")
            ax.set(xlabel="state at time s", title=title, xticks=[0, 10, 20, 30], yticks=[0, 10, 20, 30])
        axes[0].set_ylabel("state at time t")
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, ticks=[-8, -4, 0], extend="max", extendfrac=0.12)
        bar.ax.set_yticklabels(["≤ 10⁻⁸", "10⁻⁴", "1"])
        bar.ax.set_title("above 1", fontsize=9.5)
    parts = {title: np.mean(M[np.tril_indices(len(M), -1)] > 1) for title, M in maps.items()}
    words = [f"{title}: more than 1 {'nowhere' if part == 0 else 'in less than half' if part < 0.5 else 'in more than half'}, "
             f"{'below' if maps[title][-1, 0] < 1e-4 else 'above'} 0.0001 at the corner, farthest from the diagonal"
             for title, part in parts.items()]
    return described(figure, f"""{len(maps)} triangular heat maps, logarithmic: how much the state at s moves the state at
        t. Darker is more, amber is more than 1. {". ".join(words)}.""")


def plot_slopes(measured, by_rho, by_g):
    """Return the figure of the measured change of the log gradient per step against what ρ (left) and g (right) predict.

    Each a dict with the kinds of nets "linear", "small" and "large" (tanh with small and with large inputs) -> (R,).
    """
    figure, panels = new_figure(7.6, 3.6, columns=2, sharey=True)
    looks = [("linear", "s", "#8A8A8A", "linear"), ("small", "o", COLOURS["rnn"], "tanh, small inputs"),
             ("large", "^", COLOURS["backward"], "tanh, large inputs")]
    with course_style():
        for axes, predicted, title, label in (
            (panels[0], by_rho, "ρ: right where all steps are equal", "predicted: log ρ γ"),
            (panels[1], by_g, "g: right where the steps differ", "predicted: log g γ"),
        ):
            axes.plot([-1.35, 0.5], [-1.35, 0.5], color=COLOURS["quiet"], linewidth=1, zorder=0)
            for kind, marker, colour, name in looks:
                axes.plot(predicted[kind], measured[kind], marker, color=colour, markersize=6, label=name, linestyle="none")
            axes.set(xlabel=label, title=title, xlim=(-1.4, 0.6), ylim=(-1.4, 0.6))
            axes.set(xticks=[-1, -0.5, 0, 0.5], yticks=[-1, -0.5, 0, 0.5])
        panels[0].set_ylabel("measured, per step")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)

    def side(kind, predicted):
        off = np.mean(np.asarray(measured[kind]) - predicted[kind])
        return "on the diagonal" if abs(off) < 0.04 else "below it" if off < 0 else "above it"

    words = [f"{panel} the points lie, {', '.join(f'for “{name}” {side(kind, predicted)}' for kind, *_, name in looks)}"
             for panel, predicted in (("With ρ, left,", by_rho), ("With g, right,", by_g))]
    return described(figure, f"""Two panels: the measured change of the log gradient per step against the predicted one,
        with a diagonal line. {". ".join(words)}.""")


def plot_latch_gradient(weights, rest, slopes):
    """Return the figure of where a latch rests and of what a step back to it keeps, against its weight."""
    figure, (left, right) = new_figure(7.4, 3.0, columns=2)
    with course_style():
        left.plot(weights, rest, color=COLOURS["rnn"])
        left.plot(weights, -rest, color=COLOURS["rnn"])
        left.set(xlabel="weight w", ylabel="states to rest in", yticks=[-1, 0, 1], ylim=(-1.1, 1.1))
        left.set_title("From w = 1 on there is a bit …")
        right.axhline(1, color="#CCCCCC", linewidth=1, zorder=0)
        right.plot(weights, slopes, color=COLOURS["backward"])
        right.set(xlabel="weight w", ylabel="gradient left after one step", ylim=(0, 1.1), yticks=[0, 0.5, 1])
        right.set_title("… and its gradient dies")
        for ax in (left, right):
            ax.axvline(1, color="#999999", linewidth=1, linestyle=":")
    return described(figure, f"""Left: the states that a latch can rest in against its weight, from {weights[0]:g} to
        {weights[-1]:g}: one branch at 0, which parts beside the dotted line at w = 1 into two, at the end at plus and minus
        {rest[-1]:.2f}. Right: what one step keeps of the gradient: it {trend(slopes)}, most, {np.max(slopes):.2f}, at w =
        {weights[np.argmax(slopes)]:.2g}.""")


def cliff_loss_and_gradients(w, b, T=50):
    """Return the loss and gradients (dw, db) of exercise 3.5 for whole arrays of w and b at once."""
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))
    h = [np.full(w.shape, 0.5)]
    with np.errstate(over="ignore"):
        for _ in range(T):
            h.append(1 / (1 + np.exp(-(w * h[-1] + b))))
    dh, dw, db = 2 * (h[T] - 0.7), np.zeros(w.shape), np.zeros(w.shape)
    for t in reversed(range(T)):
        da = dh * h[t + 1] * (1 - h[t + 1])
        dw, db, dh = dw + da * h[t], db + da, da * w
    return (h[T] - 0.7) ** 2, dw, db


@functools.cache
def _landscape():
    return _losses(np.linspace(3.9, 6.0, 420), np.linspace(-2.7, 0.8, 420))


@functools.cache
def _beside_the_edge():
    return _losses(np.linspace(4.43, 4.63, 160), np.linspace(-2.30, -2.06, 160))


def _losses(w, b):
    """Return w (K,), b (K,) and the loss where they cross, b down and w across, as colours (K, K, 4) of its shades."""
    h = np.full((len(b), len(w)), 0.5)
    for _ in range(50):
        h = 1 / (1 + np.exp(-(w[None, :] * h + b[:, None])))
    return w, b, _shades().to_rgba((h - 0.7) ** 2, bytes=True)


@functools.cache
def _scale():
    """Return the colours (64, 1, 4) of the losses from 0 to 0.4."""
    return _shades().to_rgba(np.linspace(0, 0.4, 64)[:, None], bytes=True)


def _shades():
    """Return the scale of the landscape's colours: they are looked up once, not at each move of a slider."""
    return ScalarMappable(Normalize(0, 0.4), MAGNITUDE)


@functools.cache
def _descent(clip, max_norm, lr=0.3, steps=40):
    """Return the points (steps + 1, 2) of gradient descent on the landscape, and the gradient's norm and the loss at each."""
    point, path, norms, losses = np.array([4.6, -2.1]), [], [], []
    for _ in range(steps + 1):
        loss, dw, db = cliff_loss_and_gradients(*point)
        gradient = np.array([dw, db])
        norm = np.linalg.norm(gradient)
        path.append(point)
        norms.append(norm)
        losses.append(loss)
        point = point - lr * gradient * (max_norm / norm if clip and norm > max_norm else 1.0)
    return np.array(path), np.array(norms), np.array(losses)


def draw_cliff(step=40, clip=False, max_norm=0.5):
    """Return the figure of the loss over w and b with the first `step` steps of gradient descent, and of the gradient's norms.

    The small picture in the left one shows the edge close by.
    """
    path, norms, losses = _descent(clip, max_norm)
    colour = COLOURS["input"] if clip else COLOURS["backward"]
    figure, (left, right) = new_figure(7.8, 3.6, columns=2, width_ratios=[1.5, 1])
    at_the_top = {"y": 1.0}  # where it is anyway: matplotlib would first look what is in its way
    with course_style():
        near = left.inset_axes((0.04, 0.5, 0.42, 0.46))
        for ax, (across, up, colours), size in ((left, _landscape(), 1.0), (near, _beside_the_edge(), 1.4)):
            extent = (across[0], across[-1], up[0], up[-1])
            ax.imshow(colours, extent=extent, origin="lower", aspect="auto", interpolation="bilinear")
            ax.plot(*path[: step + 1].T, "o-", color=colour, markersize=3 * size, linewidth=1.1)
            ax.plot(*path[0], "D", color="#222222", markersize=5 * size)
            ax.plot(*path[step], "s", color="#222222", markersize=6)
            ax.set(xlim=extent[:2], ylim=extent[2:])
        near.xaxis.set_visible(False)
        near.yaxis.set_visible(False)
        near.spines[:].set_visible(True)
        left.indicate_inset_zoom(near, edgecolor="#555555", alpha=1)
        left.set(xlabel="w", ylabel="b", xticks=[4, 4.5, 5, 5.5, 6], yticks=[-2, -1, 0])
        # the bar of colours lies in the map: axes of its own would take an eighth of the drawing
        left.imshow(_scale(), extent=(5.66, 5.74, -2.35, -1.35), origin="lower", aspect="auto", interpolation="bilinear")
        for across, up, words in ((5.78, -2.35, "0"), (5.78, -1.85, "0.2"), (5.78, -1.35, "0.4"), (5.66, -1.13, "loss")):
            left.text(across, up, words, fontsize=9, va="center", color="#333333")
        left.set_title(f"From ◆ to ■, {'clipped' if clip else 'not clipped'}")
        # logarithms on an even scale: a scale of its own, and formulas for its numbers, would take a fifth of the drawing
        right.plot(np.log10(np.maximum(norms[: step + 1], 1e-4)), "o-", color=colour, markersize=3, linewidth=1.1)
        right.set(xlim=(-1, 41), ylim=np.log10((5e-4, 40)), xlabel="step", ylabel="gradient's length", xticks=[0, 20, 40])
        right.set_yticks(range(-3, 2), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"])
        if clip:
            right.axhline(np.log10(max_norm), color="#999999", linestyle="--", linewidth=1)
        right.set_title(f"Loss after {step} steps: {losses[step]:.3f}", **at_the_top)
    return described(figure, f"""Left: the loss over w and b, dark (large) below a sharp edge, light (small) in a valley
        above it, with the path of {step} steps of gradient descent,
        {f"clipped to {max_norm:g}" if clip else "not clipped"}, and a small picture of its first ones. Right: the
        gradient's length at each step, at most {np.max(norms[: step + 1]):.3g}. The loss after step {step} is
        {losses[step]:.3f}.""")


def plot_narma(radii, errors):
    """Return the figure of the echo state network's error against rho. errors : (R, seeds)."""
    figure, axes = new_figure(6.4, 3.1)
    with course_style():
        axes.plot(radii, np.median(errors, axis=1), "-", color=COLOURS["rnn"])
        for column in np.transpose(errors):
            axes.plot(radii, column, "o", color=COLOURS["rnn"], markersize=3.5, alpha=0.45)
        axes.axhline(1, color=COLOURS["quiet"], linestyle="--", linewidth=1)
        axes.text(0.12, 1.03, "always saying the mean", color="#666666", va="bottom", fontsize=9.5)
        axes.axvline(1, color="#999999", linewidth=1, linestyle=":")
        axes.set(xlabel="spectral radius ρ", ylabel="error (NRMSE)", ylim=(0, 1.25))
        axes.set_title("Left the echo is too short, right the net hears itself")
    return described(figure, f"""The error of the echo state network against the spectral radius from {radii[0]:g} to
        {radii[-1]:g}, a dot for each net and a line through the medians, which {trend(np.median(errors, axis=1))}. A dashed
        line marks always saying the mean.""")


def plot_wall(seen, *, guess=1 / 6, window=100, floor=1e-3):
    """Return the figure of the loss and of the share of the gradient that is left, in the course of a training.

    seen : dict rate -> (losses (steps, seeds), left (steps, seeds)). Thin lines are the seeds, the line with dots is their
    median; both are means over `window` steps (of the logarithm, for `left`). What is below `floor` is drawn there.
    """
    figure, (upper, lower) = new_figure(7.4, 3.3, columns=2)
    colours = [COLOURS["backward"], COLOURS["rnn"], "#8A8A8A"]
    with course_style():
        looks = zip(itertools.cycle(colours), itertools.cycle("os^"), strict=False)
        for (rate, (losses, left)), (colour, mark) in zip(seen.items(), looks, strict=False):
            lower.plot(0, np.median(left[0]), mark, color=colour, markersize=5, clip_on=False, zorder=4)
            for axes, runs in ((upper, losses), (lower, np.log(np.maximum(left, 1e-30)))):
                runs, steps = _means(runs, window), window / 2 + np.arange(len(runs) - window + 1)
                if axes is lower:
                    runs = np.exp(np.maximum(runs, np.log(floor)))
                every = slice(None, None, 2 * window)
                axes.plot(steps, runs, color=colour, linewidth=0.45, alpha=0.4)
                axes.plot(steps[every], np.median(runs, axis=1)[every], mark + "-", color=colour, linewidth=0.7, markersize=3.2,
                          label=f"learning rate {rate:g}")
        upper.axhline(guess, color="#999999", linestyle=":", linewidth=1)
        upper.set(xlabel="training step", ylabel="mean squared error", ylim=(0, 0.21), title="The loss")
        lower.set_yscale("log")
        lower.set(xlabel="training step", ylabel="share left at the first state", ylim=(floor * 0.8, 3))
        lower.set(yticks=[1e-3, 1e-2, 0.1, 1], title="What is left of the gradient")
        lower.set_yticklabels(["10⁻³ or less", "10⁻²", "10⁻¹", "1"])
        lower.minorticks_off()
        figure.legend(*upper.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    ends = {f"{rate:g}": (np.median(losses[-window:]) < 0.75 * guess, np.median(left[-window:]) < floor)
            for rate, (losses, left) in seen.items()}
    falls, gone = ([rate for rate, end in ends.items() if end[i]] for i in (0, 1))
    return described(figure, f"""Left: the loss in the course of a training, at the learning rates {listed(ends)}, thin
        lines for the seeds and dots for their median. It ends well below the dotted line, always saying the mean, with
        {listed(falls)}. Right: the share of the gradient that is left at the first state, logarithmic, from that of
        the first step, a large mark, to the end. There it is below {floor:g} with {listed(gone)}.""")


def plot_parting(one, other, apart, *, window=30):
    """Return the figure of two trainings that part: their losses (steps,), and how far the pairs are apart (steps, pairs)."""
    figure, (left, right) = new_figure(7.4, 3.1, columns=2)
    with course_style():
        steps = window / 2 + np.arange(len(one) - window + 1)
        for run, colour, name in ((one, COLOURS["rnn"], "one"), (other, COLOURS["backward"], "the other")):
            left.plot(steps, _means(run[:, None], window), color=colour, linewidth=0.55, alpha=0.85, label=name)
        left.set(xlabel="training step", ylabel="loss", ylim=(0, 0.25), title="Two runs, one weight 10⁻⁹ apart")
        left.legend(loc="lower left")
        logs = _means(np.log10(np.maximum(apart, 1e-16)), 2 * window)
        right.plot(window + np.arange(len(logs)), 10**logs, color="#333333", linewidth=0.45, alpha=0.7)
        right.set_yscale("log")
        right.set(xlabel="training step", ylabel="difference of the losses", ylim=(1e-12, 1), yticks=[1e-12, 1e-9, 1e-6, 1e-3, 1])
        right.minorticks_off()
        right.set_title(f"{apart.shape[1]} such pairs")
    typical = np.median(apart, axis=1)
    return described(figure, f"""Left: the losses of two runs against the step. Right: the difference of the losses of
        {apart.shape[1]} such pairs, logarithmic: it
        {trend([np.median(part) + 1e-16 for part in (typical[:50], typical[-50:])], times=10)}.""")


def _means(runs, window):
    """Return the means (steps - window + 1, S) over each `window` steps of runs (steps, S)."""
    total = np.cumsum(np.concatenate([np.zeros((1, runs.shape[1])), runs]), axis=0)
    return (total[window:] - total[:-window]) / window


def plot_free_run(truth, runs):
    """Return the figure of a series and of what nets make of it on their own. runs : dict name -> (T,)."""
    figure, axes = new_figure(7.6, 1.75 * len(runs) + 0.5, rows=len(runs), sharex=True)
    with course_style():
        for ax, (name, run) in zip(axes, runs.items(), strict=True):
            ax.plot(truth, color="#B8B8B8", linewidth=3, label="the series")
            ax.plot(run, color=COLOURS["rnn"], linewidth=1.2, label="what the net says")
            ax.set(ylim=(truth.min() - 0.25, truth.max() + 0.25), xlim=(0, len(truth)), ylabel="value")
            ax.locator_params(axis="y", nbins=3)
            ax.set_title(name)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        axes[-1].set_xlabel("steps without input")
    far = {name: np.argmax(np.append(np.abs(run - truth) > np.std(truth), True)) for name, run in runs.items()}
    return described(figure, f"""{len(runs)} panels: a series in grey and what the net makes of it on its own in blue,
        {len(truth)} steps. From the one that stays with the series longest: {from_the_top(far)}.""")


def draw_memory(rho, radii, recall):
    """Return the figure of what an echo state network remembers.

    rho : one of radii (R,). recall : (R, lags), the share of the input's variance that can be read from the state, lag 1 first.
    """
    at = int(np.argmin(np.abs(np.asarray(radii) - rho)))
    capacity = recall.sum(axis=1)
    lags = np.arange(1, recall.shape[1] + 1)
    figure, (left, right) = new_figure(7.6, 3.1, columns=2, width_ratios=[1.3, 1])
    with course_style():
        left.fill_between(lags, recall[at], color=COLOURS["rnn"], alpha=0.25, linewidth=0)
        left.plot(lags, recall[at], color=COLOURS["rnn"])
        left.set(xlabel="input from k steps ago", ylabel="share that can be read off", ylim=(0, 1.05), xlim=(1, lags[-1]))
        left.set_title(f"ρ = {radii[at]:g}: {capacity[at]:.0f} inputs' worth")
        right.plot(radii, capacity, "o-", color=COLOURS["quiet"], markersize=3.5)
        right.plot(radii[at], capacity[at], "o", color=COLOURS["rnn"], markersize=9)
        right.set(xlabel="spectral radius ρ", ylabel="memory capacity", ylim=(0, 40))
        right.set_title("The area, for each ρ")
    return described(figure, f"""Left: the share of the input k steps ago that can be read off the state, for ρ =
        {radii[at]:g}: it {trend(recall[at][[0, -1]])} from k = 1 to {lags[-1]}, and adds up to ≈{capacity[at]:.0f}. Right:
        this sum against the spectral radius, with a dot at this ρ: it {trend(capacity)}.""")
