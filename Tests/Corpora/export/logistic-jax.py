# Written by Nabla for JAX; `python logistic.py` runs the self-test.
import math

import jax
import jax.numpy as jnp


def _sigmoid(x):
    r"""The logistic function 1/(1 + exp(-x))."""
    dtype = x.dtype
    t1 = jnp.exp(-jnp.abs(x))
    t2 = jnp.where(jnp.where(x < jnp.asarray(0, dtype=dtype), 1.0, 0.0) != 0, t1, jnp.asarray(1, dtype=dtype))
    result = t2 / (1 + t1)
    return result


def logistic(X, y, w, lam):
    r"""J, dJ_dw and hessian_J_w for given X, y, w and lambda.

        J = sum(softplus(z) - y .* z)/n + lambda*norm2(w)^2/2
        dJ_dw = 1/n * X'*(sigmoid(z) - y) + lambda*w
        hessian_J_w = 1/n * X'*diag(sigmoid(z) .* (1 - sigmoid(z)))*X + lambda*I
        where z = X*w

        X : matrix(n, d)
        y : vector(n), binary
        w : vector(d)
        lambda : scalar, positive (here lam)

    Columns and rows are arrays of one axis, scalars of none.
    """
    dtype = jnp.result_type(float, X, y, w, lam)
    X, y, w, lam = (jnp.asarray(a, dtype=dtype) for a in (X, y, w, lam))
    n, d = X.shape
    assert y.shape == (n,), (y.shape, (n,))
    assert w.shape == (d,), (w.shape, (d,))
    assert lam.shape == (), (lam.shape, ())
    z = X @ w
    J = lam * (w @ w) / 2 + jnp.sum(jnp.logaddexp(z, 0) - y * z) / n
    t1 = _sigmoid(z)
    dJ_dw = lam * w - (X.T @ (y - t1)) / n
    hessian_J_w = lam * jnp.eye(d, dtype=dtype) + (X.T @ ((t1 * _sigmoid(-z))[:, None] * X)) / n
    return J, dJ_dw, hessian_J_w


def _sample(X, y, w, lam, direction_1, direction_2_1, direction_2_2):
    dtype = X.dtype
    y_ = jnp.where(jnp.asarray(0, dtype=dtype) < y, 1.0, 0.0)
    lambda_ = jnp.abs(lam) + 0.25
    return X, y_, w, lambda_, direction_1, direction_2_1, direction_2_2


def _error_1(derivative, after, before, step, direction):
    t1 = (after - before) / (2 * step)
    error = jnp.max(jnp.abs(derivative @ direction - t1)) / (1 + jnp.max(jnp.abs(t1)))
    return error


def _error_2(derivative, value_1, value_2, value_3, value_4, step, direction_1, direction_2):
    t1 = (value_1 - value_2 - value_3 + value_4) / (4 * step**2)
    error = jnp.max(jnp.abs(direction_1 @ (derivative @ direction_2) - t1)) / (1 + jnp.max(jnp.abs(t1)))
    return error


def self_test(seed=1):
    r"""Compares the derivatives with finite differences at random data."""
    jax.config.update("jax_enable_x64", True)
    key = jax.random.PRNGKey(seed)

    def at(*moves):
        arguments = list(data[:4])
        for place, change in moves:
            arguments[place] = arguments[place] + change
        values = logistic(*arguments)
        return values

    for attempt in range(200):
        keys = iter(jax.random.split(jax.random.fold_in(key, attempt), 7))
        raw = [
            jax.random.normal(next(keys), (4, 3), dtype=float),
            jax.random.normal(next(keys), (4,), dtype=float),
            jax.random.normal(next(keys), (3,), dtype=float),
            jax.random.normal(next(keys), (), dtype=float),
            jax.random.normal(next(keys), (3,), dtype=float),
            jax.random.normal(next(keys), (3,), dtype=float),
            jax.random.normal(next(keys), (3,), dtype=float),
        ]
        if attempt % 2:
            raw[:4] = [abs(z) / 2 for z in raw[:4]]
        data = _sample(*raw)
        values = at()
        if all(jnp.all(jnp.isfinite(value)) for value in values):
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
