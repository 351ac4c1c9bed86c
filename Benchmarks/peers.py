#!/usr/bin/env python3
"""Times the problems of `nabla bench numbers` in NumPy and, where installed, JAX, PyTorch, PyTensor and CasADi.

usage: Benchmarks/peers.py [--nabla .build/release/nabla] [--only ols,mlp2] [--size small] [--rounds 3]

Every tool runs on one thread and is measured in CPU time of its process, in turn, round by round; the figures are
medians. A ratio is the best peer's time over nabla's: above 1, nabla is faster. `casadi` is its virtual machine,
`casadi-c` its scalar graph as C code, for small sizes only. Tools
that cannot express a problem are left out; the last lines give the reasons. Not part of the tests.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

from peer_problems import PROBLEMS, log_ndtr, probit
from peer_tools import TOOLS, Unsupported


def median_time(call, seconds):
    call()
    start = time.process_time()
    call()
    once = max(time.process_time() - start, 1e-7)
    batch = max(1, int(min(seconds / 10, 0.02) / once))
    samples = []
    begin = time.process_time()
    while len(samples) < 3 or (time.process_time() - begin < seconds and len(samples) < 100):
        start = time.process_time()
        for _ in range(batch):
            call()
        samples.append((time.process_time() - start) / batch)
    return statistics.median(samples)


def calls_of(problem, size, data, skipped, reasons):
    calls = {}
    if problem.closed is not probit or log_ndtr:
        calls["numpy"] = lambda: problem.closed(data)
    for tool, (module, make) in TOOLS.items():
        if module is None or tool in skipped:
            continue
        try:
            call = make(problem, data, size)
            call()
            calls[tool] = call
        except Unsupported as reason:
            reasons.setdefault((tool, str(reason)), []).append(problem.name)
        except Exception as error:
            reasons.setdefault((tool, f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"), []).append(
                f"{problem.name} {size}")
    return calls


def measure(options, problem, size, skipped, reasons):
    times, calls = {}, None
    for _ in range(options.rounds):
        output = subprocess.run(
            [options.nabla, "bench", "numbers", "--only", problem.name, "--size", size, "--format", "json",
             "--seconds", str(options.seconds)], capture_output=True, text=True)
        if output.returncode != 0:
            reasons.setdefault(("nabla", output.stderr.strip()[:200]), []).append(f"{problem.name} {size}")
            return {}
        result = json.loads(output.stdout)["results"][0]
        times.setdefault("nabla", []).append(result["seconds"])
        if calls is None:
            calls = calls_of(problem, size, problem.data(result["sizes"]), skipped, reasons)
        for tool, call in calls.items():
            times.setdefault(tool, []).append(median_time(call, options.seconds))
    return {tool: statistics.median(values) for tool, values in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nabla", default=".build/release/nabla")
    parser.add_argument("--only", default="")
    parser.add_argument("--size", default="small,medium,large")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--skip", default="", help="tools to leave out: " + ", ".join(TOOLS))
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(PROBLEMS)
    ratios, reasons = {}, {}
    print(f"{'problem':16}{'size':8}{'nabla':>12}  best peer, ratio; others in us")
    for name in names:
        problem = PROBLEMS[name]
        problem.name = name
        for size in options.size.split(","):
            medians = measure(options, problem, size, options.skip.split(","), reasons)
            own = medians.pop("nabla", None)
            if own is None or not medians:
                continue
            best = min(medians, key=medians.get)
            ratios.setdefault(size, []).append(medians[best] / own)
            others = " ".join(f"{tool} {value * 1e6:.4g}" for tool, value in sorted(medians.items()))
            print(f"{name:16}{size:8}{own * 1e6:>10.4g}us  {best} {medians[best] / own:.2f}; {others}", flush=True)
    for size, values in ratios.items():
        mean = math.exp(sum(map(math.log, values)) / len(values))
        faster = sum(value >= 1 for value in values)
        print(f"{size}: geometric mean {mean:.2f}, not slower in {faster} of {len(values)}")
    for (tool, reason), problems in reasons.items():
        print(f"without {tool}: {', '.join(dict.fromkeys(problems))} ({reason})")


if __name__ == "__main__":
    sys.exit(main())
