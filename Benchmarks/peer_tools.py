"""The tools that differentiate: each function below makes a call that evaluates a problem, or raises `Unsupported`."""
import os
import subprocess
import tempfile

import numpy as np

try:
    import jax
    import jax.numpy as jnp
    from jax.scipy.special import logsumexp as jax_logsumexp

    jax.config.update("jax_enable_x64", True)
except ImportError:
    jax = None
try:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
except ImportError:
    torch = None
try:
    import pytensor
    import pytensor.tensor as pt
except ImportError:
    pytensor = None
try:
    import casadi as ca
except ImportError:
    ca = None


class Unsupported(Exception):
    """A tool cannot express a problem; the message says what is missing."""


class Tools:
    """What the functions of the problems use of a tool, under one name."""

    def rows(self, x):
        return x.shape[0]


class JaxTools(Tools):
    def __init__(self):
        self.tanh, self.exp, self.softplus, self.sigmoid = jnp.tanh, jnp.exp, jax.nn.softplus, jax.nn.sigmoid
        self.relu = jax.nn.relu
        self.logsumexp = lambda z: jax_logsumexp(z, axis=1)
        self.softmax = lambda z: jax.nn.softmax(z, axis=1)
        self.ones = lambda n: jnp.ones((n, 1))
        self.hstack, self.eye, self.trace = jnp.hstack, jnp.eye, jnp.trace
        self.logdet = lambda a: jnp.linalg.slogdet(a)[1]
        self.inv, self.solve, self.log_ndtr = jnp.linalg.inv, jnp.linalg.solve, jax.scipy.special.log_ndtr


class TorchTools(Tools):
    def __init__(self):
        self.tanh, self.exp, self.softplus = torch.tanh, torch.exp, torch.nn.functional.softplus
        self.relu, self.sigmoid = torch.relu, torch.sigmoid
        self.logsumexp = lambda z: torch.logsumexp(z, 1)
        self.softmax = lambda z: torch.softmax(z, 1)
        self.ones = lambda n: torch.ones((n, 1))
        self.hstack, self.eye, self.trace, self.logdet = torch.hstack, torch.eye, torch.trace, torch.logdet
        self.inv, self.solve, self.log_ndtr = torch.linalg.inv, torch.linalg.solve, torch.special.log_ndtr


class PyTensorTools(Tools):
    def __init__(self):
        self.tanh, self.exp, self.softplus, self.sigmoid = pt.tanh, pt.exp, pt.softplus, pt.sigmoid
        self.relu = lambda z: pt.maximum(z, 0)
        self.logsumexp = lambda z: pt.logsumexp(z, axis=1)
        self.softmax = lambda z: pt.special.softmax(z, axis=1)
        self.ones = lambda n: pt.ones((n, 1))
        self.hstack = lambda parts: pt.concatenate(parts, axis=1)
        self.eye, self.trace, self.inv, self.solve = pt.eye, pt.trace, pt.linalg.inv, pt.linalg.solve
        self.logdet = lambda a: pt.linalg.slogdet(a)[1]

    def log_ndtr(self, x):
        root = 2**0.5
        far = pt.log(pt.erfcx(-x / root) / 2) - x**2 / 2
        return pt.switch(x < -1, far, pt.log1p(-pt.erfc(x / root) / 2))


class CasadiTools(Tools):
    """CasADi has matrices only; `CasadiArray` gives them the dimensions of NumPy."""

    def __init__(self):
        def each(function):
            return lambda x: CasadiArray(function(x.value), x.ndim)

        self.tanh, self.exp = each(ca.tanh), each(ca.exp)
        self.softplus = each(lambda z: ca.fmax(z, 0) + ca.log1p(ca.exp(-ca.fabs(z))))
        self.sigmoid = each(lambda z: 1 / (1 + ca.exp(-z)))
        self.relu = each(lambda z: ca.fmax(z, 0))
        self.log_ndtr = each(lambda z: ca.log((1 + ca.erf(z / 2**0.5)) / 2))
        self.logsumexp = lambda z: CasadiArray(ca.log(ca.sum2(ca.exp(z.value))), 1)
        self.ones = lambda n: CasadiArray(ca.DM.ones(n, 1), 2)
        self.hstack = lambda parts: CasadiArray(ca.horzcat(*[part.value for part in parts]), 2)
        self.eye = lambda n: CasadiArray(ca.DM.eye(n), 2)
        self.trace = lambda a: CasadiArray(ca.trace(a.value), 0)
        self.inv = lambda a: CasadiArray(ca.inv(a.value), 2)
        self.solve = lambda a, b: CasadiArray(ca.solve(a.value, b.value), b.ndim)
        self.logdet = lambda a: CasadiArray(ca.log(ca.fabs(ca.det(a.value))), 0)

    def softmax(self, z):
        e = ca.exp(z.value)
        return CasadiArray(e / ca.repmat(ca.sum2(e), 1, e.shape[1]), 2)


class CasadiArray:
    def __init__(self, value, ndim):
        self.value, self.ndim = value, ndim

    @property
    def shape(self):
        return tuple(self.value.shape[: self.ndim])

    @property
    def T(self):
        return CasadiArray(self.value.T, 2) if self.ndim == 2 else self

    def sum(self, axis=None):
        if axis == 0:
            return CasadiArray(ca.sum1(self.value).T, 1)
        return CasadiArray(ca.sum1(ca.sum2(self.value)), 0)

    def __getitem__(self, index):
        return CasadiArray(self.value if index[1] is None else self.value.T, 2)

    def __matmul__(self, other):
        left = self.value.T if self.ndim == 1 else self.value
        product = left @ other.value
        if self.ndim == 1 and other.ndim == 2:
            product = product.T
        return CasadiArray(product, self.ndim + other.ndim - 2)

    def paired(self, other, function):
        if not isinstance(other, CasadiArray):
            return CasadiArray(function(self.value, other), self.ndim)
        left, right, ndim = self.value, other.value, max(self.ndim, other.ndim)
        if self.ndim == 1 and other.ndim == 2:
            left = ca.repmat(left.T, right.shape[0], 1)
        if self.ndim == 2 and other.ndim == 1:
            right = ca.repmat(right.T, left.shape[0], 1)
        return CasadiArray(function(left, right), ndim)

    def __add__(self, other):
        return self.paired(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self.paired(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self.paired(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self.paired(other, lambda a, b: a / b)

    def __rsub__(self, other):
        return other + -self

    def __neg__(self):
        return CasadiArray(-self.value, self.ndim)

    def __pow__(self, power):
        return CasadiArray(self.value**power, self.ndim)

    __radd__, __rmul__ = __add__, __mul__


def jax_call(problem, data, size):
    arrays = {name: jnp.asarray(value) for name, value in data.items()}
    fixed = {name: value for name, value in arrays.items() if name not in problem.wrt}

    def function(variables, fixed):
        return problem.function(JaxTools(), {**fixed, **variables})

    made = jax.jit(jax.hessian(function) if problem.hessian else jax.value_and_grad(function))
    variables = {name: arrays[name] for name in problem.wrt}
    return lambda: jax.block_until_ready(made(variables, fixed))


def torch_call(problem, data, size):
    arrays = {name: torch.from_numpy(value) for name, value in data.items()}
    tools = TorchTools()
    if problem.hessian:
        name = problem.wrt[0]
        function = lambda variable: problem.function(tools, {**arrays, name: variable})
        return lambda: torch.func.hessian(function)(arrays[name])
    variables = [arrays[name].requires_grad_() for name in problem.wrt]
    return lambda: torch.autograd.grad(problem.function(tools, arrays), variables)


def pytensor_call(problem, data, size):
    arrays = {name: pytensor.shared(value, borrow=True) for name, value in data.items()}
    for name in problem.labels:
        if problem.labels[name] == "number":
            arrays[name] = pytensor.shared(float(data[name]))
    if problem.hessian and data[problem.wrt[0]].ndim != 1:
        raise Unsupported("Hessians with respect to a matrix")
    value = problem.function(PyTensorTools(), arrays)
    if problem.hessian:
        outputs = pt.hessian(value, arrays[problem.wrt[0]])
    else:
        outputs = [value] + pytensor.grad(value, [arrays[name] for name in problem.wrt])
    return pytensor.function([], outputs)


def casadi_function(problem, data):
    symbols = {name: ca.MX.sym(name, *(value.shape or (1, 1))) for name, value in data.items()}
    inputs = dict(symbols)
    if problem.hessian:
        # Hessians need a vector.
        name = problem.wrt[0]
        inputs[name] = ca.MX.sym(name, data[name].size)
        symbols[name] = ca.reshape(inputs[name], *(data[name].shape + (1,))[:2])
    arrays = {name: CasadiArray(symbols[name], value.ndim) for name, value in data.items()}
    value = problem.function(CasadiTools(), arrays).value
    if problem.hessian:
        outputs = [ca.densify(ca.hessian(value, inputs[problem.wrt[0]])[0])]
    else:
        outputs = [value] + [ca.densify(ca.gradient(value, inputs[name])) for name in problem.wrt]
    return ca.Function("f", list(inputs.values()), outputs), [data[name] for name in inputs]


def casadi_buffers(function, arrays):
    """A call without conversions of arguments and results."""
    buffer, call = function.buffer()
    # The call does not own its buffers.
    kept = [function, buffer]
    for index, array in enumerate(arrays):
        kept.append(np.array(array, dtype=float).ravel(order="F"))
        buffer.set_arg(index, memoryview(kept[-1]))
    for index in range(function.n_out()):
        kept.append(np.zeros(function.nnz_out(index)))
        buffer.set_res(index, memoryview(kept[-1]))

    def run():
        call()
        return kept

    return run


FACTORED = ("logdet_xtx", "tr_inv", "kalman", "ridge_path")


def casadi_call(problem, data, size):
    if problem.name in FACTORED and size != "small":
        raise Unsupported("expands determinants and inverses entry by entry")
    if problem.hessian and size == "large":
        raise Unsupported("colours dense Hessians for minutes")
    return casadi_buffers(*casadi_function(problem, data))


def casadi_c_call(problem, data, size):
    """The scalar graph as C code, which only small sizes allow."""
    if size != "small" or problem.name == "elemchain":
        raise Unsupported("code for each entry")
    function, arrays = casadi_function(problem, data)
    folder = tempfile.mkdtemp()
    where = os.getcwd()
    try:
        os.chdir(folder)
        function.expand().generate("f.c")
        subprocess.run(
            ["cc", "-O3", "-march=native", "-fPIC", "-shared", "f.c", "-o", "f.so", "-lm"], check=True, timeout=300)
    finally:
        os.chdir(where)
    return casadi_buffers(ca.external("f", os.path.join(folder, "f.so")), arrays)


TOOLS = {
    "jax": (jax, jax_call), "torch": (torch, torch_call), "pytensor": (pytensor, pytensor_call),
    "casadi": (ca, casadi_call), "casadi-c": (ca, casadi_c_call),
}
