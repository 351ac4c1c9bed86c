function [J, dJ_dU, dJ_dV] = factorization(R, M, U, V, lambda)
% J, dJ_dU and dJ_dV for given R, M, U, V and lambda.
%
%     J = lambda*(norm2(U)^2 + norm2(V)^2)/2 + norm2(E)^2/2
%     dJ_dU = E*V + lambda*U
%     dJ_dV = E'*U + lambda*V
%     where E = M .* (U*V' - R)
%
%     R : matrix(m, n)
%     M : matrix(m, n), binary
%     U : matrix(m, k)
%     V : matrix(n, k)
%     lambda : scalar, positive
%
% Written by Nabla for MATLAB and Octave; `factorization` without arguments runs the self-test.
    if nargin == 0
        self_test();
        return
    end
    m = size(R, 1);
    n = size(R, 2);
    k = size(U, 2);
    assert(isequal(size(R), [m, n]), 'R is not m x n');
    assert(isequal(size(M), [m, n]), 'M is not m x n');
    assert(isequal(size(U), [m, k]), 'U is not m x k');
    assert(isequal(size(V), [n, k]), 'V is not n x k');
    assert(isequal(size(lambda), [1, 1]), 'lambda is not 1 x 1');
    t1 = R - U * V';
    t2 = M .* t1;
    E = -t2;
    J = sum(sum(E.^2)) / 2 + lambda * (sum(sum(U.^2)) + sum(sum(V.^2))) / 2;
    dJ_dU = lambda * U - t2 * V;
    dJ_dV = lambda * V - (M' .* t1') * U;
end

function self_test()
    rand('seed', 1); randn('seed', 1);
    for attempt = 1:200
        raw = cell(1, 7);
        raw{1} = randn(4, 5);
        raw{2} = randn(4, 5);
        raw{3} = randn(4, 3);
        raw{4} = randn(5, 3);
        raw{5} = randn(1, 1);
        raw{6} = randn(4, 3);
        raw{7} = randn(5, 3);
        if mod(attempt, 2) == 0
            for k = 1:5
                raw{k} = abs(raw{k}) / 2;
            end
        end
        data = cell(1, 7);
        [data{:}] = sample_(raw{:});
        values = at_(data);
        if all(cellfun(@(v) all(isfinite(v(:))) && isreal(v), values))
            break
        end
    end
    step = 1e-6;
    moved = at_(data, 3, step * data{6});
    after = moved{1};
    moved = at_(data, 3, -step * data{6});
    before = moved{1};
    error = error_1_(values{2}, after, before, step, data{6});
    fprintf('dJ_dU: relative error %.1e\n', error);
    assert(error < 1e-5, 'dJ_dU differs from finite differences');
    step = 1e-6;
    moved = at_(data, 4, step * data{7});
    after = moved{1};
    moved = at_(data, 4, -step * data{7});
    before = moved{1};
    error = error_2_(values{3}, after, before, step, data{7});
    fprintf('dJ_dV: relative error %.1e\n', error);
    assert(error < 1e-5, 'dJ_dV differs from finite differences');
end

function values = at_(data, varargin)
    inputs = data(1:5);
    for k = 1:2:numel(varargin)
        inputs{varargin{k}} = inputs{varargin{k}} + varargin{k + 1};
    end
    values = cell(1, 3);
    [values{:}] = factorization(inputs{:});
end

function [output_1, M_, output_3, output_4, lambda_, output_6, output_7] = sample_(R, M, U, V, lambda, direction_1, direction_2)
    m = size(R, 1);
    n = size(R, 2);
    k = size(U, 2);
    M_ = double(0 < M);
    lambda_ = abs(lambda) + 0.25;
    output_1 = R;
    output_3 = U;
    output_4 = V;
    output_6 = direction_1;
    output_7 = direction_2;
end

function error = error_1_(derivative, after, before, step, direction)
    m = size(derivative, 1);
    k = size(derivative, 2);
    t1 = (after - before) / (2 * step);
    error = max(max(abs(sum(sum(derivative .* direction)) - t1))) / (1 + max(max(abs(t1))));
end

function error = error_2_(derivative, after, before, step, direction)
    n = size(derivative, 1);
    k = size(derivative, 2);
    t1 = (after - before) / (2 * step);
    error = max(max(abs(sum(sum(derivative .* direction)) - t1))) / (1 + max(max(abs(t1))));
end
