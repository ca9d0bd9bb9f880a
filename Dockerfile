# One image per service, and one of the command line. `make images` builds them all; by hand:
#
#   docker build --build-arg SERVICE=deliveries -t abasto-deliveries .
#   docker build --target cli -t abasto .
#
# BASE is Debian 12 wherever it comes from; nothing of it but libraries gets into an image.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        gcc libc6-dev cmake ninja-build pkg-config python3 ca-certificates \
        librdkafka-dev libavro-dev libpq-dev check libjansson-dev libcsv-dev libsmartcols-dev \
        libmicrohttpd-dev libssl-dev libzip-dev libexpat1-dev \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY common common
COPY schemas schemas
COPY services services
COPY cli cli
COPY deploy/topics.json deploy/topics.json
ARG JOBS=2
RUN cmake --preset release && cmake --build --preset release --parallel ${JOBS}
COPY deploy/containers/image-root.sh deploy/containers/image-root.sh
# Where the gateways' volumes are mounted: a new volume takes its owner from the image.
RUN for institution in imss issste imss-bienestar ssa birmex; do \
        mkdir -p /data/drop/$institution /data/archive/$institution; \
    done

FROM build AS service-root
ARG SERVICE=deliveries
RUN deploy/containers/image-root.sh /out build/release/services/${SERVICE}/abasto-${SERVICE} \
    && strip -o /out/usr/local/bin/abasto-service build/release/services/${SERVICE}/abasto-${SERVICE} \
    && ln -s abasto-service /out/usr/local/bin/abasto-${SERVICE} \
    && mkdir -p /out/usr/local/share/abasto \
    && if [ "${SERVICE}" = gateway ]; then cp -r services/gateway/formats /out/usr/local/share/abasto/; fi

FROM build AS cli-root
RUN deploy/containers/image-root.sh /out build/release/abasto \
    && strip -o /out/usr/local/bin/abasto build/release/abasto \
    && mkdir -p /out/usr/local/share/abasto \
    && cp -r services/gateway/formats /out/usr/local/share/abasto/

FROM scratch AS cli
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="abasto" \
    org.opencontainers.image.description="Abasto: línea de órdenes" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=cli-root /out/ /
COPY --from=cli-root --chown=65532:65532 /data/ /var/lib/abasto/
ENV PATH=/usr/local/bin ABASTO_DROP=/var/lib/abasto/drop ABASTO_ARCHIVE=/var/lib/abasto/archive \
    ABASTO_FORMATS_FOLDER=/usr/local/share/abasto/formats
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/abasto"]
CMD ["--help"]

FROM scratch AS service
ARG SERVICE=deliveries
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="abasto-${SERVICE}" \
    org.opencontainers.image.description="Abasto: servicio ${SERVICE}" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=service-root /out/ /
COPY --from=service-root --chown=65532:65532 /data/ /var/lib/abasto/
ENV PATH=/usr/local/bin ABASTO_HTTP_ADDRESS=0.0.0.0 ABASTO_HTTP_PORT=8080 \
    ABASTO_FORMATS_FOLDER=/usr/local/share/abasto/formats
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/abasto-service", "--health"]
ENTRYPOINT ["/usr/local/bin/abasto-service"]
