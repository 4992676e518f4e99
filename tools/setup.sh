#!/bin/sh
# Install the Debian packages that the tests need: a real PostgreSQL, a real
# browser, and other people's validators. Does nothing when all are there.
set -eu

missing=
need() { # command package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need pdfsig poppler-utils
need qpdf qpdf
need mutool mupdf-tools
need gs ghostscript
need xmlsec1 xmlsec1
need certutil libnss3-tools
need openssl openssl
need strace strace
need spin "spin gcc libc6-dev" # compiles the model it checks
need prlimit util-linux
need smtp-sink postfix
need softhsm2-util softhsm2 # a token for the tests of vanthu-token
need pkcs11-tool opensc
need gcc gcc
need chromium chromium
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -f /usr/include/stdlib.h ] || missing="$missing libc6-dev"
[ -d /usr/share/fonts/truetype/liberation ] || missing="$missing fonts-liberation"
[ -z "$missing" ] && exit 0

echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q
# shellcheck disable=SC2086
$sudo apt-get install -yq --no-install-recommends $missing
