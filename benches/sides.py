"""The sides of the comparison, and the process of each, which answers one request at a time."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


# What is compiled, installed and written on the way.
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).resolve().parents[1] / "target")).resolve()
SCRATCH = TARGET / "benches"


class Problem(Exception):
    """What is wrong, in one line for the person at the terminal."""


class Failed(Exception):
    """Why a side cannot do what it was asked for."""


@dataclass(frozen=True)
class Kind:
    """What a side is called, and what runs it: a Python script with its packages, or the peers in Rust."""

    title: str
    script: str | None = None
    options: tuple = ()
    packages: tuple = ()
    peer: str | None = None
    crate: str | None = None
    # Whether it takes part in a workload.
    joins: object = lambda workload: True


def in_table(workload):
    return workload["group"] == "table"


def of_several(workload):
    return workload["networks"] > 1


SIDES = {
    "ours": Kind("ours"),
    "numpy": Kind("NumPy", "numpy_side.py", packages=("numpy",)),
    "jax": Kind("JAX", "jax_side.py", packages=("jax", "numpy")),
    "vmap": Kind("vmap", "jax_side.py", ("--vmap",), packages=("jax", "numpy"), joins=of_several),
    "torch": Kind("PyTorch", "torch_side.py", packages=("numpy", "torch")),
    # Compiling takes seconds to minutes a workload.
    "compiled": Kind("compiled", "torch_side.py", ("--compile",), packages=("numpy", "torch"), joins=in_table),
    "ndarray": Kind("ndarray", peer="ndarray", crate="ndarray", joins=in_table),
    "candle": Kind("candle", peer="candle", crate="candle-core", joins=in_table),
    "burn": Kind("Burn", peer="burn", crate="burn", joins=in_table),
}
# Without these there is nothing to compare.
REQUIRED = ("ours", "numpy")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS")


class Side:
    """A process that trains what it is asked to; started when it is first needed."""

    def __init__(self, command, cpu=None, threads=1):
        self.command = [str(part) for part in command]
        self.cpu = cpu
        self.threads = threads
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()

    def train(self, workload, steps):
        """Seconds for that many steps of all networks, and the networks' mean cost after them."""
        answer = self.ask({"workload": workload["name"], "steps": steps})
        return answer["seconds"], answer["cost"]

    def prepare(self, workload):
        """Makes the side read the data, so that it need not later."""
        self.ask({"workload": workload["name"]})

    def ask(self, request):
        if not self.process:
            self.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answer tells
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process = None
            raise Failed(f"the process ended with {code} and no answer")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"].splitlines()[0])
        return answer

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment() | {"RAYON_NUM_THREADS": str(self.threads)},
            preexec_fn=pinned(self.cpu),
        )

    def memory(self, name):
        """A line of Linux's account of the process, in bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise Failed(f"this system does not tell {name}")

    def forget_peak(self):
        """From now on the peak counts from the present memory."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="utf-8")


def environment():
    """That of all that is measured: one thread, f64, no GPU, and the BLAS that fits the machine."""
    kept = {key: value for key, value in os.environ.items() if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    jax = {
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    }
    # What has been compiled once is read the next time.
    caches = {
        "JAX_COMPILATION_CACHE_DIR": str(SCRATCH / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "TORCHINDUCTOR_CACHE_DIR": str(SCRATCH / "inductor"),
    }
    return kept | dict.fromkeys(THREADS, "1") | jax | caches | {"PYTHONDONTWRITEBYTECODE": "1"}


def pinned(cpu):
    """What a new process runs first, to stay on one core."""
    return None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})
