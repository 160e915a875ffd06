#!/usr/bin/env bash
# tests/docs/service_unit.sh - systemd understands every line of config/convene.service, and it fits the install page.
#
#   service_unit.sh SOURCE        exit code 77: there is no systemd-analyze here
set -euo pipefail
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not here"; exit 77; }
unit=$1/config/convene.service
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# verify DISTURBANCE - what systemd says of the unit; it wants the programs to be there.
verify() {
  sed -e 's#=/opt/convene/bin/convene#=/bin/true#' -e "$1" "$unit" >"$folder/convene.service"
  systemd-analyze verify "$folder/convene.service" 2>&1 || true
}

said=$(verify '')
[ -z "$said" ] || { echo "$said"; exit 1; }
[ -n "$(verify 's/^ProtectHome=/ProtectHoem=/')" ] || { echo "a misspelt line is not noticed"; exit 1; }
for promised in Restart=always LimitCORE=0 NoNewPrivileges=yes ProtectSystem=strict SystemCallFilter=; do
  grep -q "^$promised" "$unit" || { echo "the unit does not say $promised"; exit 1; }
done
