#!/bin/bash
# Formats the volume where it is new, then becomes the broker: SIGTERM reaches it, and it closes its logs.
set -euo pipefail
share=/usr/local/share/kafka
settings=/tmp/server.properties
export CLASSPATH='/usr/share/kafka/*'
quiet=(-XX:-UsePerfData -Dorg.slf4j.simpleLogger.defaultLogLevel=warn)

{
    cat "$share/server.properties"
    printf 'advertised.listeners=BROKER://%s\n' "$KAFKA_ADVERTISED"
} >"$settings"
if [ ! -f /var/lib/kafka/data/meta.properties ]; then
    identity=A$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c2-22)
    java -Xmx128m "${quiet[@]}" kafka.tools.StorageTool format --ignore-formatted \
        --cluster-id "$identity" --config "$settings"
fi
exec java -Xmx"$KAFKA_HEAP" "${quiet[@]}" -XX:+ExitOnOutOfMemoryError \
    -Dorg.slf4j.simpleLogger.showDateTime=true \
    -Dorg.slf4j.simpleLogger.dateTimeFormat="yyyy-MM-dd'T'HH:mm:ss.SSSXXX" \
    kafka.Kafka "$settings"
