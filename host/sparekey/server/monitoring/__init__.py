"""What the service's owner watches: the audit log, logs and metrics."""
