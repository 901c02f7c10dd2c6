"""Builds and controls faults.c: a disk and a clock that fail on request."""
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile

FIELDS = ["cut_after", "seed", "keep_percent", "space", "eio", "fsync_ms", "clock_s", "forget", "writes", "fsyncs",
          "failed", "undone"]
DEFAULTS = {"cut_after": -1, "space": -1, "keep_percent": 50}
READ, WRITE, FSYNC = 1, 2, 4
_built = None


def library():
    """The compiled library, made once a run."""
    global _built
    if _built is None:
        folder = tempfile.TemporaryDirectory(prefix="viz-chaos-library-")
        path = os.path.join(folder.name, "faults.so")
        source = pathlib.Path(__file__).with_name("faults.c")
        subprocess.run(["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", path,
                        str(source), "-ldl", "-lpthread"], check=True)
        _built = (folder, path)
    return _built[1]


class Disk:
    """Environment of a service whose disk and clock are steered: `disk.space = 0`, `disk.clock_s = 7200`."""

    def __init__(self, folder):
        path = os.path.join(folder, "control")
        with open(path, "wb") as file:
            file.write(struct.pack(f"={len(FIELDS)}q", *(DEFAULTS.get(name, 0) for name in FIELDS)))
        with open(path, "r+b") as file:
            object.__setattr__(self, "mapped", mmap.mmap(file.fileno(), 0))
        object.__setattr__(self, "environment",
                           {"LD_PRELOAD": library(), "CHAOS_FOLDER": folder, "CHAOS_CONTROL": path})

    def __setattr__(self, name, value):
        struct.pack_into("=q", self.mapped, 8 * FIELDS.index(name), value)

    def __getattr__(self, name):
        if name not in FIELDS:
            raise AttributeError(name)
        return struct.unpack_from("=q", self.mapped, 8 * FIELDS.index(name))[0]

    def well(self):
        for name in FIELDS[:8]:
            if name != "seed":
                setattr(self, name, DEFAULTS.get(name, 0))
