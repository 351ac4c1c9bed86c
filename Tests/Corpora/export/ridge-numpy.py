# Written by Nabla for NumPy; `python ridge.py` runs the self-test.
import math

import numpy as np


def ridge(X, y, w, lam):
    r"""J, dJ_dw and hessian_J_w for given X, y, w and lambda.

        J = lambda*norm2(w)^2 + norm2(r)^2/n
        dJ_dw = 2/n * X'*r + 2*lambda*w
        hessian_J_w = 2/n * X'*X + 2*lambda*I
        where r = X*w - y

        X : matrix(n, d)
        y : vector(n)
        w : vector(d)
        lambda : scalar, positive (here lam)

    Columns and rows are arrays of one axis, scalars of none.
    """
    X, y, w, lam = (np.asarray(a, dtype=float) for a in (X, y, w, lam))
    n, d = X.shape
    assert y.shape == (n,), (y.shape, (n,))
    assert w.shape == (d,), (w.shape, (d,))
    assert lam.shape == (), (lam.shape, ())
    r = X @ w - y
    J = lam * (w @ w) + (r @ r) / n
    dJ_dw = 2 * lam * w + 2 / n * (X.T @ r)
    hessian_J_w = 2 * lam * np.eye(d) + 2 / n * (X.T @ X)
    return J, dJ_dw, hessian_J_w


def _sample(X, y, w, lam, direction_1, direction_2_1, direction_2_2):
    lambda_ = np.abs(lam) + 0.25
    return X, y, w, lambda_, direction_1, direction_2_1, direction_2_2


def _error_1(derivative, after, before, step, direction):
    t1 = (after - before) / (2 * step)
    error = np.max(np.abs(derivative @ direction - t1)) / (1 + np.max(np.abs(t1)))
    return error


def _error_2(derivative, value_1, value_2, value_3, value_4, step, direction_1, direction_2):
    t1 = (value_1 - value_2 - value_3 + value_4) / (4 * step**2)
    error = np.max(np.abs(direction_1 @ (derivative @ direction_2) - t1)) / (1 + np.max(np.abs(t1)))
    return error


def self_test(seed=1):
    r"""Compares the derivatives with finite differences at random data."""
    rng = np.random.default_rng(seed)

    def at(*moves):
        arguments = list(data[:4])
        for place, change in moves:
            arguments[place] = arguments[place] + change
        values = ridge(*arguments)
        return values

    for attempt in range(200):
        raw = [
            rng.standard_normal((4, 3)),
            rng.standard_normal((4,)),
            rng.standard_normal((3,)),
            rng.standard_normal(()),
            rng.standard_normal((3,)),
            rng.standard_normal((3,)),
            rng.standard_normal((3,)),
        ]
        if attempt % 2:
            raw[:4] = [abs(z) / 2 for z in raw[:4]]
        data = _sample(*raw)
        values = at()
        if all(np.all(np.isfinite(value)) for value in values):
            break
    else:
        raise SystemExit("no random data at which the values are finite")

    step = 1e-6
    after = at((2, step * data[4]))[0]
    before = at((2, -step * data[4]))[0]
    error = _error_1(values[1], after, before, step, data[4])
    print(f"dJ_dw: relative error {float(error):.1e}")
    assert error < 1e-5, "dJ_dw differs from finite differences"

    step = 1e-3
    ends = [
        at((2, step * data[5]), (2, step * data[6]))[0],
        at((2, step * data[5]), (2, -step * data[6]))[0],
        at((2, -step * data[5]), (2, step * data[6]))[0],
        at((2, -step * data[5]), (2, -step * data[6]))[0],
    ]
    error = _error_2(values[2], *ends, step, data[5], data[6])
    print(f"hessian_J_w: relative error {float(error):.1e}")
    assert error < 1e-3, "hessian_J_w differs from finite differences"


if __name__ == "__main__":
    self_test()
