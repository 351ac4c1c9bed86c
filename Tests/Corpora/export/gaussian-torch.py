# Written by Nabla for PyTorch; `python gaussian.py` runs the self-test.
import math

import torch


def _kind(*arguments):
    # The precision and the device of the arguments: those of the one with most axes.
    tensors = [a for a in arguments if isinstance(a, torch.Tensor) and a.is_floating_point()]
    if not tensors:
        return torch.float64, torch.device("cpu")
    widest = max(tensors, key=lambda a: a.dim())
    return widest.dtype, widest.device


def gaussian(X, mu, S):
    r"""L, dL_dmu and dL_dS for given X, mu and S.

        L = -d*n*log(2*pi)/2 - tr(C*inv(S)*C')/2 - n*logdet(S)/2
        dL_dmu = inv(S)*rowsums(C')
        dL_dS = 1/2*(inv(S)*C'*C*inv(S) - n*inv(S))
        where C = X - ones(n)*mu'

        X : matrix(n, d)
        mu : vector(d)
        S : matrix(d, d), spd

    Columns and rows are arrays of one axis, scalars of none.
    """
    dtype, device = _kind(X, mu, S)
    X, mu, S = (torch.as_tensor(a, dtype=dtype, device=device) for a in (X, mu, S))
    n, d = X.shape
    assert mu.shape == (d,), (mu.shape, (d,))
    assert S.shape == (d, d), (S.shape, (d, d))
    C = X - mu
    t1 = torch.linalg.cholesky(S)
    t2 = C.T
    t3 = torch.cholesky_solve(t2, t1)
    t4 = torch.log(torch.as_tensor(2 * math.pi, dtype=dtype, device=device))
    L = -torch.sum(t3 * t2) / 2 - n * (2 * torch.sum(torch.log(torch.diag(t1)))) / 2 - d * n * t4 / 2
    t5 = torch.sum(C, dim=0)
    dL_dmu = torch.cholesky_solve(t5.unsqueeze(1), t1)[:, 0]
    t6 = t2 @ t3.T
    dL_dS = (torch.cholesky_solve(t6, t1) - n * torch.cholesky_inverse(t1)) / 2
    return L, dL_dmu, dL_dS


def _sample(X, mu, S, direction_1, direction_2):
    dtype, device = X.dtype, X.device
    d = X.shape[1]
    S_ = (S @ S.T) / d + torch.eye(d, dtype=dtype, device=device)
    direction_2_ = (direction_2 + direction_2.T) / 2
    return X, mu, S_, direction_1, direction_2_


def _error_1(derivative, after, before, step, direction):
    t1 = (after - before) / (2 * step)
    error = torch.max(torch.abs(derivative @ direction - t1)) / (1 + torch.max(torch.abs(t1)))
    return error


def _error_2(derivative, after, before, step, direction):
    t1 = (after - before) / (2 * step)
    error = torch.max(torch.abs(torch.sum(derivative * direction) - t1)) / (1 + torch.max(torch.abs(t1)))
    return error


def self_test(seed=1):
    r"""Compares the derivatives with finite differences at random data."""
    torch.manual_seed(seed)

    def at(*moves):
        arguments = list(data[:3])
        for place, change in moves:
            arguments[place] = arguments[place] + change
        values = gaussian(*arguments)
        return values

    for attempt in range(200):
        raw = [
            torch.randn((4, 3), dtype=torch.float64),
            torch.randn((3,), dtype=torch.float64),
            torch.randn((3, 3), dtype=torch.float64),
            torch.randn((3,), dtype=torch.float64),
            torch.randn((3, 3), dtype=torch.float64),
        ]
        if attempt % 2:
            raw[:3] = [abs(z) / 2 for z in raw[:3]]
        data = _sample(*raw)
        values = at()
        if all(torch.all(torch.isfinite(torch.as_tensor(value))) for value in values):
            break
    else:
        raise SystemExit("no random data at which the values are finite")

    step = 1e-6
    after = at((1, step * data[3]))[0]
    before = at((1, -step * data[3]))[0]
    error = _error_1(values[1], after, before, step, data[3])
    print(f"dL_dmu: relative error {float(error):.1e}")
    assert error < 1e-5, "dL_dmu differs from finite differences"

    step = 1e-6
    after = at((2, step * data[4]))[0]
    before = at((2, -step * data[4]))[0]
    error = _error_2(values[2], after, before, step, data[4])
    print(f"dL_dS: relative error {float(error):.1e}")
    assert error < 1e-5, "dL_dS differs from finite differences"


if __name__ == "__main__":
    self_test()
