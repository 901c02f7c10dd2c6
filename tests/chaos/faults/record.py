"""What ends the process or fails below it: kills, power cuts, the disk, the clock. Nothing that a client
was shown may be lost, changed or numbered again."""
import json
import os
import sqlite3
import tempfile
import time

from support.disk import FSYNC, READ, WRITE, Disk
from support.ledger import Clients, Ledger
from support.node import Node, Traffic
from support.service import RECOVERY_DEADLINE_S, Service


def kill_rounds(binary, rounds, rng):
    """SIGKILL at random moments."""
    ledger, recovery, whole = Ledger(), 0.0, ""
    with Node() as node, Service(binary, node.port) as service, Traffic(node, per_second=300):
        for _ in range(rounds):
            with Clients(service, ledger):
                service.until_visible(node)
                time.sleep(rng.uniform(0.0, 1.0))
                service.kill()
            recovery = max(recovery, service.start())
            whole = ledger.assert_whole(service, "after a kill")
        return service.finish(f"{rounds} kills: {whole}", recovery)


def cut_rounds(rounds, forget):
    """Power cuts: unflushed sectors survive by chance. `forget`: the disk lies about every fsync."""
    def run(binary, _what, rng):
        ledger, recovery, undone, whole = Ledger(), 0.0, 0, ""
        with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node:
            disk = Disk(folder)
            settings = {"VIZ_API_STORAGE_SYNCHRONOUS": "full"}
            with Service(binary, node.port, settings, folder, disk.environment) as service, Traffic(node, per_second=300):
                for _ in range(rounds):
                    disk.well()
                    disk.seed, disk.keep_percent, disk.forget = rng.randrange(1 << 31), rng.choice([0, 30, 70]), int(forget)
                    with Clients(service, ledger):
                        service.until_visible(node)
                        time.sleep(rng.uniform(0.0, 0.5))
                        disk.cut_after = rng.randrange(1, 60)  # writes and flushes from now on
                        deadline = time.monotonic() + RECOVERY_DEADLINE_S
                        while service.alive() and time.monotonic() < deadline:
                            time.sleep(0.02)
                        if service.alive():
                            raise AssertionError("the cut did not come")
                        service.process.wait()
                    undone += disk.undone
                    disk.well()
                    try:
                        recovery = max(recovery, service.start())
                        whole = ledger.assert_whole(service, "after a power cut")
                    except AssertionError as error:
                        if forget:
                            service.kill()
                            return {"seen": f"loses, as it must: {error}"[:200], "recovery_s": None,
                                    "rss_mib": service.max_rss_kib // 1024}
                        raise
                if forget:
                    raise AssertionError(f"{rounds} cuts of a disk that flushes nothing lost nothing: the fault has no effect")
                return service.finish(f"{rounds} cuts, {undone} writes undone: {whole}", recovery)
    return run


def disk_fault(**fault):
    """The disk fails for some seconds: the service says so, goes on, and recovers."""
    def run(binary, _what, _rng):
        ledger = Ledger()
        with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node:
            disk = Disk(folder)
            with Service(binary, node.port, None, folder, disk.environment) as service, Traffic(node, per_second=200):
                with Clients(service, ledger):
                    service.until_visible(node)
                    for name, value in fault.items():
                        setattr(disk, name, value)
                    reasons, begin = set(), time.monotonic()
                    while time.monotonic() - begin < 5:
                        reasons |= set(service.reasons())
                        if service.get("/events?after=0&limit=10")[0] == 503:
                            reasons.add("/events answers 503")
                        service.check()
                        time.sleep(0.1)
                    # Reads may all be answered from caches, and a slow flush delays nobody but itself.
                    if fault.get("eio") != READ and "fsync_ms" not in fault and not reasons:
                        raise AssertionError("neither /health nor /events reported the failing disk")
                    disk.well()
                    recovery = service.until_visible(node)
                    service.until("/health is ok again", lambda: service.health().get("status") == "ok", RECOVERY_DEADLINE_S)
                whole = ledger.assert_whole(service, "after the disk's failure")
                seen = "; ".join(sorted(reasons)) or "health ok"
                return service.finish(f"{seen}; {whole}"[:300], recovery)
    return run


def clock_jump(seconds):
    """The wall clock is wrong for some seconds, with retention on: nothing is deleted for it."""
    def run(binary, _what, _rng):
        ledger = Ledger()
        with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node:
            disk = Disk(folder)
            settings = {"VIZ_API_RETENTION_HOURS": "24"}
            with Service(binary, node.port, settings, folder, disk.environment) as service, Traffic(node, per_second=200):
                with Clients(service, ledger):
                    service.until_visible(node)
                    time.sleep(2)
                    disk.clock_s = seconds
                    time.sleep(8)
                    disk.clock_s = 0
                    recovery = service.until_visible(node)
                whole = ledger.assert_whole(service, "after the clock was set back")
                return service.finish(whole, recovery)
    return run


def bit_flips(binary, flips, rng):
    """Bits of stored payloads flip while the service is down: those events are Damaged, all others as shown."""
    ledger = Ledger()
    with Node() as node, Service(binary, node.port) as service, Traffic(node, per_second=300):
        with Clients(service, ledger):
            service.until_visible(node)
            time.sleep(3)
        service.stop()
        chosen = {}
        with sqlite3.connect(service.database) as database:
            numbers = [row[0] for row in database.execute("SELECT seq_id FROM events ORDER BY seq_id")]
            for number in rng.sample(numbers, flips):
                payload = bytearray(database.execute("SELECT payload FROM events WHERE seq_id=?", (number,)).fetchone()[0])
                bit = rng.randrange(8 * len(payload))
                payload[bit // 8] ^= 1 << bit % 8
                database.execute("UPDATE events SET payload=? WHERE seq_id=?", (bytes(payload), number))
                chosen[number] = bit
        database.close()
        recovery = service.start()
        report = ledger.compare(service)
        if report["lost"] or report["changed"] or report["gaps"]:
            raise AssertionError(f"after the flips: {report}")
        shown = sum(number in ledger.shown for number in chosen)
        if report["damaged"] != shown:
            raise AssertionError(f"{shown} shown events have a flipped bit, {report['damaged']} are named: {report}")
        return service.finish(f"{flips} bits: {report['damaged']} events Damaged, {report['events']} in the record", recovery)


def ledger_control(binary, _what, _rng):
    """Deletes a row of the record: the ledger has to notice, or it proves nothing."""
    ledger = Ledger()
    with Node() as node, Service(binary, node.port) as service, Traffic(node, per_second=200):
        with Clients(service, ledger):
            service.until_visible(node)
            time.sleep(2)
        service.stop()
        with sqlite3.connect(service.database) as database:
            number = sorted(ledger.shown)[len(ledger.shown) // 2]
            database.execute("DELETE FROM events WHERE seq_id=?", (number,))
        database.close()
        service.start()
        report = ledger.compare(service)
        if not report["lost"] + report["damaged"] + report["gaps"]:
            raise AssertionError(f"the deleted event {number} was not missed: {report}")
        return service.finish(f"event {number} deleted: {json.dumps({k: v for k, v in report.items() if k != 'example'})}", 0.0)


# group, fault, run, what, whether it is of the short form
def rows():
    return [
        ("kill", "SIGKILL under traffic", kill_rounds, 10, False),
        ("kill", "two SIGKILLs under traffic", kill_rounds, 2, True),
        ("kill", "control: a deleted event is missed", ledger_control, None, True),
        ("power", "power cuts", cut_rounds(10, False), None, False),
        ("power", "two power cuts", cut_rounds(2, False), None, True),
        ("power", "control: a disk that flushes nothing loses", cut_rounds(12, True), None, False),
        ("disk", "full", disk_fault(space=0), None, True),
        ("disk", "writes fail", disk_fault(eio=WRITE), None, False),
        ("disk", "reads fail", disk_fault(eio=READ), None, False),
        ("disk", "fsync fails", disk_fault(eio=FSYNC), None, False),
        ("disk", "fsync takes 300 ms", disk_fault(fsync_ms=300), None, False),
        ("disk", "twenty flipped bits", bit_flips, 20, True),
        ("clock", "two days ahead", clock_jump(2 * 86400), None, True),
        ("clock", "two days behind", clock_jump(-2 * 86400), None, False),
    ]
