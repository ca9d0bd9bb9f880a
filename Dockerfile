# One image per service: docker build --build-arg SERVICE=deliveries -t abasto-deliveries .
# BASE is Debian 12 wherever it comes from.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        gcc libc6-dev cmake ninja-build pkg-config python3 \
        librdkafka-dev libavro-dev libpq-dev check libjansson-dev libcsv-dev libsmartcols-dev \
        libmicrohttpd-dev libssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY common common
COPY schemas schemas
COPY services services
COPY cli cli
COPY deploy/topics.json deploy/topics.json
RUN cmake --preset release && cmake --build --preset release

FROM ${BASE}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        librdkafka1 libavro23 libpq5 libjansson4 libcsv3 libsmartcols1 libmicrohttpd12 libssl3 \
    && rm -rf /var/lib/apt/lists/*
ARG SERVICE=deliveries
COPY --from=build /src/build/release/services/${SERVICE}/abasto-${SERVICE} /usr/local/bin/abasto-service
COPY --from=build /src/build/release/abasto /usr/local/bin/abasto
COPY --from=build /src/services/gateway/formats /usr/local/share/abasto/formats
ENV ABASTO_FORMATS_FOLDER=/usr/local/share/abasto/formats ABASTO_HTTP_ADDRESS=0.0.0.0 ABASTO_HTTP_PORT=8080
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=3s CMD ["/usr/local/bin/abasto-service", "--health"]
ENTRYPOINT ["/usr/local/bin/abasto-service"]
