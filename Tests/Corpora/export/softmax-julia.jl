# Written by Nabla for Julia; `julia softmax.jl` runs the self-test.
using LinearAlgebra
using Random

function softmax_rows_(a)
    e = exp.(a .- maximum(a, dims=2))
    return e ./ sum(e, dims=2)
end

function logsoftmax_rows_(a)
    b = a .- maximum(a, dims=2)
    return b .- log.(sum(exp.(b), dims=2))
end

@doc raw"""
J and dJ_dW for given X, Y and W.

    J = -sum(Y .* logsoftmax(Z))/n
    dJ_dW = 1/n * X'*(softmax(Z) - Y)
    where Z = X*W

    X : matrix(n, d)
    Y : matrix(n, k), onehot
    W : matrix(d, k)

Columns are vectors, rows matrices of one row, scalars numbers.
""" function softmax(X::AbstractMatrix, Y::AbstractMatrix, W::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    k = size(Y, 2)
    @assert size(X) == (n, d) "X is not n x d"
    @assert size(Y) == (n, k) "Y is not n x k"
    @assert size(W) == (d, k) "W is not d x k"
    Z = X * W
    J = -sum(vec(sum(Y' .* logsoftmax_rows_(Z)', dims=2))) / n
    dJ_dW = -(X' * (Y - softmax_rows_(Z))) / n
    return J, dJ_dW
end

function sample_(X::AbstractMatrix, Y::AbstractMatrix, W::AbstractMatrix, direction_1::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    k = size(Y, 2)
    Y_ = softmax_rows_(1000000000 * Y)
    return X, Y_, W, direction_1
end

function error_1_(derivative::AbstractMatrix, after::Real, before::Real, step::Real, direction::AbstractMatrix)
    d = size(derivative, 1)
    k = size(derivative, 2)
    t1 = (after - before) / (2 * step)
    error = maximum(abs, dot(derivative, direction) - t1) / (1 + maximum(abs, t1))
    return error
end

function self_test(seed=1)
    Random.seed!(seed)
    data, values = (), ()
    function at(moves...)
        inputs = Any[data[1:3]...]
        for (place, change) in moves
            inputs[place] = inputs[place] + change
        end
        return softmax(inputs...)
    end
    for attempt in 1:200
        raw = Any[
            randn(5, 3),
            randn(5, 4),
            randn(3, 4),
            randn(3, 4),
        ]
        if iseven(attempt)
            raw[1:3] = [abs.(z) / 2 for z in raw[1:3]]
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
    after = at((3, step * data[4]))[1]
    before = at((3, -step * data[4]))[1]
    error = error_1_(values[2], after, before, step, data[4])
    println("dJ_dW: relative error ", error)
    @assert error < 1e-5 "dJ_dW differs from finite differences"
end

if abspath(PROGRAM_FILE) == @__FILE__
    self_test()
end
