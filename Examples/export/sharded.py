"""The gradient of logistic regression with the rows of X spread over devices.

    nabla export Examples/logistic.nabla --to jax -o logistic.py
    python Examples/export/sharded.py

Without accelerators the devices are simulated on this machine.
"""
import os
import sys

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=8")
import jax
import jax.numpy as jnp
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P

sys.path.insert(0, os.getcwd())
from logistic import logistic

jax.config.update("jax_enable_x64", True)
mesh = Mesh(jax.devices(), ("rows",))
by_rows = NamedSharding(mesh, P("rows"))
everywhere = NamedSharding(mesh, P())

keys = jax.random.split(jax.random.PRNGKey(1), 3)
n, d = 80_000, 50
X = jax.random.normal(keys[0], (n, d))
y = (jax.random.normal(keys[1], (n,)) > 0).astype(float)
w = jax.random.normal(keys[2], (d,)) / 10

# Each device holds n/8 rows; the compiler adds the sums over devices by itself.
sharded = jax.jit(logistic, in_shardings=(by_rows, by_rows, everywhere, everywhere), out_shardings=everywhere)
spread = jax.device_put(X, by_rows), jax.device_put(y, by_rows)
J, dJ_dw, H = sharded(*spread, w, 0.01)
alone = jax.jit(logistic)(X, y, w, 0.01)

text = sharded.lower(*spread, w, 0.01).compile().as_text()
print(f"{len(jax.devices())} devices, rows of X on each: {spread[0].addressable_shards[0].data.shape[0]}")
print(f"sums over devices in the compiled program: {text.count('all-reduce(')}")
for name, a, b in zip(("J", "dJ_dw", "hessian_J_w"), (J, dJ_dw, H), alone):
    print(f"{name}: largest difference to one device {float(jnp.max(jnp.abs(a - b))):.1e}")
