"""Random formula files with data, over everything that the language has."""
import random
import re

SIZES = {"n": 4, "d": 3}
DECLARATIONS = """\
x : vector(n)
y : vector(n)
u : vector(d)
p : vector(n), positive
q : vector(n), onehot
r : row(d)
A : matrix(n, d)
B : matrix(d, n)
M : matrix(n, n)
S : matrix(n, n), spd
L : matrix(n, n), lower
Y : matrix(n, d), simplex
a : scalar
b : scalar, positive
"""
SHAPES = {
    "x": "n1", "y": "n1", "u": "d1", "p": "n1", "q": "n1", "r": "1d", "A": "nd", "B": "dn", "M": "nn", "S": "nn",
    "L": "nn", "Y": "nd", "a": "11", "b": "11",
}
UNARY = (
    "exp sin cos tan tanh sinh cosh atan erf sigmoid softplus relu silu gelu abs sign step expm1 sech asinh "
    "normcdf normpdf erfc"
).split()
POSITIVE = "log log1p sqrt lgamma digamma acosh1 log".split()


class Formulas:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def leaf(self, shape):
        names = [name for name, s in SHAPES.items() if s == shape]
        if shape == "11":
            return self.pick(*names, *names, "2", "0.5", "n", "3")
        return self.pick(*names) if names else self.made(shape, 1)

    def made(self, shape, depth):
        """A formula of the shape, of that depth at most."""
        if depth <= 0:
            return self.leaf(shape)
        kind = self.random.random()
        g = lambda s: self.made(s, depth - 1)
        if kind < 0.12:
            return self.leaf(shape)
        if kind < 0.45:
            return self.entrywise(shape, g)
        choices = {
            "11": self.scalar, "n1": self.vector, "d1": lambda g: self.pick(f"{g('dn')}*{b(g('n1'))}", f"({g('1d')})'"),
            "1d": lambda g: self.pick(f"{b(g('n1'))}'*{b(g('nd'))}", f"colsums({g('nd')})", f"({g('d1')})'", "A[2, :]"),
            "nd": self.matrix, "dn": lambda g: f"({g('nd')})'", "nn": self.square,
        }
        b = bracket
        return choices[shape](g)

    def entrywise(self, shape, g):
        b = bracket
        return self.pick(
            lambda: f"{b(g(shape))} + {b(g(shape))}",
            lambda: f"{b(g(shape))} - {b(g(shape))}",
            lambda: f"{b(g(shape))} .* {b(g(shape))}",
            lambda: f"{b(g('11'))}*{b(g(shape))}",
            lambda: f"{b(g(shape))} ./ (1 + {b(g(shape))}.^2)",
            lambda: f"{self.random.choice(UNARY)}({g(shape)})",
            lambda: f"{self.random.choice(UNARY)}({g(shape)})",
            lambda: f"log(1 + exp({g(shape)}))",
            lambda: f"sqrt(1 + {b(g(shape))}.^2)",
            lambda: f"log({b(g(shape))}.^2 + {self.pick('0.5', '1', '2')})",
            lambda: f"{self.pick('lgamma', 'digamma', 'sqrt', 'log', 'log1p')}(0.5 + exp(tanh({g(shape)})))",
            lambda: f"polygamma(2, 1 + exp(tanh({g(shape)})))",
            lambda: f"logit(sigmoid({g(shape)})/2)",
            lambda: f"{self.pick('asin', 'acos', 'atanh')}(tanh({g(shape)})/2)",
            lambda: f"max({g(shape)}, {g(shape)})",
            lambda: f"min({g(shape)}, {g('11')})",
            lambda: f"leakyrelu({g(shape)}, 0.1)",
            lambda: f"elu({g(shape)}, b)",
            lambda: f"huber({g(shape)}, b)",
            lambda: f"clip({g(shape)}, -1, 1)",
            lambda: f"where({g(shape)} > 0, {g(shape)}, {g(shape)})",
            lambda: f"{b(g(shape))}.^{self.pick('2', '3')}",
            lambda: f"exp({g(shape)}/3).^{self.pick('0.5', '-1', 'b')}",
            lambda: f"-{b(g(shape))}",
        )()

    def scalar(self, g):
        b = bracket
        any_matrix = lambda: g(self.pick("nd", "nn"))
        any_array = lambda: g(self.pick("n1", "nd", "nn", "1d"))
        return self.pick(
            lambda: f"sum({any_array()})", lambda: f"mean({any_array()})", lambda: f"norm1({any_array()})",
            lambda: f"norm2({any_array()})", lambda: f"norm2({any_array()})^2", lambda: f"norminf({any_array()})",
            lambda: f"max({any_array()})", lambda: f"min({any_array()})", lambda: f"tr({g('nn')})",
            lambda: f"tr({b(g('nn'))}*{b(g('nn'))})", lambda: f"det({g('nn')})", lambda: "logdet(S)",
            lambda: f"logdet({b(g('nn'))})", lambda: f"logsumexp({g('n1')})", lambda: f"dot({g('nd')}, {g('nd')})",
            lambda: f"{b(g('n1'))}'*{b(g('n1'))}", lambda: f"{b(g('n1'))}'*{b(g('nn'))}*{b(g('n1'))}",
            lambda: f"specnorm({any_matrix()})", lambda: f"nucnorm({any_matrix()})",
            lambda: "x[2]", lambda: "A[1, 2]", lambda: f"sum(i = 1:n, x[i]*{self.pick('y[i]', 'exp(y[i])', 'i')})",
            lambda: f"sum(i = 2:n, (x[i] - x[i-1])^2)", lambda: f"prod({g('n1')})",
            lambda: f"x'*inv(S)*y", lambda: "logdet(S + A*A')", lambda: "log(det(S))",
        )()

    def vector(self, g):
        b = bracket
        return self.pick(
            lambda: f"{b(g('nd'))}*{b(g('d1'))}", lambda: f"{b(g('nn'))}*{b(g('n1'))}", lambda: f"inv(S)*{b(g('n1'))}",
            lambda: f"inv(M)*{b(g('n1'))}", lambda: f"inv(M')*{b(g('n1'))}", lambda: f"rowsums({g('nd')})",
            lambda: f"diag({g('nn')})", lambda: f"softmax({g('n1')})", lambda: f"logsoftmax({g('n1')})",
            lambda: f"logsumexp({g('nd')})", lambda: "[x[1:2]; y[3:4]]", lambda: f"argmaxhot({g('n1')})",
            lambda: "M[:, 2]", lambda: f"diag({g('n1')})*{b(g('n1'))}", lambda: f"inv(diag(p))*{b(g('n1'))}",
            lambda: "inv(S + 2*eye(n))*x", lambda: f"leftsv({g('nd')})",
        )()

    def matrix(self, g):
        b = bracket
        return self.pick(
            lambda: f"{b(g('n1'))}*{b(g('1d'))}", lambda: f"{b(g('nn'))}*{b(g('nd'))}",
            lambda: f"{b(g('nd'))} + {b(g('n1'))}*ones(d)'", lambda: f"{b(g('nd'))} - ones(n)*{b(g('1d'))}",
            lambda: f"diag({g('n1')})*{b(g('nd'))}", lambda: f"{b(g('nd'))}*diag({g('d1')})",
            lambda: f"softmax({g('nd')})", lambda: f"logsoftmax({g('nd')})", lambda: f"pinv({g('dn')})",
            lambda: f"polar({g('nd')})", lambda: f"inv(S)*{b(g('nd'))}", lambda: f"{b(g('nd'))}*inv(2*eye(d) + B*B')",
            lambda: "[A[1:2, :]; Y[3:4, :]]", lambda: "[x, y, p]", lambda: f"a*ones(n, d)",
        )()

    def square(self, g):
        b = bracket
        return self.pick(
            lambda: f"{b(g('nd'))}*{b(g('dn'))}", lambda: f"({g('nn')})'", lambda: f"diag({g('n1')})",
            lambda: f"tril({g('nn')})", lambda: f"triu({g('nn')})", lambda: "inv(S)", lambda: "inv(M)", lambda: "chol(S)",
            lambda: "adj(M)", lambda: "expm(M)", lambda: f"{b(g('n1'))}*{b(g('n1'))}'", lambda: "inv(S)*M*inv(S)",
            lambda: f"{b(g('nn'))} + {b(g('11'))}*eye(n)", lambda: "M^2", lambda: f"lowhalf({g('nn')})",
            lambda: "inv(M)'", lambda: "inv(L)",
        )()

    def asked(self, mode, formula, *variables):
        """A question about variables that occur, where one does."""
        words = set(re.findall(r"\w+", formula))
        occurring = [v for v in variables if set(v.split(", ")) <= words]
        return f"{mode} {formula} wrt {self.random.choice(occurring or variables)}"

    def question(self):
        kind = self.random.random()
        if kind < 0.55:
            return self.asked("gradient", self.made("11", 4), "x", "u", "A", "M", "S", "a", "x, A", "r", "p", "y", "B", "Y", "b")
        if kind < 0.67:
            return self.asked("jacobian", self.made("n1", 3), "x", "u", "M", "A", "y", "p")
        if kind < 0.72:
            return self.asked("jacobian", self.made("nd", 2), "A", "x", "Y", "B")
        if kind < 0.82:
            return self.asked("hessian", self.made("11", 3), "x", "A", "x, y", "u", "p", "y")
        if kind < 0.88:
            return self.asked("differential", self.made(self.pick("11", "n1"), 3), "x", "A", "x, A", "M", "u")
        return f"simplify {self.made(self.pick('nn', 'nd', 'n1', '11'), 4)}"

    def case(self):
        return DECLARATIONS + "\n" + self.question() + "\n"

    def data(self):
        """Values for the declarations and their differentials, and the sizes."""
        normal = lambda: round(self.random.gauss(0, 1), 3)
        n, d = SIZES["n"], SIZES["d"]
        table = lambda rows, columns: [[normal() for _ in range(columns)] for _ in range(rows)]
        column = lambda count: [normal() for _ in range(count)]
        gram = table(n, n)
        spd = [[sum(gram[i][k] * gram[j][k] for k in range(n)) / n + (i == j) for j in range(n)] for i in range(n)]
        simplex = []
        for _ in range(n):
            row = [abs(normal()) + 0.1 for _ in range(d)]
            row = [round(v / sum(row), 3) for v in row]
            simplex.append(row[:-1] + [1 - sum(row[:-1])])
        hot = self.random.randrange(n)
        data = {
            "x": column(n), "y": column(n), "u": column(d), "p": [abs(v) + 0.1 for v in column(n)],
            "q": [float(i == hot) for i in range(n)], "r": [column(d)], "A": table(n, d), "B": table(d, n),
            "M": table(n, n), "S": spd, "Y": simplex, "a": normal(), "b": abs(normal()) + 0.1, "n": n, "d": d,
            "L": [[(normal() if j <= i else 0.0) + 2.0 * (i == j) for j in range(n)] for i in range(n)],
        }
        for name, shape in SHAPES.items():
            rows, columns = ({"n": n, "d": d, "1": 1}[c] for c in shape)
            value = table(rows, columns)
            data["d" + name] = value[0][0] if shape == "11" else [row[0] for row in value] if columns == 1 else value
        return data


def bracket(text):
    return text if text.replace("_", "").isalnum() else f"({text})"
