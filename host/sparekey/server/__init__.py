"""The server emulator: the Server API and the app side of docs/server-api.md on one small store."""
