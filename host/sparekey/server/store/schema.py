"""The tables, as numbered steps that are applied once each, in order.

``{identity}`` is the database's own word for a key that numbers itself. Times are Unix seconds.
"""

from .interface import Transaction

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE roles (name text PRIMARY KEY, permissions text NOT NULL, everywhere bigint NOT NULL)",
        "CREATE TABLE apikeys (id {identity}, hash bytea NOT NULL UNIQUE, description text NOT NULL,"
        " role text NOT NULL REFERENCES roles(name), created bigint NOT NULL)",
        "CREATE TABLE servers (id {identity}, serverid bytea NOT NULL UNIQUE, public_key bytea NOT NULL,"
        " sealed_key bytea NOT NULL, name text NOT NULL, logo bytea NOT NULL, pin_timeout bigint NOT NULL,"
        " pin_trans_timeout bigint NOT NULL, ping_time bigint NOT NULL, flags text NOT NULL,"
        " otp_format text NOT NULL, owner text NOT NULL, appandroid text NOT NULL, appios text NOT NULL,"
        " appname text NOT NULL, appurl text NOT NULL, siteurl text NOT NULL, created bigint NOT NULL)",
        "CREATE TABLE users (server bigint NOT NULL REFERENCES servers(id), userid text NOT NULL,"
        " created bigint NOT NULL, PRIMARY KEY (server, userid))",
        "CREATE TABLE accounts (server bigint NOT NULL REFERENCES servers(id), ref bigint NOT NULL,"
        " sealed_key bytea NOT NULL, format text NOT NULL, pin bigint NOT NULL, public_key bytea NOT NULL,"
        " description text NOT NULL, userid text, active bigint NOT NULL, blocked bigint NOT NULL,"
        " created bigint NOT NULL, lastlogin bigint, verified bigint, time_told bigint,"
        " PRIMARY KEY (server, ref))",
        "CREATE INDEX accounts_of_user ON accounts (server, userid)",
        "CREATE TABLE sessions (id {identity}, server bigint NOT NULL REFERENCES servers(id),"
        " nonce bytea NOT NULL, hsid bytea NOT NULL UNIQUE, qr bytea NOT NULL, challenge bytea NOT NULL,"
        " expires bigint NOT NULL, tries bigint NOT NULL, used bigint NOT NULL, account bigint,"
        " by_otp bigint NOT NULL, verified bigint NOT NULL, ends bigint NOT NULL, UNIQUE (server, nonce))",
        "CREATE INDEX sessions_ending ON sessions (ends)",
        "CREATE TABLE throttles (server bigint NOT NULL, ref bigint NOT NULL, version bigint NOT NULL,"
        " recent text NOT NULL, until bigint NOT NULL, penalty bigint NOT NULL,"
        " ends bigint NOT NULL, PRIMARY KEY (server, ref))",
        "CREATE INDEX throttles_ending ON throttles (ends)",
        "CREATE TABLE enrolments (id bytea PRIMARY KEY, server bigint NOT NULL REFERENCES servers(id),"
        " nonce bytea NOT NULL, userid text, body bytea NOT NULL, expires bigint NOT NULL,"
        " state text NOT NULL, commitment bytea, server_nonce bytea, ref bigint, checkcode text,"
        " ends bigint NOT NULL, UNIQUE (server, nonce))",
        "CREATE INDEX enrolments_ending ON enrolments (ends)",
        "CREATE TABLE audit (id {identity}, at bigint NOT NULL, server bigint NOT NULL, event text NOT NULL,"
        " hsid bytea, account bigint, outcome text NOT NULL, reason text NOT NULL)",
        "CREATE INDEX audit_logins ON audit (server, id) WHERE outcome = 'accepted'",
    ),
    (
        "CREATE TABLE attributes (server bigint NOT NULL REFERENCES servers(id), userid text NOT NULL,"
        " key text NOT NULL, value text NOT NULL, PRIMARY KEY (server, userid, key))",
        "CREATE TABLE transactions (id bytea PRIMARY KEY, server bigint NOT NULL REFERENCES servers(id),"
        " account bigint NOT NULL, hsid bytea NOT NULL, body bytea NOT NULL, challenge bytea NOT NULL,"
        " expires bigint NOT NULL, status bigint NOT NULL, ends bigint NOT NULL)",
        "CREATE INDEX transactions_of_session ON transactions (hsid)",
        "CREATE INDEX transactions_ending ON transactions (ends)",
    ),
    (
        # the QR code before the one that a session shows, while its one-time passwords still live
        "ALTER TABLE sessions ADD COLUMN previous_hsid bytea",
        "ALTER TABLE sessions ADD COLUMN previous_qr bytea",
        "ALTER TABLE sessions ADD COLUMN previous_challenge bytea",
        "ALTER TABLE sessions ADD COLUMN previous_expires bigint",
        "ALTER TABLE sessions ADD COLUMN previous_tries bigint",
        "CREATE UNIQUE INDEX sessions_previous ON sessions (previous_hsid) WHERE previous_hsid IS NOT NULL",
    ),
    (
        # the enrolments that still go on: few, whatever number is kept
        "CREATE INDEX enrolments_open ON enrolments (expires)"
        " WHERE state IN ('waiting', 'committed', 'check')",
    ),
    (
        # references of removed accounts, not to be given again while a session may still name them
        "CREATE TABLE retired (server bigint NOT NULL REFERENCES servers(id), ref bigint NOT NULL,"
        " ends bigint NOT NULL, PRIMARY KEY (server, ref))",
        "CREATE INDEX retired_ending ON retired (ends)",
    ),
    (
        # whose API key changed something
        "ALTER TABLE audit ADD COLUMN role text NOT NULL DEFAULT ''",
    ),
)


def migrate(transaction: Transaction, identity: str) -> int:
    """Applies the steps that are not applied yet; answers how many that were.

    Raises ``ValueError`` for a database from a newer Sparekey.
    """
    transaction.run("CREATE TABLE IF NOT EXISTS schema_steps (step bigint PRIMARY KEY)")
    row = transaction.one("SELECT coalesce(max(step), 0) FROM schema_steps")
    done = int(row[0]) if row else 0
    if done > len(STEPS):
        raise ValueError(
            f"the database is of a newer Sparekey (schema step {done}; this one knows {len(STEPS)}):"
            " use that one with it"
        )
    for step in range(done, len(STEPS)):
        for statement in STEPS[step]:
            transaction.run(statement.replace("{identity}", identity))
        transaction.run("INSERT INTO schema_steps (step) VALUES (?)", step + 1)
    return len(STEPS) - done
