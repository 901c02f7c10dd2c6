"""How release.sh speaks, and ends."""

PASS, FAIL = 0, 1


def say(text: str) -> None:
    print(f"release: {text}", flush=True)
