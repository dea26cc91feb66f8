"""Counts for Prometheus, in its text format (version 0.0.4): logins by outcome, latency, throttles."""

from collections import Counter

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Histogram:
    """How long something took."""

    def __init__(self) -> None:
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Counts one."""
        self._sum += seconds
        for place, bound in enumerate(_BOUNDS):
            if seconds <= bound:
                self._buckets[place] += 1
                return
        self._buckets[-1] += 1

    def lines(self, name: str) -> list[str]:
        """As Prometheus reads it."""
        out, total = [], 0
        for place, count in enumerate(self._buckets):
            total += count
            bound = str(_BOUNDS[place]) if place < len(_BOUNDS) else "+Inf"
            out.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*out, f"{name}_sum {self._sum:.6f}", f"{name}_count {total}"]


class Metrics:
    """One worker's counts since it started."""

    def __init__(self) -> None:
        self.logins: Counter[tuple[str, str]] = Counter()  # way, outcome
        self.answers: Counter[int] = Counter()  # HTTP status
        self.latency = Histogram()
        self.swept: Counter[str] = Counter()  # table

    def text(self, listeners: int) -> str:
        """The page at ``/metrics``; ``listeners`` is how often pages listen to a session now."""
        lines = [
            "# HELP sparekey_logins_total Login tries by way and outcome.",
            "# TYPE sparekey_logins_total counter",
        ]
        for (way, outcome), count in sorted(self.logins.items()):
            lines.append(f'sparekey_logins_total{{way="{way}",outcome="{outcome}"}} {count}')
        lines += [
            "# HELP sparekey_throttled_total Tries refused because the account is throttled.",
            "# TYPE sparekey_throttled_total counter",
            f"sparekey_throttled_total {self.logins[('otp', 'throttled')]}",
            "# HELP sparekey_responses_total Answers by HTTP status.",
            "# TYPE sparekey_responses_total counter",
        ]
        lines += [
            f'sparekey_responses_total{{status="{status}"}} {count}'
            for status, count in sorted(self.answers.items())
        ]
        lines += [
            "# HELP sparekey_swept_total Rows cleared because their time was over, by table.",
            "# TYPE sparekey_swept_total counter",
        ]
        lines += [f'sparekey_swept_total{{table="{table}"}} {n}' for table, n in sorted(self.swept.items())]
        lines += [
            "# HELP sparekey_live_listeners Sessions that open pages listen to, each once a page.",
            "# TYPE sparekey_live_listeners gauge",
            f"sparekey_live_listeners {listeners}",
            "# HELP sparekey_otplogin_seconds How long otpLogin took, queue and commit included.",
            "# TYPE sparekey_otplogin_seconds histogram",
        ]
        lines += self.latency.lines("sparekey_otplogin_seconds")
        return "\n".join(lines) + "\n"
