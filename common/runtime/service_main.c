#include "common/base/config.h"
#include "common/bus/bus_kafka.h"
#include "common/runtime/http.h"
#include "common/runtime/member.h"
#include "common/runtime/service_store.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    EXIT_CONFIG = 2,
    WAIT_MS = 50,
    START_WAIT_MS = 1000,
    DRAIN_MS = 10000,
    STUCK_MS = 120000,
    SETTINGS_MAX = 16,
    MIB = 1024 * 1024,
};

/* The only global: which signals came. */
static volatile sig_atomic_t signals_seen;

static void on_signal(int number)
{
    (void)number;
    signals_seen++;
    if (signals_seen > 1) {
        _exit(EXIT_FAILURE);
    }
}

struct settings {
    const char *brokers;
    const char *database;
    const char *databases;
    const char *institution;
    const char *http_address;
    int64_t http_port;
    int64_t batch_messages;
    int64_t connections;
    int64_t cache_mib;
    int64_t session_timeout_ms;
    int64_t lock_timeout_ms;
    int64_t outbox_keep_s;
    int64_t fetch_kib;
    int64_t message_max_bytes;
    int64_t ready_unpublished_s;
    bool insecure;
    const char *tls_ca;
    const char *tls_certificate;
    const char *tls_key;
    const char *sasl_mechanism;
    const char *sasl_user;
    const char *sasl_password;
    const char *log_level;
    const char *own[SETTINGS_MAX]; /* of the service, in its order */
};

#define ITEM(env, kind, member, initial, must, low, high, text)                                    \
    {                                                                                              \
        .name = (env), .type = (kind), .offset = offsetof(struct settings, member),                \
        .fallback = (initial), .required = (must), .minimum = (low), .maximum = (high),            \
        .help = (text)                                                                             \
    }

static const struct config_item common_items[] = {
    ITEM("ABASTO_BROKERS", CONFIG_TEXT, brokers, NULL, true, 0, 0,
         "Brókeres de Kafka, host:puerto separados por comas."),
    ITEM("ABASTO_DATABASE", CONFIG_SECRET, database, NULL, true, 0, 0,
         "Conexión a PostgreSQL (URI o pares de libpq): el servidor «principal»."),
    ITEM("ABASTO_DATABASES", CONFIG_SECRET, databases, NULL, false, 0, 0,
         "Otros servidores con fragmentos: nombre=URI, separados por espacios o renglones."),
    ITEM("ABASTO_HTTP_ADDRESS", CONFIG_TEXT, http_address, "127.0.0.1", false, 0, 0,
         "Dirección del puerto interno."),
    ITEM("ABASTO_HTTP_PORT", CONFIG_INT, http_port, "0", false, 0, 65535,
         "Puerto interno de /livez, /readyz y /metrics; 0: ninguno."),
    ITEM("ABASTO_BATCH_MESSAGES", CONFIG_INT, batch_messages, "1000", false, 1, 100000,
         "Mensajes por lote, a lo más."),
    ITEM("ABASTO_CONNECTIONS", CONFIG_INT, connections, "4", false, 1, 64,
         "Conexiones a PostgreSQL entre las que se reparten los fragmentos."),
    ITEM("ABASTO_CACHE_MIB", CONFIG_INT, cache_mib, "4", false, 1, 65536,
         "Memoria para renglones ya leídos, por proceso."),
    ITEM("ABASTO_SESSION_TIMEOUT_MS", CONFIG_INT, session_timeout_ms, "6000", false, 1000, 300000,
         "Silencio tras el cual otra instancia toma los fragmentos."),
    ITEM("ABASTO_LOCK_TIMEOUT_MS", CONFIG_INT, lock_timeout_ms, "5000", false, 10, 600000,
         "Espera antes de terminar la conexión de un dueño anterior que no cede."),
    ITEM("ABASTO_OUTBOX_KEEP_S", CONFIG_INT, outbox_keep_s, "604800", false, 0, 31536000,
         "Segundos que se guarda lo ya publicado."),
    ITEM("ABASTO_FETCH_KIB", CONFIG_INT, fetch_kib, "8192", false, 2048, 24576,
         "Mensajes leídos por adelantado, a lo más."),
    ITEM("ABASTO_MESSAGE_MAX_BYTES", CONFIG_INT, message_max_bytes, "1000000", false, 1000,
         100000000, "Tamaño del mayor mensaje que se publica."),
    ITEM("ABASTO_READY_UNPUBLISHED_S", CONFIG_INT, ready_unpublished_s, "60", false, 1, 86400,
         "Segundos que un lote puede esperar su publicación antes de que /readyz diga que no."),
    ITEM("ABASTO_INSECURE", CONFIG_BOOL, insecure, "no", false, 0, 0,
         "si: admite conexiones sin cifrar (desarrollo)."),
    ITEM("ABASTO_TLS_CA", CONFIG_PATH, tls_ca, NULL, false, 0, 0, "Autoridad de los brókeres."),
    ITEM("ABASTO_TLS_CERTIFICATE", CONFIG_PATH, tls_certificate, NULL, false, 0, 0,
         "Certificado propio."),
    ITEM("ABASTO_TLS_KEY", CONFIG_PATH, tls_key, NULL, false, 0, 0, "Llave propia."),
    ITEM("ABASTO_SASL_MECHANISM", CONFIG_TEXT, sasl_mechanism, "PLAIN", false, 0, 0,
         "PLAIN, SCRAM-SHA-256 o SCRAM-SHA-512 (Kafka 4 no admite SCRAM de librdkafka < 2.6.1)."),
    ITEM("ABASTO_SASL_USER", CONFIG_TEXT, sasl_user, NULL, false, 0, 0,
         "Con quién se presenta a los brókeres; sin él, sólo con su certificado."),
    ITEM("ABASTO_SASL_PASSWORD", CONFIG_SECRET, sasl_password, NULL, false, 0, 0,
         "Contraseña de ABASTO_SASL_USER."),
    ITEM("ABASTO_LOG_LEVEL", CONFIG_TEXT, log_level, "info", false, 0, 0,
         "debug, info, warn o error."),
};

static const struct config_item institution_item =
    ITEM("ABASTO_INSTITUTION", CONFIG_TEXT, institution, NULL, true, 0, 0,
         "imss, issste, imss-bienestar, ssa o birmex.");

static const struct config_item *config_table(const struct service *service, struct arena *arena)
{
    const size_t shared = sizeof common_items / sizeof common_items[0];
    struct config_item *items =
        arena_array(arena, shared + SETTINGS_MAX + 2, sizeof(struct config_item));
    size_t count = shared;

    memcpy(items, common_items, sizeof common_items);
    if (service->per_institution) {
        items[count++] = institution_item;
    }
    for (size_t i = 0; service->settings != NULL && service->settings[i].name != NULL; i++) {
        const struct setting *setting = &service->settings[i];

        items[count++] = (struct config_item){.name = setting->name,
                                              .type = CONFIG_TEXT,
                                              .offset = offsetof(struct settings, own) +
                                                        i * sizeof(const char *),
                                              .fallback = setting->fallback,
                                              .required = setting->fallback == NULL,
                                              .help = setting->help};
    }
    return items;
}

struct process {
    const struct service *service;
    struct arena arena;
    const struct config_item *items;
    struct settings settings;
    struct server_list servers;
    struct service_store store;
    struct bus *bus;
    struct metrics metrics;
    struct board *board;
    struct http *http;
    struct log_context log;
};

static const char *setting_of(const void *context, const char *name)
{
    const struct process *process = context;
    const struct setting *settings = process->service->settings;

    if (strcmp(name, "ABASTO_INSTITUTION") == 0) {
        return process->settings.institution;
    }
    for (size_t i = 0; settings != NULL && settings[i].name != NULL; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return process->settings.own[i];
        }
    }
    return NULL;
}

static int64_t monotonic_ms(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_interruptibly(int milliseconds)
{
    const struct timespec wait = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};

    (void)nanosleep(&wait, NULL);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

/* A schema name of PostgreSQL: "gateway.imss-bienestar" is gateway_imss_bienestar. */
static const char *schema_of(struct process *process)
{
    char *schema =
        arena_copy(&process->arena, member_producer(process->service, process->settings.institution,
                                                    &process->arena));

    for (char *c = schema; *c != 0; c++) {
        *c = *c == '.' || *c == '-' ? '_' : *c;
    }
    return schema;
}

static bool open_parts(struct process *process, struct error *err)
{
    const struct settings *settings = &process->settings;
    const char *producer =
        member_producer(process->service, settings->institution, &process->arena);
    const struct bus_kafka_options bus_options = {
        .brokers = settings->brokers,
        .group = producer,
        .client_id = producer,
        .shards_topic = "shards",
        .session_timeout_ms = (int32_t)settings->session_timeout_ms,
        .fetch_kib = (int32_t)settings->fetch_kib,
        .message_max_bytes = (int32_t)settings->message_max_bytes,
        .insecure = settings->insecure,
        .tls_ca = settings->tls_ca,
        .tls_certificate = settings->tls_certificate,
        .tls_key = settings->tls_key,
        .sasl_mechanism = settings->sasl_mechanism,
        .sasl_user = settings->sasl_user,
        .sasl_password = settings->sasl_password};
    const struct http_options http_options = {.address = settings->http_address,
                                              .port = (uint16_t)settings->http_port,
                                              .service = producer,
                                              .metrics = &process->metrics,
                                              .board = process->board,
                                              .routes = process->service->routes,
                                              .now_ms = monotonic_ms,
                                              .stuck_after_ms = STUCK_MS,
                                              .unpublished_after_ms =
                                                  settings->ready_unpublished_s * 1000};
    const struct store_pg_options store_options = {
        .schema = schema_of(process),
        .connections = (int32_t)settings->connections,
        .lock_timeout_ms = (int32_t)settings->lock_timeout_ms,
        .outbox_keep_s = (int32_t)settings->outbox_keep_s,
        .rule_version = process->service->rule_version,
        .tables = process->service->tables,
        .views = process->service->views};

    service_store_open(&process->store, &store_options, &process->servers, monotonic_ms);
    return bus_kafka_create(&bus_options, &process->bus, err) &&
           http_start(&http_options, &process->http, err);
}

/* Waits for database, broker and topics: services may be started in any order. */
static bool start_when_possible(struct process *process, struct running *running, struct error *err)
{
    const struct running_options options = {
        .service = process->service,
        .institution = process->settings.institution,
        .bus = process->bus,
        .store = process->store.store,
        .setting = setting_of,
        .setting_context = process,
        .now_ms = monotonic_ms,
        .batch_messages = (size_t)process->settings.batch_messages,
        .cache_bytes = (size_t)process->settings.cache_mib * MIB,
        .unpublished_bytes_max = (size_t)16 * MIB,
        .message_bytes_max = (size_t)process->settings.message_max_bytes,
        .metrics = &process->metrics,
        .board = process->board,
        .log_level = process->log.threshold};

    while (signals_seen == 0) {
        if (service_store_prepare(&process->store, err) && running_start(running, &options, err)) {
            return true;
        }
        if (err->action != ERROR_RETRY) {
            return false;
        }
        log_error(&process->log, err);
        error_clear(err);
        wait_interruptibly(START_WAIT_MS);
    }
    return false;
}

static bool run(struct process *process, struct error *err)
{
    struct running running = {0};
    bool good = true;

    if (!start_when_possible(process, &running, err)) {
        return err->action == ERROR_NONE;
    }
    log_write(&process->log, LOG_LEVEL_INFO, "started with %" PRId32 " shards",
              running.member.shard_count);
    while (good && signals_seen == 0) {
        good = service_step(&running, WAIT_MS, err);
    }
    if (good) {
        log_write(&process->log, LOG_LEVEL_INFO, "draining");
        running_drain(&running, DRAIN_MS);
    }
    running_finish(&running);
    return good;
}

static int run_process(struct process *process)
{
    struct error err = {0};
    bool good;

    process->log = log_context_of(process->service->name);
    if (!log_level_parse(process->settings.log_level, &process->log.threshold)) {
        (void)fprintf(stderr, "ABASTO_LOG_LEVEL: debe ser debug, info, warn o error\n");
        return EXIT_CONFIG;
    }
    process->board = board_create();
    good = open_parts(process, &err) && run(process, &err);
    if (!good) {
        log_error(&process->log, &err);
    }
    http_stop(process->http);
    board_destroy(process->board);
    if (process->bus != NULL) {
        process->bus->operations->destroy(process->bus);
    }
    service_store_close(&process->store);
    log_write(&process->log, LOG_LEVEL_INFO, "ended");
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void print_usage(const struct process *process)
{
    (void)printf(
        "Uso: abasto-%s [--help | --check-config | --health]\n\n"
        "Servicio de Abasto. Se configura por variables de entorno; cada una puede leerse\n"
        "de un archivo con el sufijo _FILE cuando es secreta.\n\n",
        process->service->name);
    config_print_help(process->items, stdout);
}

static bool load_settings(struct process *process, struct buffer *faults)
{
    struct settings *settings = &process->settings;
    struct error err = {0};

    if (!config_load(process->items, settings, &process->arena, faults)) {
        return false;
    }
    if (!server_list_read(settings->database, settings->databases, &process->arena,
                          &process->servers, &err)) {
        buffer_format(faults, "%s\n", err.message);
        return false;
    }
    return true;
}

int service_main(const struct service *service, int argc, char **argv)
{
    struct process process = {.service = service};
    struct buffer faults = {0};
    int status;

    process.items = config_table(service, &process.arena);
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        print_usage(&process);
        arena_finish(&process.arena);
        return EXIT_SUCCESS;
    }
    if (!load_settings(&process, &faults)) {
        (void)fputs(buffer_text(&faults), stderr);
        status = EXIT_CONFIG;
    } else if (argc > 1 && strcmp(argv[1], "--check-config") == 0) {
        config_print_check(process.items, &process.settings, stdout);
        status = EXIT_SUCCESS;
    } else if (argc > 1 && strcmp(argv[1], "--health") == 0) {
        status = http_probe(process.settings.http_address, (uint16_t)process.settings.http_port)
                     ? EXIT_SUCCESS
                     : EXIT_FAILURE;
    } else if (argc > 1) {
        (void)fprintf(stderr, "no entiendo «%s»; pruebe --help\n", argv[1]);
        status = EXIT_CONFIG;
    } else {
        catch_signals();
        status = run_process(&process);
    }
    buffer_finish(&faults);
    arena_finish(&process.arena);
    return status;
}
