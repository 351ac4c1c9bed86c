"""The problems of `nabla bench numbers`: sizes, closed forms in NumPy, and functions for tools that differentiate."""
import math

import numpy as np

try:
    from scipy.special import log_ndtr
except ImportError:
    log_ndtr = None

LAMBDA = 0.1


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


class Problem:
    """Arrays, the closed form in NumPy, and the function for tools that differentiate."""

    def __init__(self, shapes, wrt, closed, function, hessian=False, labels=None):
        self.shapes, self.wrt, self.closed, self.function = shapes, wrt, closed, function
        self.hessian, self.labels = hessian, labels or {}

    def data(self, size):
        generator = np.random.default_rng(1)
        values = {}
        for name, shape in self.shapes(size).items():
            kind = self.labels.get(name)
            if kind == "signs":
                values[name] = generator.choice([-1.0, 1.0], shape)
            elif kind == "number":
                values[name] = np.array(LAMBDA)
            elif kind == "binary":
                values[name] = generator.choice([0.0, 1.0], shape)
            else:
                value = generator.standard_normal(shape)
                if len(shape) == 2:
                    value /= math.sqrt(shape[1])
                    if shape[0] == shape[1]:
                        value += 3 * np.eye(shape[0])
                    if kind == "spd":
                        value = 0.5 * (value + value.T)
                values[name] = value
        return values


def ols(v):
    r = v["X"] @ v["w"] - v["y"]
    n = len(r)
    return r @ r / n, 2 / n * (v["X"].T @ r)


def ridge(v):
    r = v["X"] @ v["w"] - v["y"]
    n = len(r)
    return r @ r / n + LAMBDA * (v["w"] @ v["w"]), 2 / n * (v["X"].T @ r) + 2 * LAMBDA * v["w"]


def logistic_pm(v):
    z = -v["y"] * (v["X"] @ v["w"])
    return softplus(z).sum(), v["X"].T @ (-v["y"] * sigmoid(z))


def logistic01(v):
    z = v["X"] @ v["w"]
    return softplus(z).sum() - v["y"] @ z, v["X"].T @ (sigmoid(z) - v["y"])


def hinge(v):
    slack = 1 - v["y"] * (v["X"] @ v["w"])
    n = len(slack)
    value = np.maximum(slack, 0).sum() / n + LAMBDA / 2 * (v["w"] @ v["w"])
    return value, -1 / n * (v["X"].T @ (v["y"] * (slack > 0))) + LAMBDA * v["w"]


def softmaxreg(v):
    z = v["X"] @ v["W"]
    top = z.max(1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(1, keepdims=True)
    n = len(z)
    value = ((top + np.log(total)).sum() - (v["Y"] * z).sum()) / n
    return value, v["X"].T @ (e / total - v["Y"]) / n


def quadform(v):
    ax = v["A"] @ v["x"]
    return v["x"] @ ax, ax + v["A"].T @ v["x"]


def matfac(v):
    r = v["U"] @ v["V"].T - v["X"]
    return np.vdot(r, r), 2 * (r @ v["V"]), 2 * (r.T @ v["U"])


def mlp2(v):
    n = len(v["X"])
    a = sigmoid(v["X"] @ v["W1"])
    b = np.hstack([a, np.ones((n, 1))])
    out = sigmoid(b @ v["W2"])
    r = out - v["Y"]
    d2 = r * out * (1 - out) / n
    d1 = (d2 @ v["W2"][:-1].T) * a * (1 - a)
    return np.vdot(r, r) / (2 * n), v["X"].T @ d1, b.T @ d2


def mlp4(v):
    n = len(v["X"])
    hidden = [v["X"]]
    for layer in (1, 2, 3):
        hidden.append(np.tanh(hidden[-1] @ v[f"W{layer}"] + v[f"b{layer}"]))
    r = hidden[-1] @ v["W4"] + v["b4"] - v["Y"]
    results = [np.vdot(r, r) / (2 * n)]
    d = r / n
    for layer in (4, 3, 2, 1):
        results += [hidden[layer - 1].T @ d, d.sum(0)]
        if layer > 1:
            d = (d @ v[f"W{layer}"].T) * (1 - hidden[layer - 1] ** 2)
    return results


def elemchain(v):
    z = -v["y"] * v["x"]
    t = np.tanh(v["x"])
    return (softplus(z) + t * t).sum(), -v["y"] * sigmoid(z) + 2 * t * (1 - t * t)


def logdet_xtx(v):
    s = v["X"].T @ v["X"]
    s[np.diag_indices_from(s)] += LAMBDA
    factor = np.linalg.cholesky(s)
    return 2 * np.log(np.diag(factor)).sum(), 2 * np.linalg.solve(s, v["X"].T).T


def tr_inv(v):
    inverse = np.linalg.inv(v["X"])
    return np.trace(inverse), -(inverse @ inverse).T


def chain_vec(v):
    u = v["A"] @ (v["B"] @ (v["C"] @ v["x"]))
    return u @ u, 2 * (v["C"].T @ (v["B"].T @ (v["A"].T @ u)))


def tr_outer(v):
    u = v["A"] @ (v["B"] @ (v["C"] @ (v["D"] @ v["x"])))
    return v["x"] @ u, u + v["D"].T @ (v["C"].T @ (v["B"].T @ (v["A"].T @ v["x"])))


def hess_logistic(v):
    s = sigmoid(-v["y"] * (v["X"] @ v["w"]))
    scaled = v["X"] * np.sqrt(s * (1 - s))[:, None]
    return (scaled.T @ scaled,)


def hess_sumexp(v):
    scaled = v["X"] * np.exp(0.5 * (v["X"] @ v["w"]))[:, None]
    return (scaled.T @ scaled,)


def hess_softmaxreg(v):
    z = v["X"] @ v["W"]
    e = np.exp(z - z.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    n, d = v["X"].shape
    k = p.shape[1]
    result = np.empty((k, d, k, d))
    for i in range(k):
        for j in range(i + 1):
            weights = p[:, i] * ((i == j) - p[:, j]) / n
            result[i, :, j, :] = v["X"].T @ (v["X"] * weights[:, None])
            result[j, :, i, :] = result[i, :, j, :]
    return (result.reshape(k * d, k * d),)


def hess_matfac(v):
    return (np.kron(2 * (v["V"].T @ v["V"]), np.eye(len(v["U"]))),)


def probit(v):
    m = v["y"] * (v["X"] @ v["w"])
    value = log_ndtr(m)
    mills = np.exp(-m * m / 2 - value) / math.sqrt(2 * math.pi)
    return -value.sum(), v["X"].T @ (-v["y"] * mills)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def mixture(v):
    z = v["X"] @ v["M"] + (v["a"] - (v["M"] ** 2).sum(0) / 2)
    top = z.max(1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(1, keepdims=True)
    n, p = len(z), e / total
    mass = p.sum(0)
    return -(top + np.log(total)).sum() / n, (v["M"] * mass - v["X"].T @ p) / n, -mass / n


def kalman(v):
    cp = v["C"] @ v["P"]
    s = cp @ v["C"].T + v["R"]
    e = v["y"] - v["C"] @ v["x"]
    solved = np.linalg.solve(s, np.column_stack([cp, e]))
    gain, u = solved[:, :-1], solved[:, -1]
    value = 2 * np.log(np.diag(np.linalg.cholesky(s))).sum() + e @ u
    return value, 2 * (gain - np.outer(u, e @ gain) - np.outer(u, v["x"])), -2 * (v["C"].T @ u)


def ridge_path(v):
    n, d = v["X"].shape
    s = v["X"].T @ v["X"] + v["lambda"] * np.eye(d)
    w = np.linalg.solve(s, v["X"].T @ v["y"])
    r = v["y"] - v["X"] @ w
    g = np.linalg.solve(s, v["X"].T @ r)
    return r @ r / n, 2 / n * (g @ w), 2 / n * (r - v["X"] @ g)


def attention(v):
    p = softmax(v["Q"] @ v["K"].T)
    r = p @ v["V"] - v["T"]
    dp = r @ v["V"].T
    dz = p * (dp - (p * dp).sum(1, keepdims=True))
    return np.vdot(r, r), 2 * (dz @ v["K"]), 2 * (dz.T @ v["Q"]), 2 * (p.T @ r)


def regression(closed, function, labels=None):
    shapes = lambda s: {"X": (s["n"], s["d"]), "y": (s["n"],), "w": (s["d"],)}
    return Problem(shapes, ["w"], closed, function, labels={"y": labels})


def net(count):
    def function(m, v):
        h = v["X"]
        for layer in range(1, count + 1):
            h = h @ v[f"W{layer}"] + v[f"b{layer}"]
            if layer < count:
                h = m.tanh(h)
        return ((h - v["Y"]) ** 2).sum() / (2 * m.rows(v["X"]))

    return function


def square(s, *names):
    return {name: (s["n"], s["n"]) for name in names}


def sumsq(x):
    return (x * x).sum()


def innovation(m, v):
    s = v["C"] @ v["P"] @ v["C"].T + v["R"]
    e = v["y"] - v["C"] @ v["x"]
    return m.logdet(s) + e @ m.solve(s, e)


def ridge_residual(m, v):
    n, d = v["X"].shape
    w = m.solve(v["X"].T @ v["X"] + v["lambda"] * m.eye(d), v["X"].T @ v["y"])
    return sumsq(v["y"] - v["X"] @ w) / n


PROBLEMS = {
    "ols": regression(ols, lambda m, v: sumsq(v["X"] @ v["w"] - v["y"]) / m.rows(v["y"])),
    "ridge": regression(
        ridge, lambda m, v: sumsq(v["X"] @ v["w"] - v["y"]) / m.rows(v["y"]) + LAMBDA * sumsq(v["w"])),
    "logistic_pm": regression(
        logistic_pm, lambda m, v: m.softplus(-v["y"] * (v["X"] @ v["w"])).sum(), "signs"),
    "logistic01": regression(
        logistic01, lambda m, v: (m.softplus(v["X"] @ v["w"]) - v["y"] * (v["X"] @ v["w"])).sum(), "binary"),
    "hinge": regression(
        hinge,
        lambda m, v: m.relu(1 - v["y"] * (v["X"] @ v["w"])).sum() / m.rows(v["y"]) + LAMBDA / 2 * sumsq(v["w"]),
        "signs"),
    "softmaxreg": Problem(
        lambda s: {"X": (s["n"], s["d"]), "Y": (s["n"], s["K"]), "W": (s["d"], s["K"])}, ["W"], softmaxreg,
        lambda m, v: (m.logsumexp(v["X"] @ v["W"]).sum() - (v["Y"] * (v["X"] @ v["W"])).sum()) / m.rows(v["X"])),
    "quadform": Problem(
        lambda s: {**square(s, "A"), "x": (s["n"],)}, ["x"], quadform, lambda m, v: v["x"] @ v["A"] @ v["x"]),
    "matfac": Problem(
        lambda s: {"X": (s["m"], s["n"]), "U": (s["m"], s["k"]), "V": (s["n"], s["k"])}, ["U", "V"], matfac,
        lambda m, v: sumsq(v["X"] - v["U"] @ v["V"].T)),
    "chain_vec": Problem(
        lambda s: {**square(s, "A", "B", "C"), "x": (s["n"],)}, ["x"], chain_vec,
        lambda m, v: sumsq(v["A"] @ v["B"] @ v["C"] @ v["x"])),
    "tr_outer": Problem(
        lambda s: {**square(s, "A", "B", "C", "D"), "x": (s["n"],)}, ["x"], tr_outer,
        lambda m, v: m.trace(v["A"] @ v["B"] @ v["C"] @ v["D"] @ v["x"][:, None] @ v["x"][None, :])),
    "mlp2": Problem(
        lambda s: {"X": (s["N"], s["d"]), "Y": (s["N"], s["c"]), "W1": (s["d"], s["h"]), "W2": (s["h"] + 1, s["c"])},
        ["W1", "W2"], mlp2,
        lambda m, v: sumsq(
            v["Y"] - m.sigmoid(m.hstack([m.sigmoid(v["X"] @ v["W1"]), m.ones(m.rows(v["X"]))]) @ v["W2"]))
        / (2 * m.rows(v["X"]))),
    "mlp4": Problem(
        lambda s: {
            "X": (s["N"], s["h"]), "Y": (s["N"], s["h"]), **{f"W{i}": (s["h"], s["h"]) for i in range(1, 5)},
            **{f"b{i}": (s["h"],) for i in range(1, 5)}},
        [f"{kind}{i}" for i in range(1, 5) for kind in "Wb"], mlp4, net(4)),
    "elemchain": Problem(
        lambda s: {"x": (s["n"],), "y": (s["n"],)}, ["x"], elemchain,
        lambda m, v: (m.softplus(-v["y"] * v["x"]) + m.tanh(v["x"]) ** 2).sum()),
    "logdet_xtx": Problem(
        lambda s: {"X": (s["n"], s["d"])}, ["X"], logdet_xtx,
        lambda m, v: m.logdet(v["X"].T @ v["X"] + LAMBDA * m.eye(v["X"].shape[1]))),
    "tr_inv": Problem(lambda s: square(s, "X"), ["X"], tr_inv, lambda m, v: m.trace(m.inv(v["X"]))),
    "hess_logistic": Problem(
        lambda s: {"X": (s["m"], s["d"]), "y": (s["m"],), "w": (s["d"],)}, ["w"], hess_logistic,
        lambda m, v: m.softplus(-v["y"] * (v["X"] @ v["w"])).sum(), True, {"y": "signs"}),
    "hess_sumexp": Problem(
        lambda s: {"X": (s["m"], s["d"]), "w": (s["d"],)}, ["w"], hess_sumexp,
        lambda m, v: m.exp(v["X"] @ v["w"]).sum(), True),
    "hess_softmaxreg": Problem(
        lambda s: {"X": (s["n"], s["d"]), "W": (s["d"], s["K"])}, ["W"], hess_softmaxreg,
        lambda m, v: m.logsumexp(v["X"] @ v["W"]).sum() / m.rows(v["X"]), True),
    "hess_matfac": Problem(
        lambda s: {"T": (s["m"], s["n"]), "U": (s["m"], s["k"]), "V": (s["n"], s["k"])}, ["U"], hess_matfac,
        lambda m, v: sumsq(v["T"] - v["U"] @ v["V"].T), True),
    "probit": regression(probit, lambda m, v: -m.log_ndtr(v["y"] * (v["X"] @ v["w"])).sum(), "signs"),
    "mixture": Problem(
        lambda s: {"X": (s["n"], s["d"]), "M": (s["d"], s["K"]), "a": (s["K"],)}, ["M", "a"], mixture,
        lambda m, v: -m.logsumexp(v["X"] @ v["M"] + v["a"] - (v["M"] ** 2).sum(0) / 2).sum() / m.rows(v["X"])),
    "kalman": Problem(
        lambda s: {
            "C": (s["p"], s["n"]), "P": (s["n"], s["n"]), "R": (s["p"], s["p"]), "x": (s["n"],), "y": (s["p"],)},
        ["C", "x"], kalman, innovation, labels={"P": "spd", "R": "spd"}),
    "ridge_path": Problem(
        lambda s: {"X": (s["n"], s["d"]), "y": (s["n"],), "lambda": ()}, ["lambda", "y"], ridge_path,
        ridge_residual, labels={"lambda": "number"}),
    "attention": Problem(
        lambda s: {name: (s["n"], s["d"]) for name in "QKVT"}, ["Q", "K", "V"], attention,
        lambda m, v: sumsq(m.softmax(v["Q"] @ v["K"].T) @ v["V"] - v["T"])),
}
