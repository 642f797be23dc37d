#!/usr/bin/env python3
"""How long one clip of a network's gradients takes: this library beside Composer, timm and optax, in one run.

    python3 -m venv venv && venv/bin/pip install torch jax optax
    git clone https://github.com/mosaicml/composer
    git clone https://github.com/huggingface/pytorch-image-models
    venv/bin/python agc-tests/src/peers/clip_times.py composer pytorch-image-models

Everybody clips arrays of the same sizes and the same units, of FLOAT, each in its own layout, all units clipped that have
a gradient (of EMBEDDING 640, of all others every one); the gradient is made anew before each clip, outside of the measured
time. This library is measured by JMH (ClipBenchmark, whose ParameterSet has the same arrays), the others by a loop here. A
process has one of them and a fixed number of threads; processes take turns, and the turns' samples are put together.
`--seconds` is the time measured for each in each turn.

A layout is the one that the library's own layers have, but where none of its layers has such units: STRIDED are transposed
arrays in PyTorch, and tokens of an embedding are columns for optax.

There are three floors, measured in the same turns. BLAS: `dot` of the weights, `dot` and `scal` of the gradient, over the
flat arrays. Read: the second of these alone. Copy: `memcpy` of an array, by as many threads, which reads and writes 8 bytes
per element; clipping has to move 12 where all units are clipped (both read, the gradient written), and 8 where none is.

With `--results FILE` samples are added to those of the file, so that a table can be measured in several runs.
"""
import argparse
import importlib.util
import itertools
import json
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
THRESHOLD, EPSILON = 1e-9, 1e-3
JMH = ["FLOOR", "READ", "COPY", "AGC_ALL", "AGC_NONE"]
PEERS = ["composer", "timm", "optax"]
TOKENS, TOKENS_OF_A_MINIBATCH = 500_000, 640


def resnet50():
    shapes = []

    def convolution(inputs, outputs, kernel):
        shapes.extend([(outputs, inputs, kernel, kernel), (outputs,), (outputs,)])

    convolution(3, 64, 7)
    channels = 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        width = 64 << stage
        for block in range(blocks):
            convolution(channels, width, 1)
            convolution(width, width, 3)
            convolution(width, 4 * width, 1)
            if block == 0:
                convolution(channels, 4 * width, 1)
            channels = 4 * width
    return shapes + [(1000, channels), (1000,)]


# As agc-tests' ParameterSet: [unit, element], of convolutions [out, in, height, width], and vectors.
SETS = {
    "RESNET50": resnet50(),
    "LSTM4": [(4096, 1024), (4096, 1024), (4096,)] * 4,
    "TINY1000": [(8, 8), (8,)] * 1000,
    "EMBEDDING": [(TOKENS, 64)],
    "SHORT": [(TOKENS, 64)],
    "STRIDED": [(64, TOKENS)],
    "STRIDED_WIDE": [(4096, 512)],
}


def elements(name):
    return sum(math.prod(shape) for shape in SETS[name])


# ---- One process: a peer, which prints its samples.


def load(name, file):
    specification = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def version_of(checkout, file):
    return load("version", Path(checkout) / file).__version__


def with_torch(parameter_set, threads, clip):
    """Functions that make a new gradient and that clip it, the gradients and weights to check, and versions."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(1)

    def random(shape):
        return torch.randn(shape[::-1]).t() if parameter_set.startswith("STRIDED") else torch.randn(shape)

    shapes = SETS[parameter_set]
    parameters = [
        torch.nn.Parameter(random(shape) * 0.05 if len(shape) > 1 else torch.zeros(shape)) for shape in shapes
    ]
    fresh = [random(shape) for shape in shapes]
    if parameter_set == "EMBEDDING":
        fresh[0][TOKENS_OF_A_MINIBATCH:] = 0
    for each in parameters:
        each.grad = torch.empty_like(each)

    def renew():
        for each, gradient in zip(parameters, fresh):
            each.grad.copy_(gradient)

    def units():
        largest = max(parameters, key=lambda each: each.numel())
        return [each.double().flatten(1).norm(dim=1).numpy() for each in (largest.grad, largest.detach())]

    return renew, lambda: clip(torch, parameters), units, f"PyTorch {torch.__version__}"


def composer(parameter_set, threads, checkout):
    def stub(name, *names):  # what the module imports of Composer, none of which the function uses
        sys.modules[name] = types.ModuleType(name)
        for each in names:
            setattr(sys.modules[name], each, type(each, (), {}))

    stub("composer.core", "Algorithm", "Event", "State")
    stub("composer.loggers", "Logger")
    stub("composer.models", "ComposerModel")
    module = load(
        "composer_clipping", Path(checkout) / "composer/algorithms/gradient_clipping/gradient_clipping.py"
    )

    def clip(torch, parameters):
        module._apply_agc(parameters, THRESHOLD)

    renew, run, units, torch = with_torch(parameter_set, threads, clip)
    return renew, run, units, f"Composer {version_of(checkout, 'composer/_version.py')}, {torch}"


def timm(parameter_set, threads, checkout):
    module = load("timm_agc", Path(checkout) / "timm/utils/agc.py")

    def clip(torch, parameters):
        module.adaptive_clip_grad(parameters, THRESHOLD, EPSILON)

    renew, run, units, torch = with_torch(parameter_set, threads, clip)
    return renew, run, units, f"timm {version_of(checkout, 'timm/version.py')}, {torch}"


def optax(parameter_set, _threads, _checkout):
    """Compiled, and free to write into the gradient's memory; flax's layouts, [.., in, out]."""
    import jax
    import numpy as np
    import jax.numpy as jnp
    import optax

    def random(key, shape):
        return jax.random.normal(key, shape[:1] if len(shape) == 1 else shape[2:] + shape[1::-1])

    shapes = SETS[parameter_set]
    keys = jax.random.split(jax.random.PRNGKey(1), 2 * len(shapes))
    weights = [random(key, shape) * (0.05 if len(shape) > 1 else 0) for key, shape in zip(keys, shapes)]
    fresh = [random(key, shape) for key, shape in zip(keys[len(shapes) :], shapes)]
    if parameter_set == "EMBEDDING":
        fresh[0] = fresh[0].at[:, TOKENS_OF_A_MINIBATCH:].set(0)
    transformation = optax.adaptive_grad_clip(THRESHOLD, EPSILON)
    state = transformation.init(weights)
    update = jax.jit(lambda gradient, parameters: transformation.update(gradient, state, parameters)[0], donate_argnums=0)
    held = {}

    def renew():
        held["gradient"] = jax.block_until_ready([jnp.array(each, copy=True) for each in fresh])

    def clip():
        held["gradient"] = jax.block_until_ready(update(held["gradient"], weights))

    def units():
        largest = max(range(len(weights)), key=lambda i: weights[i].size)
        arrays = [np.asarray(each[largest], np.float64) for each in (held["gradient"], weights)]
        return [np.linalg.norm(each.reshape(-1, each.shape[-1]), axis=0) for each in arrays]

    return renew, clip, units, f"optax {optax.__version__}, jax {jax.__version__}, jitted"


def peer(name, parameter_set, threads, seconds, checkout):
    peers = {"composer": composer, "timm": timm, "optax": optax}
    renew, clip, units, versions = peers[name](parameter_set, threads, checkout)
    renew()
    clip()
    gradients, weights = units()
    off = abs(gradients[gradients > 0] / weights[gradients > 0] / THRESHOLD - 1).max()
    if not off < 1e-4:
        sys.exit(f"{name} does not clip as it should: a unit is off by {off}")
    times = []
    for duration, kept in ((min(3, seconds), False), (seconds, True)):  # warm-up, measurement
        end = time.perf_counter() + duration
        while time.perf_counter() < end:
            renew()
            start = time.perf_counter()
            clip()
            if kept:
                times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"versions": versions, "milliseconds": times}))


# ---- The process that starts the others.


def environment(threads):
    """OMP_NUM_THREADS bounds OpenBLAS, PyTorch and this library; XLA takes the processors that the process may use."""
    return {**os.environ, "OMP_NUM_THREADS": str(threads)}


def pinned(command, threads):
    return ["taskset", "-c", "0" if threads == 1 else f"0-{threads - 1}"] + command


def output(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def class_path(folder):
    """Compiles agc-tests; its last module's class path is the one that stays."""
    file = Path(folder) / "classpath.txt"
    output(
        ["mvn", "-q", "-pl", "agc-tests", "-am", "test-compile", "dependency:build-classpath"]
        + [f"-Dmdep.outputFile={file}", "-Dmdep.includeScope=test", "-Dspotless.check.skip"],
        cwd=ROOT,
    )
    return os.pathsep.join([str(ROOT / "agc-tests/target/test-classes"), file.read_text().strip()])


def versions_of_pom():
    pom = (ROOT / "pom.xml").read_text()
    ours, nd4j = (re.search(f"<{tag}>(.*)</{tag}>", pom).group(1) for tag in ("version", "dl4j.version"))
    return f"dl4j-agc {ours}, ND4J {nd4j}"


def jmh(parameter_set, candidate, threads, seconds, classes, folder):
    file = Path(folder) / "jmh.json"
    options = ["-p", f"parameters={parameter_set}", "-p", f"candidate={candidate}", "-wi", "2", "-w", "1s", "-i", "1"]
    output(
        pinned(["java", "-Xmx8g", "-cp", classes, "org.openjdk.jmh.Main", r"\.ClipBenchmark\.", *options], threads)
        + ["-r", f"{seconds}s", "-foe", "true", "-rf", "json", "-rff", str(file)],
        env=environment(threads),
    )
    (result,) = json.loads(file.read_text())
    histogram = result["primaryMetric"]["rawDataHistogram"]
    times = [us / 1e3 for fork in histogram for iteration in fork for us, count in iteration for _ in range(count)]
    return {"versions": f"Java {result['jdkVersion']}, {versions_of_pom()}", "milliseconds": times}


def measure(arguments, classes, folder, results):
    """Adds samples and versions to the results, by parameters, number of threads and candidate."""
    checkouts = {"composer": arguments.composer, "timm": arguments.timm, "optax": "-"}
    for turn, parameter_set, threads, candidate in itertools.product(
        range(arguments.turns), arguments.parameters, arguments.threads, arguments.candidates
    ):
        print(f"turn {turn + 1}: {parameter_set}, {threads} threads: {candidate}", file=sys.stderr)
        if candidate in PEERS:
            command = [sys.executable, __file__, "--peer", candidate, parameter_set, str(threads)]
            command += [str(arguments.seconds), str(checkouts[candidate])]
            one = json.loads(output(pinned(command, threads), env=environment(threads)))
        else:
            one = jmh(parameter_set, candidate, threads, arguments.seconds, classes, folder)
        candidates = results.setdefault(parameter_set, {}).setdefault(str(threads), {})
        known = candidates.setdefault(candidate, {"milliseconds": []})
        known["versions"] = one["versions"]
        known["milliseconds"] += [round(each, 4) for each in one["milliseconds"]]
        if arguments.results:  # a run that is ended early is not lost
            arguments.results.write_text(json.dumps(results))


def quantiles(times):
    times = sorted(times)
    return [times[min(len(times) - 1, int(share * len(times)))] for share in (0.5, 0.1, 0.9)]


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


NAMES = {
    "FLOOR": "floor: BLAS `dot`, `dot`, `scal` over the flat arrays",
    "READ": "floor: BLAS `dot` of the gradient",
    "AGC_ALL": "dl4j-agc, all clipped",
    "AGC_NONE": "dl4j-agc, none clipped",
    "AGC_ND4J": "dl4j-agc, its ND4J path, all clipped",
    "AGC_JAVA": "dl4j-agc without BLAS, all clipped",
    "PORT": "port to ND4J, array by array",
    "CLIP_L2_PER_PARAM_TYPE": "DL4J's ClipL2PerParamType",
    "CLIP_L2_PER_LAYER": "DL4J's ClipL2PerLayer",
    "ADAM": "ND4J's Adam",
    "NESTEROVS": "ND4J's Nesterovs",
    "composer": "Composer",
}


def tables(results):
    print(f"{processor()}, {os.cpu_count()} processors; milliseconds. With:\n")
    for versions in dict.fromkeys(
        one["versions"] for threads in results.values() for candidates in threads.values() for one in candidates.values()
    ):
        print(f"- {versions}")
    for parameter_set, threads in results.items():
        print(f"\n### {parameter_set}\n")
        print("| threads | what | median | 10 % | 90 % | of the BLAS floor | samples |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for number, candidates in sorted(threads.items()):
            rows(parameter_set, number, candidates)


def rows(parameter_set, threads, candidates):
    floor = quantiles(candidates["FLOOR"]["milliseconds"])[0]

    def row(name, times, samples):
        cells = " | ".join(f"{each:.2f}" for each in times)
        print(f"| {threads} | {name} | {cells} | {times[0] / floor:.2f} | {samples} |")

    for candidate, result in candidates.items():
        times = quantiles(result["milliseconds"])
        if candidate == "COPY":
            speed = 8 * elements(parameter_set) / times[0] / 1e6
            for size, what in ((12, "all"), (8, "none")):
                name = f"floor: {size} bytes per element ({what} clipped) at a copy's {speed:.1f} GB/s"
                row(name, [each * size / 8 for each in times], len(result["milliseconds"]))
        else:
            row(NAMES.get(candidate, candidate), times, len(result["milliseconds"]))


def main():
    if sys.argv[1:2] == ["--peer"]:
        name, parameter_set, threads, seconds, checkout = sys.argv[2:]
        return peer(name, parameter_set, int(threads), float(seconds), checkout)
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("composer", type=Path, help="checkout of Composer")
    parser.add_argument("timm", type=Path, help="checkout of pytorch-image-models")
    parser.add_argument("--parameters", nargs="+", default=list(SETS), choices=list(SETS), help="what is clipped")
    parser.add_argument(
        "--candidates", nargs="+", default=JMH + PEERS, help="peers, and candidates of ClipBenchmark; FLOOR is needed"
    )
    parser.add_argument("--seconds", type=int, default=5, help="measured for each candidate in each turn")
    parser.add_argument("--turns", type=int, default=3, help="how often all candidates run")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads")
    parser.add_argument("--results", type=Path, help="file that samples are kept in, and added to")
    parser.add_argument("--class-path", help="of agc-tests with its benchmarks; without it Maven compiles them")
    arguments = parser.parse_args()
    file = arguments.results
    results = json.loads(file.read_text()) if file and file.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, arguments.class_path or class_path(folder), folder, results)
    tables(results)


if __name__ == "__main__":
    main()
