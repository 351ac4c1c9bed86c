"""How the exported code of each target is run."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

PYTHON = os.environ.get("NABLA_PYTHON", sys.executable)


def run(words, **options):
    return subprocess.run(words, capture_output=True, text=True, **options)


def arguments(case, source):
    """The values of the parameters, and of the sizes that are parameters."""
    data = case["data"]
    values = [data[p["variable"]] for p in source["parameters"]]
    return values, [data[name] for name in source["sizes"]]


class Python:
    """NumPy, JAX and PyTorch: all files in one process, which prints a line of JSON for each."""

    RUNNER = """
import importlib.util, json, sys
sys.dont_write_bytecode = True
{setup}
for line in open(sys.argv[1]):
    job = json.loads(line)
    try:
        spec = importlib.util.spec_from_file_location(job["function"], job["path"])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        values = getattr(module, job["function"])(*[convert(v) for v in job["values"]], *job["sizes"])
        values = values if isinstance(values, tuple) else (values,)
        print(json.dumps([listed(v) for v in values]))
    except Exception as error:
        print(json.dumps(type(error).__name__ + ": " + str(error)[:300]))
"""

    def __init__(self, package, setup):
        self.package, self.setup = package, setup

    def missing(self):
        return None if run([PYTHON, "-c", f"import {self.package}"]).returncode == 0 else self.package

    def values(self, folder, jobs):
        lines = []
        for case, source in jobs:
            path = folder / f"{case['name']}.py"
            path.write_text(source["source"])
            values, sizes = arguments(case, source)
            flat_rows = [v[0] if p["shape"][0] == "1" and isinstance(v, list) and isinstance(v[0], list) else v
                         for p, v in zip(source["parameters"], values)]
            lines.append(json.dumps(
                {"function": source["function"], "path": str(path), "values": flat_rows, "sizes": sizes}))
        (folder / "jobs").write_text("\n".join(lines) + "\n")
        (folder / "runner.py").write_text(self.RUNNER.replace("{setup}", self.setup))
        done = run([PYTHON, "-W", "ignore", str(folder / "runner.py"), str(folder / "jobs")])
        if done.returncode != 0:
            sys.exit(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def self_tests(self, folder, jobs):
        problems = []
        for case, _ in jobs:
            done = run([PYTHON, "-W", "ignore", str(folder / f"{case['name']}.py")])
            if done.returncode != 0:
                problems.append(f"{self.package} {case['name']}: self-test: {done.stderr[-300:]}")
        return problems


NUMPY = "import numpy as np\nconvert = np.array\nlisted = lambda v: np.asarray(v).reshape(np.shape(v)).tolist()"
JAX = """import jax, numpy as np
jax.config.update("jax_enable_x64", True)
convert = np.array
listed = lambda v: np.asarray(v).tolist()"""
TORCH = """import torch
convert = lambda v: torch.tensor(v, dtype=torch.float64)
listed = lambda v: v.tolist() if isinstance(v, torch.Tensor) else v"""

TARGETS = {
    "numpy": Python("numpy", NUMPY),
    "jax": Python("jax", JAX),
    "torch": Python("torch", TORCH),
}


class Octave:
    """One script that calls every function and prints a line of JSON for each."""

    def missing(self):
        return None if shutil.which("octave-cli") or shutil.which("octave") else "octave"

    def program(self):
        return shutil.which("octave-cli") or "octave"

    @staticmethod
    def literal(value, shape):
        if not isinstance(value, list):
            return repr(float(value))
        if value and isinstance(value[0], list):
            return "[" + "; ".join(" ".join(repr(float(v)) for v in row) for row in value) + "]"
        return "[" + "; ".join(repr(float(v)) for v in value) + "]"

    def values(self, folder, jobs):
        lines = ["warning('off', 'all');"]
        for case, source in jobs:
            (folder / f"{source['function']}.m").write_text(source["source"])
            values, sizes = arguments(case, source)
            words = [self.literal(v, p["shape"]) for v, p in zip(values, source["parameters"])] + [str(s) for s in sizes]
            count = len(source["outputs"])
            lines += [
                "try", f"v = cell(1, {count});", f"[v{{:}}] = {source['function']}({', '.join(words)});",
                "printf('['); for k = 1:numel(v), if k > 1, printf(', '); end;"
                " w = v{k}.'; printf('[');"
                " for q = 1:numel(w), if q > 1, printf(', '); end; printf('%.17g', w(q)); end; printf(']'); end;"
                " printf(\"]\\n\");",
                "catch problem", "printf('\"%s\"\\n', strrep(strrep(problem.message, '\"', ''''), \"\\n\", ' '));", "end",
            ]
        (folder / "runner.m").write_text("\n".join(lines) + "\n")
        done = run([self.program(), "--no-gui", "--norc", "runner.m"], cwd=folder)
        found = []
        for line in done.stdout.splitlines():
            try:
                found.append(json.loads(line.replace("NaN", "null").replace("Inf", "1e999")))
            except ValueError:
                found.append(line)
        if len(found) != len(jobs):
            sys.exit(done.stderr + done.stdout[-500:])
        return found

    def self_tests(self, folder, jobs):
        problems = []
        for case, source in jobs:
            done = run([self.program(), "--no-gui", "--norc", "--eval", source["function"]], cwd=folder)
            if done.returncode != 0:
                problems.append(f"octave {case['name']}: self-test: {done.stderr[-300:]}")
        return problems


TARGETS["matlab"] = Octave()
