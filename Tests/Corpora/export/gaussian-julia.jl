# Written by Nabla for Julia; `julia gaussian.jl` runs the self-test.
using LinearAlgebra
using Random

@doc raw"""
L, dL_dmu and dL_dS for given X, mu and S.

    L = -d*n*log(2*pi)/2 - tr(C*inv(S)*C')/2 - n*logdet(S)/2
    dL_dmu = inv(S)*rowsums(C')
    dL_dS = 1/2*(inv(S)*C'*C*inv(S) - n*inv(S))
    where C = X - ones(n)*mu'

    X : matrix(n, d)
    mu : vector(d)
    S : matrix(d, d), spd

Columns are vectors, rows matrices of one row, scalars numbers.
""" function gaussian(X::AbstractMatrix, mu::AbstractVector, S::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    @assert size(X) == (n, d) "X is not n x d"
    @assert size(mu) == (d,) "mu is not d x 1"
    @assert size(S) == (d, d) "S is not d x d"
    C = X .- mu'
    t1 = cholesky(Symmetric(S))
    t2 = C'
    t3 = t1 \ t2
    L = -dot(t3, t2) / 2 - n * logabsdet(t1)[1] / 2 - d * n * log(2 * pi) / 2
    dL_dmu = t1 \ vec(sum(C, dims=1))
    dL_dS = (t1 \ (t2 * t3') - n * inv(t1)) / 2
    return L, dL_dmu, dL_dS
end

function sample_(X::AbstractMatrix, mu::AbstractVector, S::AbstractMatrix, direction_1::AbstractVector, direction_2::AbstractMatrix)
    n = size(X, 1)
    d = size(X, 2)
    S_ = (S * S') / d + Matrix{Float64}(I, d, d)
    direction_2_ = (direction_2 + direction_2') / 2
    return X, mu, S_, direction_1, direction_2_
end

function error_1_(derivative::AbstractVector, after::Real, before::Real, step::Real, direction::AbstractVector)
    d = size(derivative, 1)
    t1 = (after - before) / (2 * step)
    error = maximum(abs, dot(derivative, direction) - t1) / (1 + maximum(abs, t1))
    return error
end

function error_2_(derivative::AbstractMatrix, after::Real, before::Real, step::Real, direction::AbstractMatrix)
    d = size(derivative, 1)
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
        return gaussian(inputs...)
    end
    for attempt in 1:200
        raw = Any[
            randn(4, 3),
            randn(3),
            randn(3, 3),
            randn(3),
            randn(3, 3),
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
    after = at((2, step * data[4]))[1]
    before = at((2, -step * data[4]))[1]
    error = error_1_(values[2], after, before, step, data[4])
    println("dL_dmu: relative error ", error)
    @assert error < 1e-5 "dL_dmu differs from finite differences"
    step = 1e-6
    after = at((3, step * data[5]))[1]
    before = at((3, -step * data[5]))[1]
    error = error_2_(values[3], after, before, step, data[5])
    println("dL_dS: relative error ", error)
    @assert error < 1e-5 "dL_dS differs from finite differences"
end

if abspath(PROGRAM_FILE) == @__FILE__
    self_test()
end
