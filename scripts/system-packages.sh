#!/bin/sh
# Installs what the tests need besides Python packages: Chromium, a screen without a monitor (Xvfb),
# PostgreSQL, a terminal to drive (tmux), the D-Bus daemon and a font with Latin letters.
# Does it where it may (Debian or its kin, as root); elsewhere it says what is missing. The tests that need
# a missing part are skipped by name, except under CI=true, where a missing part is a failure.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v Xvfb >/dev/null 2>&1 || missing="$missing xvfb"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v tmux >/dev/null 2>&1 || missing="$missing tmux"
command -v dbus-daemon >/dev/null 2>&1 || missing="$missing dbus-daemon"
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
	echo "Not installed here:$missing. The tests that need it are skipped. On Debian: sudo $command" >&2
	[ "${CI:-}" != true ]
	exit
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# a Debian installation of PostgreSQL starts a cluster of its own unless told not to; the tests make theirs
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	mkdir -p /etc/postgresql-common
	echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
if ! { apt-get update -q && $command; } >"$log" 2>&1; then
	tail -20 "$log" >&2
	echo "Could not install:$missing. By hand: $command" >&2
	[ "${CI:-}" != true ]
fi
