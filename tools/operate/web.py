"""HTTP requests to a viz-api, with deadlines."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request


class Unreachable(Exception):
    """No response: refused, timed out, or disconnected."""


def fetch(url: str, timeout: float = 5.0, headers: dict | None = None) -> tuple[int, str]:
    """Status and body of any response, including errors."""
    request = urllib.request.Request(url, headers=_headers(headers))
    try:
        with _opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode("utf-8", "replace")
    except (OSError, ValueError) as failure:
        raise Unreachable(f"{url}: {getattr(failure, 'reason', failure)}") from failure
    except Exception as failure:  # http.client's exceptions for a broken connection
        raise Unreachable(f"{url}: {type(failure).__name__} {failure}") from failure


def get_json(url: str, timeout: float = 5.0):
    """The parsed response of a route; raises Unreachable also for any status but 200."""
    status, body = fetch(url, timeout)
    if status != 200:
        raise Unreachable(f"{url}: status {status}: {body[:160]}")
    try:
        return json.loads(body)
    except json.JSONDecodeError as bad:
        raise Unreachable(f"{url}: not JSON: {bad}") from bad


def wait_until(ask, seconds: float, every: float = 0.05):
    """Polls until the result is truthy; returns the last result, truthy or not."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer or time.monotonic() >= deadline:
            return answer
        time.sleep(every)


def answers_ready(base: str, timeout: float = 2.0) -> bool:
    try:
        return fetch(f"{base}/ready", timeout)[0] == 200
    except Unreachable:
        return False


def _headers(more: dict | None) -> dict:
    """VIZ_OPERATE_API_KEY is the key for a service that requires one."""
    key = os.environ.get("VIZ_OPERATE_API_KEY", "")
    return {**({"x-api-key": key} if key else {}), **(more or {})}


# Proxies of the environment are not used between an operator and a service.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
