"""The calls of the API, one file a resource."""

from sparekey.server.http.operation import Operation

from . import (
    accounts,
    apikeys,
    app_enrolments,
    app_sessions,
    app_time,
    app_transactions,
    attributes,
    enrolment,
    html,
    otplogin,
    provokelogin,
    servers,
    sessions,
    transactions,
    users,
    vash,
)

_MODULES = (
    otplogin,  # first, for routes are tried in this order
    sessions,
    app_sessions,
    app_enrolments,
    app_time,
    app_transactions,
    enrolment,
    html,
    provokelogin,
    transactions,
    accounts,
    users,
    attributes,
    vash,
    servers,
    apikeys,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, Operation)
)
