# Written by Nabla for Julia; `julia network.jl` runs the self-test.
using LinearAlgebra
using Random

@doc raw"""
L, dL_dW1 and dL_dW2 for given X, Y, W1 and W2.

    L = norm2(D)^2/(2*n)
    dL_dW1 = 1/n * X'*((D*W2') .* (1 - H.^2))
    dL_dW2 = 1/n * H'*D
    where H = tanh(X*W1)
    where D = H*W2 - Y

    X : matrix(n, d)
    Y : matrix(n, k)
    W1 : matrix(d, h)
    W2 : matrix(h, k)

Columns are vectors, rows matrices of one row, scalars numbers.
""" function network(X::AbstractMatrix, Y::AbstractMatrix, W1::AbstractMatrix, W2::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    k = size(Y, 2)
    h = size(W1, 2)
    @assert size(X) == (n, d) "X is not n x d"
    @assert size(Y) == (n, k) "Y is not n x k"
    @assert size(W1) == (d, h) "W1 is not d x h"
    @assert size(W2) == (h, k) "W2 is not h x k"
    t1 = X * W1
    H = tanh.(t1)
    D = H * W2 - Y
    L = dot(D, D) / 2 / n
    dL_dW1 = (X' * (sech.(t1).^2 .* (D * W2'))) / n
    dL_dW2 = (H' * D) / n
    return L, dL_dW1, dL_dW2
end

function sample_(X::AbstractMatrix, Y::AbstractMatrix, W1::AbstractMatrix, W2::AbstractMatrix, direction_1::AbstractMatrix, direction_2::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    k = size(Y, 2)
    h = size(W1, 2)
    return X, Y, W1, W2, direction_1, direction_2
end

function error_1_(derivative::AbstractMatrix, after::Real, before::Real, step::Real, direction::AbstractMatrix)
    d = size(derivative, 1)
    h = size(derivative, 2)
    t1 = (after - before) / (2 * step)
    error = maximum(abs, dot(derivative, direction) - t1) / (1 + maximum(abs, t1))
    return error
end

function error_2_(derivative::AbstractMatrix, after::Real, before::Real, step::Real, direction::AbstractMatrix)
    h = size(derivative, 1)
    k = size(derivative, 2)
    t1 = (after - before) / (2 * step)
    error = maximum(abs, dot(derivative, direction) - t1) / (1 + maximum(abs, t1))
    return error
end

function self_test(seed=1)
    Random.seed!(seed)
    data, values = (), ()
    function at(moves...)
        inputs = Any[data[1:4]...]
        for (place, change) in moves
            inputs[place] = inputs[place] + change
        end
        return network(inputs...)
    end
    for attempt in 1:200
        raw = Any[
            randn(6, 3),
            randn(6, 5),
            randn(3, 4),
            randn(4, 5),
            randn(3, 4),
            randn(4, 5),
        ]
        if iseven(attempt)
            raw[1:4] = [abs.(z) / 2 for z in raw[1:4]]
        end
        data = sample_(raw...)
        try
            values = at()
        catch problem
            problem isa DomainError || rethrow()
            continue
        end
        all(v -> all(isfinite, v), values) && break
    end
    step = 1e-6
    after = at((3, step * data[5]))[1]
    before = at((3, -step * data[5]))[1]
    error = error_1_(values[2], after, before, step, data[5])
    println("dL_dW1: relative error ", error)
    @assert error < 1e-5 "dL_dW1 differs from finite differences"
    step = 1e-6
    after = at((4, step * data[6]))[1]
    before = at((4, -step * data[6]))[1]
    error = error_2_(values[3], after, before, step, data[6])
    println("dL_dW2: relative error ", error)
    @assert error < 1e-5 "dL_dW2 differs from finite differences"
end

if abspath(PROGRAM_FILE) == @__FILE__
    self_test()
end
