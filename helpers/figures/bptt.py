"""The figures of notebook 02, and the credit-assignment map of the whole course.

Over 300 lines, for all of a notebook's figures stand in one file, each with its words.
"""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, MAGNITUDE, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed, trend, trends
from helpers.hunts import rnn as bughunt
from helpers.layers.rnn import ACTIVATIONS
from helpers.training.gradients import numerical_gradient, relative_error

GREY = "#555555"


def draw_graph(steps=3):
    """Return the diagram of the unrolled net with its losses: what is computed forwards, and what comes back."""
    figure, axes = new_diagram(7.6, 4.3, 11.4, 6.45)
    left, gap = 2.5, 3.7
    for t in range(steps):
        x = left + gap * t
        for y, kind, name in [(0.6, "input", "$x$"), (2.4, "state", "$h$"), (4.0, "output", "$s$"), (5.5, "quiet", "$L$")]:
            box(axes, x, y, f"{name[:-1]}_{t + 1}$", kind=kind)
        for low, high in [(1.0, 2.0), (2.8, 3.6), (4.4, 5.1)]:
            arrow(axes, (x - 0.18, low), (x - 0.18, high), colour=COLOURS["forward"])
        for low, high in [(2.8, 3.6), (4.4, 5.1), (1.0, 2.0)]:
            arrow(axes, (x + 0.18, high), (x + 0.18, low), colour=COLOURS["backward"])
        label(axes, x - 0.3, 1.4, "$W_x$", size=9, ha="right", colour=GREY)
        label(axes, x - 0.3, 3.2, "$W_y$", size=9, ha="right", colour=GREY)
        before = x - gap + 0.4 if t else x - 1.45
        arrow(axes, (before, 2.58), (x - 0.4, 2.58), colour=COLOURS["forward"])
        arrow(axes, (x - 0.4, 2.22), (before, 2.22), colour=COLOURS["backward"])
        label(axes, (before + x - 0.4) / 2, 2.84, "$W_h$", size=9, colour=GREY)
    label(axes, left - 1.5, 2.4, "$h_0$", size=11, ha="right")
    x = left + gap * (steps - 2)
    label(axes, x + 0.32, 3.2, "from $s_2$", size=9, ha="left", colour=COLOURS["backward"])
    label(axes, x + gap / 2, 1.95, "from $h_3$", size=9, colour=COLOURS["backward"])
    label(axes, 5.7, 6.25, "blue: computed forwards; orange: the gradient on its way back", colour=GREY)
    return described(figure, f"""Time steps 1 to {steps} side by side, each a column of boxes x, h, s and L joined from
        below by blue arrows. Blue arrows lead from each h to the next; an orange arrow runs back beside each one.""")


def plot_v_curve(eps, errors, single):
    """Return the figure of the error of central differences against ε, in float64 and float32; each (seeds, len(eps))."""
    figure, axes = new_figure(6.6, 3.3)
    with course_style():
        for found, colour in [(errors, COLOURS["backward"]), (single, COLOURS["quiet"])]:
            axes.loglog(eps, np.transpose(found), color=colour, linewidth=0.7, alpha=0.35)
            axes.loglog(eps, np.median(found, axis=0), color=colour, marker="o", markersize=4)
        axes.set_ylim(1e-12, 20)
        axes.set_xlim(3e-13, 1)
        axes.text(3e-12, 1.5e-7, "float64,\n16 digits", ha="left", color=COLOURS["backward"], fontsize=9)
        axes.text(2e-7, 3, "float32, 7 digits", ha="left", color=GREY, fontsize=9)
        axes.text(2e-2, 1e-9, "ε too large:\nthe loss is\nnot straight", ha="center", color=GREY, fontsize=9)
        axes.text(1e-9, 3e-12, "ε too small: the difference\ndrowns in rounding", ha="center", color=GREY, fontsize=9)
        axes.set_xlabel("step ε")
        axes.set_ylabel("relative error of the slope")
        axes.set_title("The error of the slope against the step")
    (e64, at64), (e32, at32) = ((np.min(m), eps[np.argmin(m)]) for m in (np.median(found, axis=0) for found in (errors, single)))
    return described(figure, f"""The error of the numerical slope against the step ε, both axes logarithmic, one curve for
        float64 and one for float32. The lowest point of float32 is {"higher" if e32 > e64 else "lower"} than that of
        float64, and at a {"larger" if at32 > at64 else "smaller"} step;
        {listed([name for name, at in (("float64", at64), ("float32", at32)) if min(eps) < at < max(eps)])} rise to both
        sides of it.""")


def draw_credit(credit, *, title="", floor=1e-3):
    """Return the map of ∂L_t/∂h_s: how strongly the loss at step t pulls at the state of step s.

    credit (T, T) has the gradient's norm in row t, column s; entries with s > t are not drawn. Each row is shown
    relative to its own last step, s = t, on a logarithmic scale from `floor` to 1; amber is more than 1.
    """
    import matplotlib
    from matplotlib.colors import LogNorm

    T = len(credit)
    share = credit / np.maximum(np.diagonal(credit)[:, None], 1e-300)
    shown = np.ma.masked_where(np.triu(np.ones((T, T), bool), 1), np.clip(share, floor, 1e9))
    figure, axes = new_figure(6.2, 4.0)
    with course_style():
        colours = matplotlib.colormaps[MAGNITUDE].with_extremes(over=COLOURS["window"])
        picture = axes.imshow(shown, cmap=colours, norm=LogNorm(floor, 1.001), origin="upper", aspect="auto")
        ticks = np.arange(0, T, 1 if T <= 10 else 2 if T <= 20 else 5)
        axes.set_xticks(ticks)
        axes.set_yticks(ticks)
        axes.set_xlabel("state at step s")
        axes.set_ylabel("loss at step t")
        axes.set_title(title or "How far back does each loss reach?")
        bar = figure.colorbar(picture, ax=axes, shrink=0.9, extend="max")
        places = {1e-6: "10⁻⁶", 1e-5: "10⁻⁵", 1e-4: "10⁻⁴", 1e-3: "0.001", 1e-2: "0.01", 1e-1: "0.1", 1.0: "1"}
        bar.set_ticks([v for v in places if floor <= v], labels=["≤ " * (v == floor) + places[v] for v in places if floor <= v])
        bar.minorticks_off()             # formulas and minor ticks are slow
        bar.set_label("|∂L(t)/∂h(s)|, relative to s = t")
    far = "less than a thousandth" if share[-1, 0] < 1e-3 else f"about {share[-1, 0]:.1g}" if share[-1, 0] <= 1 else "more than 1"
    return described(figure, f"""A triangular map of {T} by {T} steps, logarithmic, the loss's step downwards and the
        state's to the right: how strongly each loss pulls at the states before it. The diagonal is 1; of the last loss's
        pull {far} reaches the first state.
        {"Amber is where the pull has grown. " if np.any(np.tril(share) > 1.001) else ""}{title and title + "."}""")


def credit_map(hs, dhs, Wh):
    """Return |∂L_t/∂h_s| (T, T), the mean over N sequences: states hs (N, T, H), dhs (N, T, H) the pull of each L_t at h_t."""
    T = hs.shape[1]
    credit, dh = np.zeros((T, T)), np.zeros((T, *hs[:, 0].shape))            # row t: the gradient of L_t, (N, H)
    for s in reversed(range(T)):
        dh[s] = dhs[:, s]
        credit[s:, s] = np.linalg.norm(dh[s:], axis=-1).mean(axis=1)
        dh[s:] = (dh[s:] * (1 - hs[:, s] ** 2)) @ Wh.T
    return credit


def smallest_radius(activation, T=20, left=0.01):
    """Return the smallest spectral radius, in steps of 0.05, at which `left` of the last loss's pull reaches the first step."""
    for rho in np.arange(1, 200) / 20:
        last = credit_of_rnn(T, rho, activation)[-1]
        if last[0] >= left * last[-1]:
            return float(rho)
    return np.inf


def credit_of_rnn(T, rho, activation, H=24, seed=0):
    """Return credit (T, T) of a random RNN whose Wh has the spectral radius `rho`, for losses L_t that pull at h_t at random."""
    rng = np.random.default_rng(seed)
    f, slope = ACTIVATIONS[activation]
    Wh = rng.normal(size=(H, H))
    Wh *= rho / np.abs(np.linalg.eigvals(Wh)).max()
    pull, h, slopes = rng.normal(size=(60, H)), np.zeros(H), []
    for x in 0.3 * rng.normal(size=(60, H))[:T]:
        h = f(x + h @ Wh)
        slopes.append(slope(h))
    credit, dh = np.zeros((T, T)), np.zeros((T, H))           # row t: the gradient of L_t
    for s in reversed(range(T)):
        dh[s] = pull[s]
        credit[s:, s] = np.linalg.norm(dh[s:], axis=1)
        dh[s:] = (dh[s:] * slopes[s]) @ Wh.T
    return credit


def draw_credit_rnn(T=20, rho=1.0, activation="tanh"):
    """Return the credit map of a random RNN of 24 units, with its reach in the title."""
    credit = credit_of_rnn(T, rho, activation)
    share = credit[-1] / credit[-1, -1]
    near = share[::-1] >= 0.01
    reach = int(np.flatnonzero(near)[-1])
    words = f"at least {reach}" if reach == T - 1 else str(reach)
    figure = draw_credit(credit, title=f"1 % of the last loss's pull reaches back {words} step{'s' * (reach != 1)}")
    return described(figure, f"A random {activation} net of 24 units with the spectral radius {rho:g}. {figure.words}")


def draw_checker(patient="A", exponent=-5):
    """Return the gradient checker's panel for a patient of the bug hunt: each gradient, and dX step by step; ε = 10^exponent."""
    dhs, cache = bughunt.example()
    found = bughunt.run(patient, dhs, cache)
    true = _by_trying(dhs, cache, 10.0**exponent)
    figure, (left, right) = new_figure(7.4, 3.2, columns=2, sharey=True, width_ratios=[1, 1.6])
    panels = [{name: relative_error(found[name], true[name]) for name in found},
              dict(enumerate(bughunt.step_errors(found["dX"], true["dX"])))]
    with course_style():
        for axes, panel in zip((left, right), panels, strict=True):
            names, errors = list(map(str, panel)), np.clip(list(panel.values()), 1e-12, 10)
            colours = [COLOURS["backward"] if e > 1e-5 else COLOURS["quiet"] for e in errors]
            axes.bar(names, np.log10(errors) + 12, bottom=-12, color=colours, width=0.7)
            axes.axhline(-5, color="#222222", linewidth=1, linestyle=":")
            axes.set_ylim(-12, 1)
            axes.set_yticks([-12, -9, -6, -3, 0], ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"])
        left.set_ylabel("relative error")
        left.set_title("Each gradient")
        right.set_xlabel("time step t of dX")
        who = "The healthy loop" if patient == "healthy" else f"Patient {patient}"
        right.set_title(f"{who}, dX step by step")
    marked = [listed([name for name, error in panel.items() if error > 1e-5]) for panel in panels]
    return described(figure, f"""{who}, with the step ε = 10^{exponent}: two bar charts of relative errors on a logarithmic
        scale, orange above a dotted line at 10⁻⁵. Left, of the gradients {", ".join(found)}, above it: {marked[0]}. Right,
        dX at the time steps 0 to 7, above it: {marked[1]}.""")


def _by_trying(dhs, cache, eps):
    """Return dX, dWx, dWh and db of the loss Σ dhs · hs by central differences."""
    X, h0, hs, Wx, Wh = (a.copy() for a in cache)
    b = np.arctanh(hs[:, 0])[0] - (X[:, 0] @ Wx + h0 @ Wh)[0]      # the bias that the states were made with
    p = {"dX": X, "dWx": Wx, "dWh": Wh, "db": b}

    def loss():
        A, h, total = X @ Wx + b, h0, 0.0
        for t in range(X.shape[1]):
            h = np.tanh(A[:, t] + h @ Wh)
            total += float(np.vdot(h, dhs[:, t]))
        return total

    return {name: numerical_gradient(loss, x, eps=eps) for name, x in p.items()}


def plot_addition(losses, steps, right):
    """Return the figure of the adder's training: losses (seeds, steps), and at `steps` the share of right sums (seeds, …)."""
    figure, (left, axes) = new_figure(7.4, 3.0, columns=2)
    with course_style():
        left.semilogy(np.transpose(losses), color=COLOURS["rnn"], linewidth=0.7, alpha=0.6)
        left.set_ylim(1e-4, 1)
        left.set_xlabel("training step")
        left.set_ylabel("loss (nats per digit)")
        left.set_title("The loss of each batch")
        axes.plot(steps, 100 * np.transpose(right), "o-", color=COLOURS["rnn"], linewidth=1, markersize=3, alpha=0.6)
        axes.set_ylim(0, 104)
        axes.set_xlabel("training step")
        axes.set_ylabel("sums without a mistake (%)")
        axes.set_title("Right sums among 300 new ones")
    ways = [trend(np.median(runs, axis=0)[[0, -1]]) for runs in (losses, right)]
    return described(figure, f"""Left: the loss of each batch against the step, logarithmic, {len(losses)} runs; it
        {ways[0]}. Right: the share of 300 new sums without a mistake in the same runs; it {ways[1]}.""")


def plot_descent(losses):
    """Return the figure of gradient descent on one batch at several rates; losses {rate: (seeds, steps)}, median and range."""
    figure, axes = new_figure(6.6, 3.2)
    with course_style():
        colours = ("#7FB7D9", COLOURS["rnn"], COLOURS["backward"], "#009E73", "#CC79A7")
        lowest, highest, ends = [], [], {}
        for k, (rate, found) in enumerate(losses.items()):
            width = min(40, np.shape(found)[1] // 2 or 1)              # too large a rate makes chaos; a mean is calmer
            calm = np.array([np.convolve(run, np.ones(width) / width, "valid") for run in np.asarray(found)])
            steps, colour = np.arange(calm.shape[1]) + width // 2, colours[k % len(colours)]
            axes.fill_between(steps, calm.min(axis=0), calm.max(axis=0), color=colour, alpha=0.1, linewidth=0)
            axes.semilogy(steps, np.median(calm, axis=0), color=colour, linewidth=1.2)
            lowest.append(np.nan_to_num(calm.min(), nan=1.0))
            highest.append(np.nan_to_num(calm.max(), nan=1.0))
            ends[f"rate {rate:g}"] = np.median(calm[:, -20:])
            axes.annotate(f"rate {rate:g}", (1.01, ends[f"rate {rate:g}"]), xycoords=("axes fraction", "data"), va="center",
                          color=_ink(colour), fontsize=9)
        low, high = min([1e-1, *lowest]), max([1.0, *highest])
        axes.set_ylim(10.0 ** np.floor(np.log10(max(low, 1e-12))), 10.0 ** np.ceil(np.log10(min(high, 1e12))))
        axes.set_xlim(0, steps[-1] + width // 2)
        axes.set_xlabel("training step")
        axes.set_ylabel("loss, mean of 40 steps (nats)")
        axes.set_title("One batch of eight sums, learnt by heart at different rates")
    return described(figure, f"""The loss of one batch against the step, logarithmic, at {len(losses)} learning rates, the
        median and the range of the runs. At the end, from the top: {from_the_top(ends)}.""")


VIEWS = ("one pair at a time", "smoothed over 100", "a fixed set", "spikes sorted", "by longest carry")


def draw_loss_reader(run, view=VIEWS[0]):
    """Return one training run in one of five views: a dict of pair, carries, fixed, hard and setback (bool), each (steps,)."""
    figure, axes = new_figure(7.2, 3.2)
    losses, carries, fixed = (np.asarray(run[name]) for name in ("pair", "carries", "fixed"))
    top, window = 0.9, min(100, len(losses))
    calm = np.convolve(losses, np.ones(window) / window, "valid")
    with course_style():
        if view == VIEWS[0]:
            axes.plot(losses, color=COLOURS["rnn"], linewidth=0.5)
            title, top = "The loss of the pair just seen", 1.05 * losses.max()
        elif view == VIEWS[1]:
            axes.plot(np.arange(window, len(losses) + 1), calm, color=COLOURS["rnn"])
            title = f"The mean of the last {window} pairs: the trend, a little late"
        elif view == VIEWS[2]:
            axes.plot(fixed, color=COLOURS["truth"], linewidth=0.9)
            title, top = "The same 50 pairs at every step: only the net changes", max(0.9, 1.05 * fixed.max())
        elif view == VIEWS[3]:
            top = 1.25 * losses.max()
            axes.plot(losses, color="#C9DCEA", linewidth=0.5)
            axes.plot(fixed, color=COLOURS["truth"], linewidth=0.9)
            for kind, mark, colour, x, words in [
                ("hard", "^", COLOURS["rnn"], 0.02, "▲ a hard pair: the fixed set is where it was"),
                ("setback", "o", COLOURS["backward"], 0.56, "● a setback: the fixed set has risen, too"),
            ]:
                at = np.flatnonzero(run[kind])
                axes.plot(at, losses[at], mark, color=colour, markersize=5)
                axes.text(x, 0.98, words, transform=axes.transAxes, color=colour, va="top", fontsize=9)
            title = "Pale: the pair just seen. Black: the fixed set. The spikes are sorted"
        else:
            block = 200
            parts = [slice(start, min(start + block, len(losses))) for start in range(0, len(losses), block)]
            middle = [(part.start + part.stop) / 2 for part in parts]
            kinds = [(0, 1, "no or short carry", "#56B4E9", 0.86), (4, 9, "carry over 4 digits or more", "#D55E00", 0.94)]
            for low, high, name, colour, y in kinds:
                chosen = (carries >= low) & (carries <= high)
                blocks = [losses[part][chosen[part]] for part in parts]
                axes.plot(middle, [b.mean() if len(b) else np.nan for b in blocks], "o-", color=colour, markersize=3)
                axes.text(0.99, y, name, transform=axes.transAxes, color=colour, ha="right", va="top")
            title = "The mean loss of pairs with long and with short carries"
        axes.set_ylim(0, top)
        axes.set_xlim(0, len(losses))
        axes.set_xlabel("training step (one pair each)")
        axes.set_ylabel("loss (nats per digit)")
        axes.set_title(title)
    return described(figure, f"""The loss of one training run against the step, seen in this way: {view}. {title}. On the
        whole the loss {trend(calm[[0, -1]])}.""")


KINDS = {"normal": "N(0, 1)", "xavier": "Xavier", "he": "He"}  # initialisations whose names are written in another way


def plot_inits(curves, labels):
    """Return small multiples, activations by initialisations: median and range of the loss curves, and words for each.

    curves : dict (activation, kind) -> (steps, seeds). labels : the same keys -> words.
    """
    activations, kinds = (list(dict.fromkeys(key[i] for key in curves)) for i in (0, 1))
    figure, axes = new_figure(7.8, 5.4, rows=len(activations), columns=len(kinds), sharex=True, sharey=True, squeeze=False)
    with course_style():
        for (activation, kind), losses in curves.items():
            ax = axes[activations.index(activation), kinds.index(kind)]
            calm = np.array([np.median(losses[i : i + 20], axis=0) for i in range(0, len(losses), 20)])
            steps, calm = np.r_[0, 20 * np.arange(len(calm)) + 10], np.concatenate([losses[:1], calm])
            ax.fill_between(steps, calm.min(axis=1), calm.max(axis=1), color=COLOURS["rnn"], alpha=0.2, linewidth=0)
            ax.semilogy(steps, np.median(calm, axis=1), color=COLOURS["rnn"], linewidth=1.4)
            ax.text(0.97, 0.95, labels[activation, kind], transform=ax.transAxes, ha="right", va="top", fontsize=9)
            ax.set_ylim(3e-4, 3e3)
            if ax in axes[0]:
                ax.set_title(KINDS.get(kind, kind))
            if ax in axes[:, 0]:
                ax.set_ylabel(f"{activation}: loss (nats)")
            if ax in axes[-1]:
                ax.set_xlabel("training step")
    high = [f"{act} with {KINDS.get(kind, kind)}" for (act, kind), losses in curves.items() if np.median(losses[0]) > 5]
    return described(figure, f"""{len(curves)} panels of the loss against the step, logarithmic, median and range of the
        runs: {listed(activations)} downwards, the initialisations {listed([KINDS.get(kind, kind) for kind in kinds])} to
        the right. The loss starts above 5 for {listed(high)}.""")


def plot_windows(windows, right, untrained, lag):
    """Return the figure of the share of right echoes against the window of truncated BPTT: median and range.

    right : dict, learning rate -> (windows, seeds). untrained : (seeds,), random nets of which only the read-out is fitted.
    """
    figure, axes = new_figure(6.8, 3.4)
    with course_style():
        place = np.arange(len(windows))
        colours = ("#8FBFDD", COLOURS["rnn"], "#0B3C5D", "#009E73", "#CC79A7")
        for k, (rate, found) in enumerate(right.items()):
            colour = colours[k % len(colours)]
            _marks(axes, place + 0.2 * (k - (len(right) - 1) / 2), 100 * np.asarray(found), colour)
            axes.text(0.99, 0.55 - 0.08 * k, f"rate {rate:g}", transform=axes.transAxes, ha="right", fontsize=9,
                      color=_ink(colour))
        _marks(axes, np.array([-1.2]), 100 * np.asarray(untrained)[None], COLOURS["window"])
        axes.axvline(-0.6, color="#CCCCCC", linewidth=1)
        axes.axhline(50, color=COLOURS["quiet"], linestyle=":", linewidth=1.2)
        axes.text(len(windows) - 0.5, 47.5, "guessing", color=GREY, ha="right", va="top", fontsize=9)
        axes.set_xticks([-1.2, *place], ["only the\nread-out", *map(str, windows)])
        axes.set_xlim(-1.8, len(windows) - 0.4)
        axes.set_ylim(40, 104)
        axes.set_xlabel(f"window (states in a piece; a bit and its echo are {lag + 1} states)")
        axes.set_ylabel("right echoes (%)")
        axes.set_title("How many echoes are right: the median and the range of the runs")
    return described(figure, f"""The share of right echoes for windows of {listed(windows)} states, the median and the range
        of the runs at the rates {listed([f"{rate:g}" for rate in right])}; left of them random nets of which only the
        read-out is fitted, and a dotted line for guessing. An echo is {lag + 1} states with its bit. From the smallest
        window to the largest the share
        {trends({f"rate {rate:g}": np.median(found, axis=1)[[0, -1]] for rate, found in right.items()}, times=1.05)}.""")


def _marks(axes, place, found, colour):
    axes.vlines(place, found.min(axis=1), found.max(axis=1), color=colour, linewidth=2, alpha=0.5)
    axes.plot(place, np.median(found, axis=1), "o", color=colour, markersize=6)


def _ink(colour):
    """Return the colour in which a line's name can be read: that of the line, or a darker one of a pale line."""
    return {"#7FB7D9": "#3F86B5", "#8FBFDD": "#3F86B5"}.get(colour, colour)
