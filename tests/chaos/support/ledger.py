"""What clients were shown, and whether it is still so: nothing lost, nothing renumbered, no gaps."""
import http.client
import json
import threading

from support.stream import chunks

PAGE = 5000


class Ledger:
    """Every event anybody was shown, by seq_id, as text."""

    def __init__(self):
        self.shown, self.changed, self.lock = {}, [], threading.Lock()
        self.latest = 0  # the highest number that any answer named

    def note(self, event):
        with self.lock:
            number, text = event["seq_id"], json.dumps(event, sort_keys=True)
            before = self.shown.setdefault(number, text)
            if before != text:
                self.changed.append(f"{number}: {before[:300]} then {text[:300]}")
            self.latest = max(self.latest, number)

    def compare(self, service):
        """Reads the whole record. Answers {lost, changed, gaps, damaged, events, example}."""
        report = {"lost": 0, "changed": len(self.changed), "gaps": 0, "damaged": 0, "events": 0, "example": ""}
        record, expected = {}, None
        for event in pages(service):
            number = event["seq_id"]
            if expected is not None and number != expected:
                report["gaps"] += 1
            expected = number + 1
            record[number] = event
        report["events"] = len(record)
        for number, text in self.shown.items():
            found = record.get(number)
            if found is None:
                report["lost"] += 1
            elif found["payload"]["type"] == "Damaged":
                report["damaged"] += 1
            elif json.dumps(found, sort_keys=True) != text:
                report["changed"] += 1
            else:
                continue
            report["example"] = report["example"] or f"{number}: shown {text[:250]}, now {json.dumps(found)[:250]}"
        if self.latest > max(record, default=0):
            report["lost"] += self.latest - max(record, default=0)
        return report

    def assert_whole(self, service, what):
        report = self.compare(service)
        if report["lost"] or report["changed"] or report["gaps"] or report["damaged"]:
            raise AssertionError(f"{what}: {report}")
        if not self.shown:
            raise AssertionError(f"{what}: nothing was shown, which proves nothing")
        return f"{len(self.shown)} events shown, {report['events']} in the record"


def pages(service, after=0):
    while True:
        status, body = service.get(f"/events?limit={PAGE}&after={after}", timeout_s=60)
        if status != 200:
            raise AssertionError(f"/events?after={after}: {status} {body[:200]}")
        page = json.loads(body)
        yield from page
        if not page:
            return
        after = page[-1]["seq_id"]


class Clients:
    """A client of pages and one of the stream, which note what they are shown until they end."""

    def __init__(self, service, ledger, after=None):
        self.port, self.ledger = service.port, ledger
        self.after = ledger.latest if after is None else after
        self.closing = threading.Event()
        self.threads = [threading.Thread(target=run, name=run.__name__) for run in (self._pages, self._stream)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        for thread in self.threads:
            thread.join()

    def _pages(self):
        after = self.after
        while not self.closing.wait(0.03):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", f"/events?limit=500&after={after}")
                for event in json.loads(connection.getresponse().read()):
                    self.ledger.note(event)
                    after = event["seq_id"]
            except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError):
                continue  # killed while it answered
            finally:
                connection.close()

    def _stream(self):
        while not self.closing.is_set():
            try:
                self._read_stream(chunks(self.port, f"/stream?after={self.ledger.latest}", self.closing.is_set))
            except OSError:
                pass  # killed, or not there yet
            self.closing.wait(0.05)

    def _read_stream(self, received):
        buffer = b""
        for chunk in received:
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                self._event(line)

    def _event(self, line):
        if line.startswith(b"data: {\"seq_id\""):
            try:
                self.ledger.note(json.loads(line[6:]))
            except ValueError:
                pass  # cut by the kill
