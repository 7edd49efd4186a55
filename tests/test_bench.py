"""The benchmark measures what it says: the ablation computes the LSTM's numbers with any technique on or off."""

import numpy as np
import pytest

from helpers.layers import LSTM
from helpers.models import Transformer
from helpers.training import SGD, Adam
from tests.ablation import NAMES, Techniques, lstm
from tests.bench import __main__ as bench
from tests.bench.loop import memory_a_step, same_each_time
from tests.bench.timing import busy
from tests.bench.transformer import their_blocks

SETTINGS = {"all on": Techniques(), "all off": Techniques(**dict.fromkeys(NAMES, False))}
SETTINGS |= {f"without {name}": Techniques(**{name: False}) for name in NAMES}
SETTINGS |= {f"{name} alone": Techniques(**{other: other == name for other in NAMES}) for name in NAMES}


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_of_the_ablation_is_the_same_lstm(setting):
    rng = np.random.default_rng(0)
    layer = LSTM(4, 5, rng=rng, dtype=np.float64)
    X, dH = rng.standard_normal((3, 6, 4)), rng.standard_normal((3, 6, 5))
    out, _ = layer.forward(X)
    dX, _ = layer.backward(dH)
    for a, b in zip(lstm(layer.params, X, dH, SETTINGS[setting]), [out, dX, *layer.grads.values()], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_each_table_of_the_benchmark_can_be_printed(capsys):
    small = [(3, 2, 4, 5)]
    bench.bench_cells(0, False, small)
    bench.bench_ablation(0, True, small)
    bench.bench_length(0, True, (3, 6))
    bench.bench_parts(0, True)
    bench.bench_zoo(0, True, small)
    bench.bench_model(0, True)
    bench.bench_loop(0, True, (4,))
    bench.bench_transformer(0, True, ((2, 3, 4, 2),))
    bench.bench_words(0, True, sentences=2000, verses=20)
    printed = capsys.readouterr().out
    assert printed.count("(3, 2, 4, 5) LSTM") == 2 and "without fused" in printed and "GRU before, T = 6" in printed
    assert "(2, 3, 4, 2) one block" in printed and "(2, 3, 4, 2) a training step" in printed
    assert "(3, 2, 4, 5) LRU" in printed and "Conv 5 x 5" in printed
    assert "RNN, H = 4" in printed and "LSTM, H = 4" in printed
    assert "planted, D = 32" in printed and "Bible, D = 64" in printed
    assert "nan" not in printed


def test_the_table_of_several_threads_has_each_library_in_a_process_of_its_own(capsys):
    bench.bench_threads(2, 0, rounds=1, configurations=[(3, 2, 4, 5)])
    printed = capsys.readouterr().out
    assert "2 threads" in printed and all(f"(3, 2, 4, 5) {cell}" in printed for cell in ("RNN", "LSTM", "GRU"))
    assert "nan" not in printed


def test_several_threads_on_a_busy_machine_are_warned_of(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    for load, threads, warned in [(0.3, 4, False), (2.4, 2, False), (2.6, 2, True), (9.0, 4, True), (9.0, 1, False)]:
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, 0, 0), raising=False)
        assert (f"The load is {load} on 4 cores: {threads} threads" in busy(threads)) == warned
    monkeypatch.delattr("os.getloadavg")
    assert busy(4) == ""


@pytest.mark.parametrize("clip", [None, 1.0])
@pytest.mark.parametrize("optimiser", [SGD(0.1), SGD(0.1, momentum=0.9), Adam()], ids=["sgd", "momentum", "adam"])
def test_the_loop_makes_no_arrays_after_its_first_step(optimiser, clip):
    params = {name: np.ones((250, 500), np.float32) for name in ("Wx", "Wh")}
    assert sum(p.nbytes for p in params.values()) == 1e6
    peak, blocks = memory_a_step(same_each_time(params), params, (), optimiser, clip=clip)
    assert peak < 20_000 and blocks < 10  # an array would be half a million bytes


def test_the_transformer_of_the_benchmark_is_the_same_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    rng = np.random.default_rng(1)
    net = Transformer(5, 12, 3, 2, "learnt", mlp=4, longest=6, rng=rng, dtype=np.float64)
    ids = rng.integers(0, 5, (2, 6))
    weights = {name: torch.tensor(p) for name, p in net.params.items()}
    x = torch.nn.functional.embedding(torch.tensor(ids), weights["embed.W"]) + weights["positions.W"]
    for fused in (False, True):
        y = their_blocks(net, x, weights, fused)
        y = torch.nn.functional.layer_norm(y, (12,), weights["norm.g"], weights["norm.b"]).numpy()
        np.testing.assert_allclose(y @ net.params["out.W"], net.forward(ids), atol=1e-12)
