"""The calls of the API, one file a resource."""

from sparekey.server.operation import Operation

from . import (
    accounts,
    apikeys,
    app_enrolments,
    app_sessions,
    app_time,
    enrolment,
    otplogin,
    servers,
    sessions,
)

_MODULES = (
    otplogin,
    sessions,
    app_sessions,
    app_enrolments,
    app_time,
    enrolment,
    accounts,
    servers,
    apikeys,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, Operation)
)
