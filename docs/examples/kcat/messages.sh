#!/usr/bin/env bash
# Prints one line for each penalty of topic `sanctions`: partition, offset, key, id of its schema, CloudEvents headers.
#
#   ABASTO_BROKERS=host:port messages.sh
#
# Debian's kcat is built without Avro (no -s value=avro -r URL), so it shows what surrounds a message. The value
# begins with a zero byte and the schema's id in four; GET /schemas/ids/ID at the registry says what follows.
# `kcat -J` gives the same as JSON.
set -euo pipefail

# -e: to the end, then stop. ">bI" unpacks those five bytes and leaves the rest, as the digits 0 and the id.
kcat -C -q -e -t sanctions -o beginning -b "${ABASTO_BROKERS:?}" -s value='>bI' -f '%p\t%o\t%k\t%s\t%h\n' |
    awk -F '\t' -v OFS='\t' '/ce_type=mx.abasto.sanctions.PenaltyCalculated/ { sub(/^0/, "", $4); print }'
