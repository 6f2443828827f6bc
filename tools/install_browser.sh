#!/bin/sh
# Install Debian's Chromium for the browser tests, as root or with sudo, where it is not there yet. Never fails: the tests say why they skip.
command -v chromium >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo -n"; fi
echo "installing chromium for the browser tests"
{ $sudo apt-get update && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1 ||
  echo "chromium could not be installed; the browser tests will skip"
exit 0
