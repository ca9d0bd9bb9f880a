#include "common/base/date.h"
#include "tests/bench/bench.h"
#include "tests/bench/year.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The year as files of the plain template, as an institution would drop them. */

enum file {
    FILE_CONTRACTS,
    FILE_LINES,
    FILE_ORDERS,
    FILE_SHIPMENTS,
    FILE_RECEIPTS,
    FILE_CORRECTIONS,
    FILE_COUNT,
};

static const struct {
    const char *name;
    const char *header;
} files[FILE_COUNT] = {
    [FILE_CONTRACTS] = {"contratos",
                        "contrato,proveedor_rfc,proveedor,procedimiento,fecha_inicio,fecha_fin,"
                        "regimen_legal,garantia_monto,pena_clausula,pena_tasa_diaria_pb,pena_dias,"
                        "pena_gracia_dias,pena_tope_dias,pena_tope_pb,pena_fecha_que_cuenta,"
                        "pena_faltantes,pena_vencimiento_inhabil,corte,naturaleza"},
    [FILE_LINES] = {"partidas", "contrato,clave,descripcion,cantidad_minima,cantidad_maxima,"
                                "precio_unitario,corte,naturaleza"},
    [FILE_ORDERS] = {"ordenes", "contrato,orden,clave,cantidad,precio_unitario,fecha_emision,"
                                "fecha_limite,destino_clues,estatus,fecha_cancelacion,corte,"
                                "naturaleza"},
    [FILE_SHIPMENTS] = {"remisiones", "contrato,orden,clave,proveedor_rfc,remision,fecha_remision,"
                                      "lote,caducidad,piezas,corte,naturaleza"},
    [FILE_RECEIPTS] = {"recepciones",
                       "recepcion,contrato,orden,clave,remision,lote,caducidad,piezas,"
                       "piezas_rechazadas,fecha_fisica,fecha_remision,fecha_alta,fecha_captura,"
                       "tipo,carta_canje,corte,naturaleza"},
    [FILE_CORRECTIONS] = {"recepciones_correccion", NULL}, /* as the receipts */
};

struct writing {
    const char *folder;
    FILE *out[FILE_COUNT];
    int64_t rows[FILE_COUNT];
    struct year year;
};

static bool open_files(struct writing *writing, struct arena *arena, struct error *err)
{
    for (int i = 0; i < FILE_COUNT; i++) {
        const char *path = arena_format(arena, "%s/%s.csv", writing->folder, files[i].name);

        writing->out[i] = fopen(path, "w");
        if (writing->out[i] == NULL) {
            return error_set(err, ERROR_FATAL, "%s: %s", path, strerror(errno));
        }
        (void)fprintf(writing->out[i], "%s\n",
                      files[i].header != NULL ? files[i].header : files[FILE_RECEIPTS].header);
    }
    return true;
}

static bool close_files(struct writing *writing, struct error *err)
{
    bool good = true;

    for (int i = 0; i < FILE_COUNT; i++) {
        good = (writing->out[i] == NULL || fclose(writing->out[i]) == 0) && good;
    }
    return good || error_set(err, ERROR_FATAL, "a file could not be written: %s", strerror(errno));
}

struct date_text {
    char text[DATE_TEXT_BYTES];
};

static struct date_text date(int32_t day)
{
    struct date_text out;

    date_format(day, out.text);
    return out;
}

static void write_contract(struct writing *writing, int64_t number)
{
    struct year_contract contract;

    year_contract(&writing->year, number, &contract);
    (void)fprintf(writing->out[FILE_CONTRACTS],
                  "%s,%s,\"PROVEEDOR FICTICIO, S.A. DE C.V.\",IA-12-NEF-012NEF001-I-30-2025,"
                  "2025-01-01,2026-03-31,laassp-2025,999999999.00,Décima Octava,200,naturales,0,5,"
                  "1000,fisica,ninguna,no_se_recorre,2024-12-31,demostracion\n",
                  contract.number, contract.rfc);
    writing->rows[FILE_CONTRACTS]++;
    for (int i = 0; i < year_clave_count; i++) {
        (void)fprintf(writing->out[FILE_LINES],
                      "%s,%s,INSUMO,400000000,1000000000,12.37,2024-12-31,demostracion\n",
                      contract.number, year_claves[i]);
        writing->rows[FILE_LINES]++;
    }
}

static void write_receipt(struct writing *writing, enum file file,
                          const struct year_contract *contract, const struct year_order *order,
                          const struct year_receipt *receipt, int32_t age, int64_t pieces)
{
    (void)fprintf(writing->out[file],
                  "%s,%s,%s,%s,%s,%s,%s,%" PRId64 ",0,%s,%s,%s,%s,entrega,,%s,demostracion\n",
                  receipt->id, contract->number, order->number, order->clave, order->remission,
                  receipt->lot, date(receipt->expires_on).text, pieces,
                  date(receipt->received_on).text, date(receipt->received_on).text,
                  date(receipt->entry_on).text, date(receipt->captured_on).text,
                  date(receipt->captured_on + age).text);
    writing->rows[file]++;
}

static void write_receipts(struct writing *writing, const struct year_contract *contract,
                           const struct year_order *order)
{
    for (int32_t i = 0; i < order->receipt_count; i++) {
        const struct year_receipt *receipt = &order->receipts[i];

        (void)fprintf(
            writing->out[FILE_SHIPMENTS], "%s,%s,%s,%s,%s,%s,%s,%s,%" PRId64 ",%s,demostracion\n",
            contract->number, order->number, order->clave, contract->rfc, order->remission,
            date(receipt->received_on - 2).text, receipt->lot, date(receipt->expires_on).text,
            receipt->pieces, date(receipt->received_on).text);
        writing->rows[FILE_SHIPMENTS]++;
        write_receipt(writing, FILE_RECEIPTS, contract, order, receipt, 1, receipt->pieces);
        if (receipt->corrected) {
            write_receipt(writing, FILE_CORRECTIONS, contract, order, receipt, 9,
                          receipt->pieces - 1);
        }
        if (receipt->stale) {
            write_receipt(writing, FILE_CORRECTIONS, contract, order, receipt, 0, receipt->pieces);
        }
    }
}

static void write_order(struct writing *writing, int64_t number)
{
    struct year_contract contract;
    struct year_order order;

    year_order(&writing->year, number, &order);
    year_contract(&writing->year, order.contract, &contract);
    (void)fprintf(writing->out[FILE_ORDERS],
                  "%s,%s,%s,%" PRId64 ",%" PRId64 ".%04" PRId64
                  ",%s,%s,%s,vigente,,%s,demostracion\n",
                  contract.number, order.number, order.clave, order.pieces, order.price_e4 / 10000,
                  order.price_e4 % 10000, date(order.issued_on).text, date(order.due_on).text,
                  order.clues, date(order.issued_on).text);
    writing->rows[FILE_ORDERS]++;
    write_receipts(writing, &contract, &order);
}

bool bench_write_files(struct bench *bench, struct error *err)
{
    struct writing writing = {.folder = bench->folder,
                              .year = {bench->seed, bench->count, bench->orders_per_contract}};
    bool good;

    if (bench->folder == NULL) {
        return error_set(err, ERROR_FATAL, "--folder is missing");
    }
    good = open_files(&writing, &bench->cli.arena, err);
    for (int64_t i = 0; good && i < year_contracts(&writing.year); i++) {
        write_contract(&writing, i);
    }
    for (int64_t i = 0; good && i < bench->count; i++) {
        write_order(&writing, i);
    }
    if (!close_files(&writing, err) || !good) {
        return false;
    }
    for (int i = 0; i < FILE_COUNT; i++) {
        printf("%s\"%s\": %" PRId64, i == 0 ? "{" : ", ", files[i].name, writing.rows[i]);
    }
    printf("}\n");
    return true;
}
