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


def sizes_of(case, source):
    """The sizes of a case by name, read off the data."""
    found = {}
    for parameter in source["parameters"]:
        value = case["data"][parameter["variable"]]
        rows, columns = parameter["shape"]
        if not isinstance(value, list):
            lengths = (1, 1)
        elif value and isinstance(value[0], list):
            lengths = (len(value), len(value[0]))
        else:
            lengths = (1, len(value)) if rows == "1" else (len(value), 1)
        for name, length in zip((rows, columns), lengths):
            if name.isidentifier():
                found[name] = length
    for name in source["allSizes"]:
        found.setdefault(name, case["data"].get(name))
    return found


def length_of(shape, sizes):
    return eval(shape[0], {}, dict(sizes)) * eval(shape[1], {}, dict(sizes))


def flat(value):
    return [x for v in value for x in flat(v)] if isinstance(value, list) else [value]


class C:
    """Each file is a library, which is called through its interface."""

    def __init__(self):
        self.compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("clang")

    def missing(self):
        return None if self.compiler else "a C compiler"

    def values(self, folder, jobs):
        return [self.value(folder, case, source) for case, source in jobs]

    def value(self, folder, case, source):
        import ctypes

        path = folder / f"{case['name']}.c"
        path.write_text(source["source"])
        library = folder / f"{case['name']}.so"
        done = run([self.compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-O1", "-fPIC",
                    "-shared", str(path), "-o", str(library), "-lm"])
        if done.returncode != 0:
            return done.stderr[:500]
        code = ctypes.CDLL(str(library))
        sizes = sizes_of(case, source)
        numbers = [ctypes.c_long(sizes[name]) for name in source["allSizes"]]
        work_size = getattr(code, source["function"] + "_work")
        work_size.restype = ctypes.c_long
        work = (ctypes.c_double * max(work_size(*numbers), 1))()
        inputs = []
        for parameter in source["parameters"]:
            value = case["data"][parameter["variable"]]
            entries = [float(v) for v in flat(value)]
            is_number = parameter["shape"] == ["1", "1"]
            inputs.append(ctypes.c_double(entries[0]) if is_number else (ctypes.c_double * len(entries))(*entries))
        outputs = [(ctypes.c_double * length_of(o["shape"], sizes))() for o in source["outputs"]]
        status = getattr(code, source["function"])(*numbers, *inputs, *outputs, work)
        return [list(output) for output in outputs] if status == 0 else f"status {status}"

    def self_tests(self, folder, jobs):
        problems = []
        for case, _ in jobs:
            program = folder / f"{case['name']}.out"
            done = run([self.compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-DNABLA_SELF_TEST",
                        "-fsanitize=address,undefined", str(folder / f"{case['name']}.c"), "-o", str(program), "-lm"])
            if done.returncode == 0:
                done = run([str(program)])
            if done.returncode != 0:
                problems.append(f"c {case['name']}: self-test: {done.stdout[-300:]}{done.stderr[-300:]}")
        return problems


TARGETS["c"] = C()


class Swift:
    """All files and a program that calls them, compiled as one module."""

    def missing(self):
        return None if shutil.which("swiftc") else "swiftc"

    @staticmethod
    def literal(value, is_number):
        entries = [repr(float(v)) for v in flat(value)]
        return entries[0] if is_number else "[" + ", ".join(entries) + "]"

    def values(self, folder, jobs):
        files, functions, calls = [], [], []
        for number, (case, source) in enumerate(jobs):
            path = folder / f"{case['name']}.swift"
            path.write_text(source["source"])
            files.append(str(path))
            sizes = sizes_of(case, source)
            words = [f"{p['name']}: {self.literal(case['data'][p['variable']], p['shape'] == ['1', '1'])}"
                     for p in source["parameters"]]
            words += [f"{local}: {sizes[name]}" for local, name in zip(source["sizes"], source["allSizes"])]
            outputs = source["outputs"]
            parts = []
            for output in outputs:
                value = "values" if len(outputs) == 1 else f"values.{output['name']}"
                parts.append(f"[{value}]" if output["shape"] == ["1", "1"] else value)
            functions.append(f"func run{number}() -> [[Double]] {{\n  let values = {source['function']}({', '.join(words)})\n"
                             f"  return [{', '.join(parts)}]\n}}\n")
            calls.append(f"print(run{number}())")
        runs = folder / "runs.swift"
        runs.write_text("\n".join(functions))
        main = folder / "main.swift"
        main.write_text("\n".join(calls) + "\n")
        program = folder / "runner"
        done = run(["swiftc", "-Onone", *files, str(runs), str(main), "-o", str(program)])
        if done.returncode != 0:
            sys.exit(done.stderr[:3000])
        done = run([str(program)])
        if done.returncode != 0:
            sys.exit(done.stderr[:3000])
        return [json.loads(line.replace("nan", "NaN").replace("inf", "Infinity")) for line in done.stdout.splitlines()]

    def self_tests(self, folder, jobs):
        problems = []
        for case, _ in jobs:
            program = folder / f"{case['name']}.out"
            done = run(["swiftc", "-parse-as-library", "-D", "NABLA_SELF_TEST", str(folder / f"{case['name']}.swift"),
                        "-o", str(program)])
            if done.returncode == 0:
                done = run([str(program)])
            if done.returncode != 0:
                problems.append(f"swift {case['name']}: self-test: {done.stdout[-300:]}{done.stderr[-300:]}")
        return problems


TARGETS["swift"] = Swift()
