#!/usr/bin/env bash
# Publishes a receipt to an inbox as JSON and prints the line of its answer: offset, key (the ce_id), CloudEvents headers.
#
#   ABASTO_BROKERS=host:port publish.sh INSTITUTION RECEIPT ORDER
#
# Debian's kcat is built without Avro, so it shows that there is an answer, not what it says:
# `abasto tail outcomes.INSTITUTION --key RECEIPT` does, and so does any client with Avro.
set -euo pipefail
institution=$1 receipt=$2 order=$3

# kcat sends each line as a message; -H adds a header.
printf '{"recepcion":"%s","contrato":"EJEMPLO-1","orden":"%s","clave":"010.000.2540.00","remision":"RM-EJEMPLO",%s}\n' \
    "$receipt" "$order" \
    '"lote":"L1","piezas":10,"fecha_fisica":"2025-06-18","tipo":"entrega","naturaleza":"demostracion"' |
    kcat -P -b "${ABASTO_BROKERS:?}" -t "inbox.$institution" -p 0 \
        -H ce_specversion=1.0 -H "ce_id=$receipt" -H ce_source=/imss/examples/kcat \
        -H ce_type=mx.abasto.inbox.ReceiptReport -H ce_time=2025-06-20T12:00:00Z

for _ in $(seq 60); do
    answer=$(kcat -C -q -e -b "$ABASTO_BROKERS" -t "outcomes.$institution" -o beginning -f '%o\t%k\t%h\n' |
        awk -F '\t' -v id="$receipt" '$2 == id' | tail -n 1)
    if [ -n "$answer" ]; then
        printf '%s\n' "$answer"
        exit 0
    fi
    sleep 0.5
done
printf 'no answer within 30 s\n' >&2
exit 1
