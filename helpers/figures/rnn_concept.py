"""The figures of notebook 01."""

import numpy as np

from helpers.figures.diagrams import arrow, box, label, new_diagram
from helpers.figures.style import COLOURS, course_style, new_figure
from helpers.figures.words import described, from_the_top, listed, trend, trends

RESET = -2.5  # the second input that the latch gets


def draw_unrolled(steps=4):
    """Return the diagram of one recurrent unit, folded up with its loop and unrolled over time."""
    figure, axes = new_diagram(7.4, 2.9, 10.4, 4.1)
    label(axes, 1.1, 3.85, "with its loop", colour="#555555")
    label(axes, 7.0, 3.85, "the same unit, step by step", colour="#555555")
    for x, names in [
        (1.1, ("$x_t$", "$h_t$", "$y_t$")),
        *((4.2 + 1.9 * t, (f"$x_{t + 1}$", f"$h_{t + 1}$", f"$y_{t + 1}$")) for t in range(steps)),
    ]:
        for y, kind, name in zip((0.5, 1.8, 3.1), ("input", "state", "output"), names, strict=True):
            box(axes, x, y, name, kind=kind)
        arrow(axes, (x, 0.95), (x, 1.37))
        arrow(axes, (x, 2.25), (x, 2.67))
        label(axes, x + 0.12, 1.14, "$W_x$", size=9, ha="left", colour="#555555")
        label(axes, x + 0.12, 2.44, "$W_y$", size=9, ha="left", colour="#555555")
    arrow(axes, (1.53, 1.98), (1.53, 1.62), colour=COLOURS["state"], bend=-2.6)
    label(axes, 2.1, 1.45, "$W_h$", size=9, colour=COLOURS["state"])
    for t in range(steps):
        x = 4.2 + 1.9 * t
        arrow(axes, (x - 1.47, 1.8), (x - 0.43, 1.8), colour=COLOURS["state"])
        label(axes, x - 0.95, 2.02, "$W_h$", size=9, colour=COLOURS["state"])
    label(axes, 4.2 - 1.52, 1.8, "$h_0$", size=11, ha="right")
    return described(figure, f"""Left: one unit h_t with an arrow from the input x_t, one to the output y_t, and a loop
        labelled W_h back to itself. Right: the same unit drawn {steps} times side by side, each state feeding the next one.
        W_y leads from each state up to its output.""")


def plot_parameter_growth(contexts, window, rnn):
    """Return the figure of the number of weights against the number of inputs a model can look back on."""
    figure, axes = new_figure(6.4, 3.1)
    with course_style():
        axes.loglog(contexts, window, color=COLOURS["window"])
        axes.loglog(contexts, rnn, color=COLOURS["rnn"])
        axes.text(contexts[-1], window[-1] * 0.45, "window", color="#9A6A00", ha="right", va="top")
        axes.text(contexts[-1], rnn[-1] * 0.72, "RNN", color=COLOURS["rnn"], ha="right", va="top")
        axes.set_xlabel("inputs the model can look back on")
        axes.set_ylabel("weights and biases")
        axes.set_title("A window pays for every step it looks back; the RNN does not")
    return described(figure, f"""The number of weights against the number of inputs a model can look back on, from
        {contexts[0]:,} to {contexts[-1]:,}, both axes logarithmic: it {trends({"the window": window, "the RNN": rnn})}.""")


def plot_bits(contexts, table_bits, table_sizes, rnn_all, rnn_size):
    """Return the figure of how well the next letter is predicted, and of how much is stored for it, against the context."""
    figure, (left, right) = new_figure(7.4, 3.2, columns=2)
    with course_style():
        left.plot(contexts, table_bits, "o-", color=COLOURS["window"], markersize=4)
        left.axhline(rnn_all, color=COLOURS["rnn"], linestyle="--", linewidth=1.2)
        left.set_ylim(1.0, None)
        left.text(contexts[2], table_bits[2] + 0.15, "counting table", color="#9A6A00")
        left.text(contexts[0], rnn_all - 0.12, "RNN, after all letters", color=COLOURS["rnn"], va="top")
        left.set_xlabel("letters of context")
        left.set_ylabel("bits per letter (less is better)")
        left.set_title("How well the next letter is guessed …")
        right.semilogy(contexts, table_sizes, "o-", color=COLOURS["window"], markersize=4)
        right.semilogy(contexts, [rnn_size] * len(contexts), color=COLOURS["rnn"])
        right.annotate("counting table", (contexts[-3], table_sizes[-3]), (-8, 2), textcoords="offset points",
                       color="#9A6A00", ha="right")
        right.text(contexts[0], rnn_size * 1.35, "RNN", color=COLOURS["rnn"])
        right.set_xlabel("letters of context")
        right.set_ylabel("numbers that are stored")
        right.set_title("… and what is kept for it")
    return described(figure, f"""Two panels over letters of context from {contexts[0]} to {contexts[-1]}. Left: bits per
        letter; the counting table's curve {trend(table_bits)}, a dashed line marks the RNN. Right: the numbers that are
        stored, logarithmic: the table's curve {trend(table_sizes)}, the RNN's line is level.""")


def plot_wrong_starts(curves):
    """Return the figure of the bits per letter against the letters read since the start; curves : name of the start -> (T,)."""
    figure, axes = new_figure(6.6, 3.0)
    looks = [{"color": COLOURS["rnn"], "linestyle": "--"}, {"color": COLOURS["rnn"], "marker": "o"},
             {"color": COLOURS["backward"], "marker": "s"}]
    with course_style():
        for (name, values), look in zip(curves.items(), looks, strict=False):
            axes.plot(values, label=f"from {name}", markersize=4, linewidth=1.4, **look)
        axes.set_ylim(0, None)
        axes.set_xlabel("letters read since the start")
        axes.set_ylabel("bits per letter")
        axes.set_title("How long is a wrong start felt?")
        axes.legend(loc="upper right")
    apart = [np.ptp([values[k] for values in curves.values()]) for k in (0, -1)]
    return described(figure, f"""Bits per letter against the letters read since the start, a curve for each start. At the
        first letter, from the top: {from_the_top({name: values[0] for name, values in curves.items()})}. At the end the
        curves are {"close together" if apart[1] < 0.2 * apart[0] else "still apart"}.""")


def plot_surprise(text, bits, columns=58):
    """Return a text, letter by letter, each on a ground as dark as the net was surprised by it.

    text : str. bits : (len(text),), -log2 of the probability that the net had given to the letter.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    rows = -(-len(text) // columns)
    figure, axes = new_figure(7.6, 0.33 * rows + 0.62)
    shade = colormaps["Blues"]
    with course_style():
        for i, (letter, b) in enumerate(zip(text, bits, strict=True)):
            x, y, strength = i % columns, -(i // columns), min(b / 8, 1)
            axes.add_patch(Rectangle((x - 0.5, y - 0.43), 1, 0.86, facecolor=shade(0.75 * strength), edgecolor="none"))
            axes.text(x, y, letter, ha="center", va="center", fontsize=9.5, family="DejaVu Sans Mono",
                      color="white" if strength > 0.88 else "#222222")
        axes.set_xlim(-1, columns)
        axes.set_ylim(-rows + 0.4, 0.6)
        axes.axis("off")
        axes.set_title("Darker: more surprised by this letter (white 0 bits, darkest 8 or more)", fontsize=10)
    first = np.array([i == 0 or text[i - 1] == " " for i in range(len(text))])
    bits = np.asarray(bits)
    darker = not first.all() and bits[first].mean() > 1.25 * bits[~first].mean()
    return described(figure, f"""{len(text)} letters of a text in {rows} rows, each on a ground that is the darker, the more
        the net was surprised. It begins “{text[:40]}”.
        {"The first letters of words are darker on the whole than the others." if darker else ""}""")


def draw_latch(w=2.0, b=0.0, pulse=0.5):
    """Return the figure of one unit h <- tanh(w h + b + input): its map with the paths after both inputs, its state over time.

    The state starts at 0; at t = 5 it gets the input `pulse`, at t = 20 the input -2.5.
    """
    steps = 36
    inputs = np.zeros(steps)
    inputs[5], inputs[20] = pulse, RESET
    h = [0.0]
    for x in inputs:
        h.append(float(np.tanh(w * h[-1] + b + x)))
    figure, (left, right) = new_figure(7.4, 3.3, columns=2, width_ratios=[1, 1.35])
    with course_style():
        grid = np.linspace(-1.1, 1.1, 301)
        left.plot(grid, grid, color=COLOURS["quiet"], linewidth=1)
        left.plot(grid, np.tanh(w * grid + b), color=COLOURS["rnn"])
        for k, end, colour, style in [(6, 20, "backward", "-"), (21, steps, "truth", "--")]:
            path = np.repeat(h[k : end + 1], 2)  # after a pulse: up to the curve, across to the diagonal, …
            left.plot(path[:-1], path[1:], color=COLOURS[colour], linewidth=1.1, linestyle=style)
            left.plot(h[k], h[k], "o", color=COLOURS[colour], markersize=5, zorder=5)
            left.plot(h[end], h[end], "s", color=COLOURS[colour], markersize=5, zorder=5)
        left.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="h now", ylabel="h one step later", aspect="equal",
                 xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        left.set_title("From each pulse (●) to rest (■)")
        right.axhline(0, color="#DDDDDD", linewidth=1, zorder=0)
        right.plot(range(steps), h[1:], "o-", color=COLOURS["rnn"], markersize=3, linewidth=1.2)
        for t, x in [(5, pulse), (20, RESET)]:
            right.axvline(t, color=COLOURS["input"], linewidth=1.2, linestyle=":")
            right.text(t + 0.4, -1.22, f"input {x:+.2g}".replace("-", "−"), color="#00785A", fontsize=9, va="center")
        right.set(ylim=(-1.4, 1.15), xlim=(-0.5, steps), xlabel="time step", ylabel="state h", yticks=[-1, 0, 1])
        kept = abs(h[20] - h[5]) > 0.3
        right.set_title("The pulse is remembered" if kept else "The pulse is forgotten")
    return described(figure, f"""w = {w:g}, b = {b:g}. Left: the curve tanh(w h + b) and the diagonal, and the paths of the
        state in steps from each pulse to rest. Right: the state over {steps} steps. The pulse {pulse:+g} at step 5 moves it
        from {h[5]:z.2f} to {h[6]:z.2f}; by step 20 it is at {h[20]:z.2f}: the pulse is
        {"remembered" if kept else "forgotten"}. The second pulse, {RESET:+g}, moves it to {h[21]:z.2f}; at the end it is at
        {h[-1]:z.2f}.""")


def draw_adder(params, a=27, b=107, step=8):
    """Return the diagram of the 3-unit adder on a + b, lowest bit first, after `step` of its eight steps."""
    from helpers.layers import RNN

    bits = 8
    digits = np.arange(bits)
    X = np.stack([(a >> digits) & 1, (b >> digits) & 1], axis=1).astype(float)
    net = RNN(2, 3, rng=np.random.default_rng(0), dtype=np.float64)
    net.params = {name: np.asarray(params[name], float) for name in ("Wx", "Wh", "b")}
    H = net.forward(X[None], -np.ones((1, 3)))[0][0]  # (T, 3)
    Y = (H @ params["Wy"] + params["by"])[:, 0]
    figure, axes = new_diagram(7.6, 4.1, 11.2, 6.05)
    names = [(5.3, f"number {a}"), (4.5, f"number {b}"), (3.5, "unit 1: count ≥ 1"), (2.7, "unit 2: count ≥ 2"),
             (1.9, "unit 3: count ≥ 3"), (0.9, "digit of the sum")]
    for y, name in names:
        label(axes, 2.55, y, name, ha="right", size=9.5)
    for t in digits:
        x, done = 3.2 + 0.95 * t, t < step
        for row in (0, 1):
            box(axes, x, 5.3 - 0.8 * row, f"{X[t, row]:.0f}", kind="input", lit=done, width=0.62, height=0.62)
        for k in range(3):
            on = done and H[t, k] > 0
            box(axes, x, 3.5 - 0.8 * k, ("+1" if on else "−1") if done else "", kind="state" if on else "quiet", lit=done,
                width=0.7, round_=True, size=9)
        box(axes, x, 0.9, f"{Y[t]:.0f}" if done else "", kind="output", lit=done, width=0.62, height=0.62)
        if done and t + 1 < bits and H[t, 1] > 0:
            arrow(axes, (x + 0.36, 2.7), (x + 0.59, 2.7), colour=COLOURS["backward"], width=2)
    label(axes, 3.2 + 0.95 * 3.5, 5.85, "time → (lowest bit first); orange arrow: a carry", size=9.5, colour="#555555")
    so_far = int(sum(int(y > 0.5) << t for t, y in enumerate(Y[:step])))
    words = f"{a} + {b} = {so_far}" if step == bits else f"after {step} of {bits} steps the digits read {so_far}"
    label(axes, 3.2 + 0.95 * 3.5, 0.02, words, size=10.5, va="bottom", weight="bold")
    carries = sum(H[t, 1] > 0 for t in range(min(step, bits - 1)))
    return described(figure, f"""Eight columns of bits of the numbers {a} and {b}, lowest first: two rows of input bits,
        three rows of units that are on or off, and the digits of the sum. Orange arrows mark the carries, {carries} so far.
        Below: {words}.""")


def draw_shapes():
    """Return the diagrams of one-to-many, many-to-one, many-to-many and sequence to sequence."""
    figure, axes = new_diagram(7.6, 2.3, 17.5, 5.0)
    kinds = [("one to many", "picture → caption", [0], [0, 1, 2], 3),
             ("many to one", "review → stars", [0, 1, 2], [2], 3),
             ("many to many", "word → its class", [0, 1, 2], [0, 1, 2], 3),
             ("sequence to sequence", "English → French", [0, 1], [2, 3, 4], 5)]
    left = 0.7
    for title, example, inputs, outputs, steps in kinds:
        middle = left + (steps - 1) / 2
        label(axes, middle, 4.55, title, weight="bold", size=10)
        label(axes, middle, 0.1, example, size=9.5, colour="#555555")
        for t in range(steps):
            x = left + t
            box(axes, x, 2.3, kind="state", width=0.62, height=0.62)
            if t:
                arrow(axes, (x - 0.68, 2.3), (x - 0.33, 2.3), colour=COLOURS["state"])
            if t in inputs:
                box(axes, x, 1.0, kind="input", width=0.62, height=0.62)
                arrow(axes, (x, 1.33), (x, 1.97))
            if t in outputs:
                box(axes, x, 3.6, kind="output", width=0.62, height=0.62)
                arrow(axes, (x, 2.63), (x, 3.27))
        left += steps + 1.0
    return described(figure, """Four diagrams. One to many: one input, three outputs. Many to one: three inputs, one output
        at the end. Many to many: an output for every input. Sequence to sequence: first two inputs, then three outputs.""")


def plot_forecasts(t, signal, forecasts, errors):
    """Return small multiples of forecasts 1, 4, 16 and 64 steps ahead.

    t, signal : (T,). forecasts : dict steps ahead -> dict name -> (times, values).
    errors : dict (steps ahead, name) -> mean squared error.
    """
    figure, axes = new_figure(7.6, 4.3, rows=2, columns=2, sharex=True, sharey=True)
    with course_style():
        for ax, (ahead, lines) in zip(axes.flat, forecasts.items(), strict=True):
            ax.plot(t, signal, color="#C9C9C9", linewidth=0.8)
            for name, (times, values) in lines.items():
                ax.plot(times, values, color=COLOURS["window" if "window" in name else "rnn"], linewidth=1.5)
            ax.set_title(f"{ahead} step{'s' * (ahead > 1)} ahead")
            ax.text(0.03, 0.05, f"error: window {errors[ahead, 'window']:.2f}, RNN {errors[ahead, 'RNN']:.2f}",
                    transform=ax.transAxes, fontsize=9, color="#333333")
            ax.set_ylim(-2.4, 1.8)
        for ax in axes[-1]:
            ax.set_xlabel("time step")
        axes[0, 0].plot([], [], color=COLOURS["window"], label="window of 4")
        axes[0, 0].plot([], [], color=COLOURS["rnn"], label="RNN")
        axes[0, 0].plot([], [], color="#C9C9C9", label="the noisy wave")
        figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    better = [ahead for ahead in forecasts if errors[ahead, "RNN"] < errors[ahead, "window"] / 2]
    return described(figure, f"""{len(forecasts)} panels with the noisy wave in grey and the forecasts of the window and of
        the RNN, {listed(forecasts)} steps ahead. The RNN's error is less than half of the window's {listed(better, "0")}
        steps ahead.""")


def draw_tree():
    """Return the diagram of the same cell applied along a chain and over a tree."""
    figure, axes = new_diagram(7.6, 2.9, 12.6, 4.7)
    words = ["not", "very", "good", "film"]
    label(axes, 2.9, 4.45, "recurrent: a chain in time", weight="bold")
    label(axes, 9.6, 4.45, "recursive: a tree", weight="bold")
    for i, word in enumerate(words):
        x = 0.9 + 1.35 * i
        box(axes, x, 0.5, word, kind="input", width=1.15, height=0.7)
        box(axes, x, 2.1, "f", kind="state", width=0.72, height=0.72)
        arrow(axes, (x, 0.88), (x, 1.7))
        if i:
            arrow(axes, (x - 0.96, 2.1), (x - 0.4, 2.1), colour=COLOURS["state"])
    places = {word: (7.6 + 1.35 * i, 0.5) for i, word in enumerate(words)}
    for word, (x, y) in places.items():
        box(axes, x, y, word, kind="input", width=1.15, height=0.7)
    inner = [((9.62, 1.75), places["very"], places["good"]), ((8.6, 2.75), places["not"], (9.62, 1.75)),
             ((10.1, 3.75), (8.6, 2.75), places["film"])]
    for (x, y), *children in inner:
        box(axes, x, y, "f", kind="state", width=0.72, height=0.62)
        for cx, cy in children:
            rise = 0.37 if cy < 1 else 0.33
            arrow(axes, (cx, cy + rise), (x + (0.2 if cx > x else -0.2), y - 0.34), colour=COLOURS["state"])
    return described(figure, """Left: four words, each feeding its own copy of a cell f, with arrows from each copy to the
        next. Right: the same words as leaves of a tree; very and good are joined first, then not, then film.""")
