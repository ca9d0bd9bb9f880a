#include "common/bus/kafka_admin.h"

#include "common/bus/kafka_config.h"
#include "common/bus/kafka_handle.h"

enum { ANSWER_MS = 15000, REASON_BYTES = 160 };

static void on_error(rd_kafka_t *handle, int code, const char *text, void *opaque)
{
    (void)handle;
    kafka_trouble_note(opaque, (rd_kafka_resp_err_t)code, text);
}

bool kafka_admin_open(struct kafka_admin *admin, const struct bus_kafka_options *options,
                      struct error *err)
{
    rd_kafka_conf_t *connection;

    *admin = (struct kafka_admin){0};
    if (!kafka_config_connection(options, &connection, err)) {
        return false;
    }
    rd_kafka_conf_set_opaque(connection, &admin->trouble);
    rd_kafka_conf_set_error_cb(connection, on_error);
    return kafka_handle_create(RD_KAFKA_PRODUCER, connection, &admin->handle, err);
}

void kafka_admin_close(struct kafka_admin *admin)
{
    if (admin->handle != NULL) {
        rd_kafka_destroy(admin->handle);
        admin->handle = NULL;
    }
}

bool kafka_admin_explain(struct kafka_admin *admin, struct error *err)
{
    if (admin->handle != NULL) {
        (void)rd_kafka_poll(admin->handle, 0); /* serves on_error */
    }
    return kafka_trouble_explain(&admin->trouble, err);
}

static bool set_times(rd_kafka_AdminOptions_t *options, rd_kafka_admin_op_t operation,
                      struct error *err)
{
    char reason[REASON_BYTES];

    if (rd_kafka_AdminOptions_set_request_timeout(options, ANSWER_MS, reason, sizeof reason) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS &&
         rd_kafka_AdminOptions_set_operation_timeout(options, ANSWER_MS, reason, sizeof reason) !=
             RD_KAFKA_RESP_ERR_NO_ERROR)) {
        return error_set(err, ERROR_FATAL, "administering the broker: %s", reason);
    }
    return true;
}

bool kafka_admin_ask(struct kafka_admin *admin, rd_kafka_admin_op_t operation,
                     void (*ask)(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options,
                                 rd_kafka_queue_t *queue, void *context),
                     void *context, rd_kafka_event_t **out, struct error *err)
{
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(admin->handle, operation);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin->handle);
    rd_kafka_event_t *event = NULL;
    bool good = set_times(options, operation, err);

    if (good) {
        ask(admin->handle, options, queue, context);
        event = rd_kafka_queue_poll(queue, 2 * ANSWER_MS);
        good = event != NULL || error_set(err, ERROR_RETRY, "the broker does not answer");
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    if (good) {
        *out = event;
    }
    return good;
}
