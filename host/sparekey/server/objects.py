"""The objects of the Server API, as they travel (docs/server-api.md). Fields left out are unset."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Flag = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,31}$(?!\n)")]  # "$" alone lets one newline in
Minutes = Annotated[int, Meta(ge=-1, le=1_000_000)]
ServerName = Annotated[str, Meta(min_length=1, max_length=24)]
Text = Annotated[str, Meta(max_length=256)]
UserId = Annotated[str, Meta(min_length=1, max_length=64)]
AccountId = Annotated[int, Meta(ge=0, lt=1 << 30)]


class LoginStatus(Struct, omit_defaults=True):
    """Who is logged in to a browser session, and the QR code that lets someone."""

    hsid: str
    loggedin: bool
    otplogin: bool
    canprovoke: bool
    loginqrdata: str | UnsetType = UNSET
    accountid: int | UnsetType = UNSET
    userid: str | UnsetType = UNSET
    pk: str | UnsetType = UNSET
    userverified: bool | UnsetType = UNSET


class Server(Struct, omit_defaults=True):
    """One server of the login service; base64 in ``logo`` and ``serverpk``, seconds in ``pingTime``."""

    serverid: str
    serverpk: str
    serverName: str  # noqa: N815
    logo: str
    pinTimeout: int  # noqa: N815
    pinTransTimeout: int  # noqa: N815
    pingTime: int  # noqa: N815
    serverFlags: list[str]  # noqa: N815
    otpFormat: str  # noqa: N815
    owner: str
    wsurl: str
    accountCount: int  # noqa: N815
    appandroid: str
    appios: str
    appname: str
    appurl: str
    siteurl: str
    lastLogin: int | UnsetType = UNSET  # noqa: N815


class ServerChange(Struct):
    """What POST and PUT take of a server; what is left out keeps its value, or takes the default."""

    serverName: ServerName | UnsetType = UNSET  # noqa: N815
    logo: Annotated[str, Meta(max_length=65536)] | UnsetType = UNSET
    pinTimeout: Minutes | UnsetType = UNSET  # noqa: N815
    pinTransTimeout: Minutes | UnsetType = UNSET  # noqa: N815
    pingTime: Annotated[int, Meta(ge=1, le=86400)] | UnsetType = UNSET  # noqa: N815
    serverFlags: Annotated[list[Flag], Meta(max_length=32)] | UnsetType = UNSET  # noqa: N815
    otpFormat: Annotated[str, Meta(max_length=32)] | UnsetType = UNSET  # noqa: N815
    owner: Text | UnsetType = UNSET
    appandroid: Text | UnsetType = UNSET
    appios: Text | UnsetType = UNSET
    appname: Text | UnsetType = UNSET
    appurl: Text | UnsetType = UNSET
    siteurl: Text | UnsetType = UNSET
    serverid: str | UnsetType = UNSET
    serverpk: str | UnsetType = UNSET


class Servers(Struct):
    """A page of servers."""

    servers: list[Server]
    totalnumber: int


class Account(Struct, omit_defaults=True):
    """One token's account; ``id`` is its 30-bit reference."""

    id: int
    description: str
    blocked: bool
    created: int
    clientVersion: str  # noqa: N815
    userid: str | UnsetType = UNSET
    lastlogin: int | UnsetType = UNSET
    lastprovoke: int | UnsetType = UNSET


class Accounts(Struct):
    """A page of accounts."""

    accounts: list[Account]
    totalnumber: int


class User(Struct, omit_defaults=True):
    """A user of a server, and how many accounts are theirs."""

    userid: str
    numberaccounts: int
    lastlogin: int | UnsetType = UNSET


class Users(Struct):
    """A page of users."""

    users: list[User]
    totalnumber: int


class ApiKey(Struct, omit_defaults=True):
    """An API key; ``apikey`` itself is in the answer that made it and never again."""

    description: str
    role: str
    permissions: list[str]
    apikey: str | UnsetType = UNSET


class ApiKeys(Struct):
    """A page of API keys."""

    apikeys: list[ApiKey]
    totalnumber: int


class Otp(Struct):
    """A one-time password as the person typed it."""

    otp: Annotated[str, Meta(max_length=128)]


class CheckCode(Struct):
    """The check code as the person saw it on the page."""

    checkcode: Annotated[str, Meta(max_length=32)]


class EnrolmentStatus(Struct, omit_defaults=True):
    """Where an enrolment is: ``waiting``, ``check``, ``active`` or ``ended``."""

    state: str
    checkcode: str | UnsetType = UNSET
    accountid: int | UnsetType = UNSET
    userid: str | UnsetType = UNSET


class Info(Struct):
    """What the web application knows of who asks; only ``info`` and ``useragent`` are shown."""

    info: Text = ""
    ip: Text = ""
    logo: str = ""
    useragent: Annotated[str, Meta(max_length=1024)] = ""


class UserContext(Struct):
    """Who asks for a login, for the token's screen."""

    announceinfo: Info = msgspec.field(default_factory=Info)
    sessioninfo: Info = msgspec.field(default_factory=Info)


class Empty(Struct):
    """Nothing more to say."""
