"""Output and exit status of release.sh."""

PASS, FAIL = 0, 1


def say(text: str) -> None:
    print(f"release: {text}", flush=True)
