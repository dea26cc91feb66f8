"""Logs as JSON lines on standard error. What gets in is named field by field, so that no secret does."""

import json
import logging
import sys
import time
import traceback


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and the record's own facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "facts", None) or {})
        if record.exc_info and record.exc_info[0] is not None:
            # where it happened, without the values: an exception's text may quote what was sent
            line["fault"] = record.exc_info[0].__name__
            line["at"] = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line)


def to_stderr(level: str = "info") -> None:
    """Sends this package's and uvicorn's logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("sparekey", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn").setLevel("WARNING")
