"""The training loop, once, so that notebooks show what they train and not how one counts steps."""

from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from helpers.layers.checks import NotFiniteError, check_number, check_size
from helpers.training.bars import tqdm
from helpers.training.optimisers import Adam, clip_by_global_norm


class TrainingStopped(KeyboardInterrupt):
    """The stop button ended a training: the cell ends, in one line. `history` is what had been seen by then."""

    def __init__(self, words, history):
        super().__init__(words)
        self.history = history

    def _render_traceback_(self):
        """Return what IPython shows in the place of a traceback."""
        return [f"■ {self}"]


@dataclass
class History:
    """What fit has seen: one entry a step.

    losses, norms   the loss, and the gradient's norm before clipping
    seconds         how long the training took, without the callback
    stopped         "finished" or "diverged"; "interrupted" in the history of a TrainingStopped
    reason          one sentence, empty when finished
    """

    losses: list = field(default_factory=list)
    norms: list = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = "finished"
    reason: str = ""

    @property
    def steps(self):
        """Return the number of steps that changed the parameters."""
        return len(self.losses)

    def smooth(self, window=50):
        """Return the losses averaged over the last `window` steps (fewer at the start), as an array."""
        window = check_size("window", window)
        total = np.cumsum([0.0, *self.losses])
        k = np.arange(1, len(total))
        start = np.maximum(k - window, 0)
        return (total[k] - total[start]) / (k - start)


def fit(
    loss_and_grads, params, batches, *,
    optimiser, steps, clip=None, schedule=None, on_step=None, every=50, progress=True,
):
    """Return the History of `steps` steps of training; params are changed in place.

    loss_and_grads   function of one batch: loss_and_grads(*batch) -> loss, grads (a dict with the keys of params)
    params           dict of arrays, those that loss_and_grads uses
    batches          iterable of tuples; training also ends when it ends
    optimiser        Adam(lr=…) or SGD(lr=…)
    clip             largest norm of all gradients together, None for no clipping
    schedule         function of the share of steps done (0 … 1) -> factor for the optimiser's lr, e.g. linear_decay
    on_step          function on_step(step, history), called every `every` steps and at the end, for live curves
    progress         False hides the progress bar

    The gradients that come in are never changed: whoever reads a layer's grads afterwards finds them as its backward left
    them, before clipping. The clipped ones are written into arrays that the next step uses again. So after the first step
    this loop makes no arrays; an optimiser of your own that keeps gradients from step to step has to copy them.

    An interruption (the notebook's stop button) raises TrainingStopped, so that the cell ends and does not go on with the
    next net; the parameters keep what they have learned. A loss or a gradient that is NaN or infinite ends the training
    before it can spoil the parameters: history.stopped says so.

    Raises ValueError: steps below 1, a batch that is no tuple, a loss that is no number, grads that do not fit
    params.
    """
    check_size("steps", steps), check_size("every", every)
    if clip is not None:
        check_number("clip", clip, above=0)
    history, lr, room = History(), optimiser.lr, {}
    bar = _progress_bar(steps, progress)
    try:
        for k, batch in zip(range(steps), batches, strict=False):
            if not isinstance(batch, (tuple, list)):
                raise ValueError(f"a batch is a {type(batch).__name__}, expected a tuple for loss_and_grads(*batch)")
            start = perf_counter()
            optimiser.lr = lr * schedule(k / steps) if schedule else lr
            loss, norm = _step(loss_and_grads, params, batch, optimiser, clip, room)
            history.losses.append(loss)
            history.norms.append(norm)
            history.seconds += perf_counter() - start
            bar.update()
            if (k + 1) % every == 0:
                bar.set_postfix_str(f"loss {np.mean(history.losses[-every:]):.4g}", refresh=False)
                if on_step and k + 1 < steps:
                    on_step(k + 1, history)
    except KeyboardInterrupt:
        history.stopped = "interrupted"
        history.reason = (f"Stopped after {history.steps} of {steps} steps. This net keeps what it has learned so far. "
                          "Run the cell again to begin anew.")
        raise TrainingStopped(history.reason, history) from None
    except NotFiniteError as error:
        history.stopped = "diverged"
        history.reason = f"diverged in step {history.steps + 1}: {error}"
    finally:
        optimiser.lr = lr
        bar.close()
    if history.reason and progress:
        print(history.reason)
    if on_step and history.steps:
        on_step(history.steps, history)
    return history


def linear_decay(done):
    """Return the factor 1 - done: the learning rate falls evenly to 0."""
    return 1.0 - done


def warm_up(steps, share=0.05):
    """Return a schedule for `steps` steps: the rate rises evenly over the first share of them, while it falls evenly to 0.

        factor = min(1, (k + 1) / (share · steps)) · (1 - k / steps)    in step k = 0, 1, …

    Raises ValueError: steps below 1, a share that is not between 0 and 1.
    Source: Vaswani et al., Attention Is All You Need, 2017 (there the rate falls as 1/√k after the warm-up).
    """
    steps, share = check_size("steps", steps), check_number("share", share, low=0, high=1)
    rise = max(share * steps, 1)
    return lambda done: min(1.0, (done * steps + 1) / rise) * (1.0 - done)


def train_on(net, batches, steps, lr, *, clip=1.0, on_step=None, every=50, progress=False):
    """Train a Transformer (loss_and_grads and params) with Adam and a warm-up; return the History.

    The mean of the squares has the shorter memory beta2 = 0.99 (100 steps instead of 1000): the trainings are short.
    """
    return fit(net.loss_and_grads, net.params, batches, steps=steps, optimiser=Adam(lr, beta2=0.99), clip=clip,
               schedule=warm_up(steps), on_step=on_step, every=every, progress=progress)


def _step(loss_and_grads, params, batch, optimiser, clip, room):
    with np.errstate(over="ignore", invalid="ignore"):         # an overflow is found just below, and said in words
        found = loss_and_grads(*batch)
        if not isinstance(found, tuple) or len(found) != 2:
            raise ValueError(f"loss_and_grads returned a {type(found).__name__}, expected the pair loss, grads")
        loss, grads = found
        if np.ndim(loss) != 0:
            raise ValueError(f"the loss has shape {np.shape(loss)}, expected one number: average it over the batch")
        if not np.isfinite(loss):
            raise NotFiniteError(f"the loss is {loss}")
        max_norm = np.finfo(np.float64).max if clip is None else clip       # no clipping: only the check for NaN
        grads, norm = clip_by_global_norm(grads, max_norm, room=room)
    optimiser.step(params, grads)
    return float(loss), norm


class _NoBar:
    """A progress bar that shows nothing."""

    def update(self):
        pass

    def set_postfix_str(self, text, refresh=True):
        pass

    def close(self):
        pass


def _progress_bar(steps, show):
    if not show:
        return _NoBar()
    return tqdm(total=steps, unit="step")
