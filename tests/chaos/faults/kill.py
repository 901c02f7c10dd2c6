"""SIGKILL at random moments under a real node's traffic: tools/kill_loop.sh and what it says."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEADLINE_PER_ROUND_S = 60


def kill_rounds(binary, rounds, rng):
    """Runs the loop; it compares the record with what clients were shown. Raises when it fails."""
    seed = rng.randrange(1 << 31)
    env = os.environ | {"VIZ_API_BIN": binary, "VIZ_TAP_BIN": str(pathlib.Path(binary).with_name("viz-tap")),
                        "SEED": str(seed)}
    loop = subprocess.Popen([str(ROOT / "tools/kill_loop.sh"), str(rounds)], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output, _ = loop.communicate(timeout=60 + rounds * DEADLINE_PER_ROUND_S)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"seed {seed}: not over within its deadline") from None
    finally:
        if loop.poll() is None:
            loop.terminate()  # it ends what it started
            loop.wait()
    last = (output.strip().splitlines() or [""])[-1]
    if loop.returncode != 0:
        raise AssertionError(f"seed {seed}: {last}")
    return {"seen": f"{rounds} kills, seed {seed}: {last}"}


FAULTS = {"SIGKILL under traffic, three times": 3}
