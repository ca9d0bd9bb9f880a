#include "services/gateway/reason.h"

#include "common/base/text.h"

#include <assert.h>

#define AGAIN " y cárguelo otra vez"

static const struct {
    const char *code;
    const char *text; /* {1} {2} {3}: what it is about */
} reasons[REASON_COUNT] = {
    [REASON_MISSING] = {"falta", "sin este dato la fila no se puede leer"},
    [REASON_BLANK] = {"falta", "viene en blanco: se toma sin el dato"},
    [REASON_BLANK_MEANS] = {"falta", "{1}"},
    [REASON_SAYS_NONE] = {"falta", "dice que no hay dato: se toma sin él"},
    [REASON_NO_LOT] = {"falta", "no trae lote: se toma sin lote"},
    [REASON_NO_EXPIRY] = {"falta", "no trae caducidad: se toma sin caducidad"},

    [REASON_NOT_UTF8] = {"ilegible", "tiene caracteres ilegibles: el archivo no está en UTF-8"},
    [REASON_NO_IDENTIFIER] = {"ilegible", "pasa de 100 caracteres o lleva '|': no identifica nada"},
    [REASON_NO_CONTRACT] = {"ilegible",
                            "pasa de 100 caracteres o lleva '|': no es un número de contrato"},
    [REASON_NO_ORDER] = {"ilegible",
                         "pasa de 100 caracteres o lleva '|': no es un número de orden"},
    [REASON_BAR_IN_CLAVE] = {"ilegible", "lleva '|': no identifica nada"},
    [REASON_BAR_IN_RFC] = {"ilegible", "lleva '|': no es un RFC"},
    [REASON_NO_SUCH_WORD] = {"ilegible", "no es una de las palabras del formato"},
    [REASON_NO_DATE] = {"ilegible", "no es una fecha que exista"},
    [REASON_SERIAL_DATE] = {"ilegible", "es un número de serie de Excel, que no dice de qué año "
                                        "parte: dé a la columna formato de fecha"},
    [REASON_NO_NUMBER] = {"ilegible", "no es un número"},
    [REASON_PIECES_NOT_WHOLE] = {"ilegible", "no es un número entero de piezas"},
    [REASON_PIECES_NEGATIVE] = {"ilegible", "la cantidad no puede ser negativa"},
    [REASON_PIECES_IMPOSSIBLE] = {"ilegible", "la cantidad es imposible por grande"},
    [REASON_NOT_WHOLE] = {"ilegible", "no es un número entero"},
    [REASON_OUT_OF_RANGE] = {"ilegible", "el número está fuera de lo posible"},
    [REASON_PERCENT_OUT_OF_RANGE] = {"ilegible", "el porcentaje está fuera de 0 a 100"},
    [REASON_MONEY_NEGATIVE] = {"ilegible", "el importe no puede ser negativo"},

    [REASON_TEXT_NOT_UTF8] = {"dudoso", "tiene caracteres ilegibles: el archivo no está en UTF-8"},
    [REASON_TEXT_CUT] = {"dudoso", "el texto es demasiado largo: se recorta"},
    [REASON_CONTRACT_ODD] = {"dudoso", "el número de contrato no tiene forma conocida"},
    [REASON_ORDER_ODD] =
        {"dudoso",
         "el número de orden no tiene la forma de IMSS-Bienestar; se conserva como viene"},
    [REASON_CLAVE_CUCOP] = {"dudoso",
                            "es un código CUCOP, no una clave del Compendio Nacional de Insumos"},
    [REASON_CLAVE_MALFORMED] = {"dudoso",
                                "no tiene la forma de una clave del Compendio Nacional de Insumos"},
    [REASON_CLAVE_UNKNOWN] = {"dudoso", "la clave está bien formada y no está en el catálogo"},
    [REASON_RFC_LENGTH] = {"dudoso", "el RFC no tiene 12 ni 13 caracteres"},
    [REASON_RFC_CHARACTERS] = {"dudoso", "el RFC tiene caracteres fuera de su lugar"},
    [REASON_RFC_DATE] = {"dudoso", "la fecha dentro del RFC no existe"},
    [REASON_RFC_CHECK_DIGIT] = {"dudoso", "el dígito verificador del RFC no corresponde"},
    [REASON_CLUES_ODD] = {"dudoso", "no tiene la forma de una CLUES"},
    [REASON_PROCEDURE_ODD] = {"dudoso", "el procedimiento no tiene forma conocida"},
    [REASON_LOT_LONG] = {"dudoso", "el lote pasa de 19 caracteres"},
    [REASON_DATE_WITH_TIME] = {"dudoso",
                               "la fecha trae hora, como la exporta Excel: se toma el día"},
    [REASON_DAY_FIRST] = {"dudoso", "la fecha viene como dd/mm/aaaa: se lee primero el día"},
    [REASON_YEAR_UNLIKELY] = {"dudoso", "el año es improbable: se toma como viene; revíselo"},
    [REASON_FIRST_COUNTS] = {"dudoso", "la celda trae varios valores: cuenta el primero"},
    [REASON_LAST_COUNTS] = {"dudoso", "la celda trae varios valores: cuenta el último"},
    [REASON_OLDEST_COUNTS] = {"dudoso", "la celda trae varias fechas: cuenta la más antigua"},
    [REASON_NEWEST_COUNTS] = {"dudoso", "la celda trae varias fechas: cuenta la más reciente"},
    [REASON_THOUSANDS] = {"dudoso", "trae separador de miles: se lee sin él"},
    [REASON_FLOAT_NOISE] = {"dudoso", "trae ruido de punto flotante: se redondea"},
    [REASON_PIECES_WITH_DECIMALS] = {"dudoso",
                                     "trae decimales en una cantidad de piezas: se lee entera"},
    [REASON_PIECES_ZERO] = {"dudoso", "la cantidad es cero"},
    [REASON_PIECES_UNLIKELY] =
        {"dudoso", "la cantidad es improbable por grande: se toma como viene; revísela"},
    [REASON_PERCENT_ROUNDED] = {"dudoso", "trae más de dos decimales de por ciento: se redondea"},
    [REASON_MONEY_ROUNDED] = {"dudoso", "trae más decimales de los que se guardan: se redondea"},
    [REASON_PRICE_UNLIKELY] = {"dudoso",
                               "el precio es improbable por alto: se toma como viene; revíselo"},
    [REASON_MONEY_SIGN] = {"dudoso", "trae signo de pesos: se lee sin él"},

    [REASON_DIFFERS] = {"dudoso", "no coincide con {1}, que es la que vale"},
    [REASON_IS_RETURN] = {"dudoso", "la cantidad es negativa: se toma como devolución"},
    [REASON_IS_SUBTRACTED] = {"dudoso",
                              "la cantidad es negativa: se resta de lo que llegó por esa vía"},
    [REASON_MORE_REJECTED] = {"dudoso", "hay más piezas rechazadas que recibidas: aceptadas cero"},
    [REASON_CANCELLED_UNDATED] = {"dudoso", "la orden está cancelada y no dice cuándo: cuenta la "
                                            "fecha del primer corte que la trae así"},
    [REASON_SHORT_LIFE] = {"dudoso", "le quedan menos de {1} meses y no se conoce carta de canje"},
    [REASON_FILE_UNDATED] = {"falta", "ni la fila ni el archivo dicen de qué fecha hablan"},
    [REASON_REPORT_UNDATED] = {"falta", "ni corte ni ce_time dicen de qué fecha habla el reporte"},
    [REASON_FILLER] = {"omitida", "es una fila de relleno o de totales del formato: no es un dato"},
    [REASON_LINE_TOO_LONG] = {"ilegible", "el renglón es demasiado largo para leerse"},
    [REASON_OPEN_QUOTE] = {"ilegible", "la fila abre comillas que no cierra donde debe"},
    [REASON_OTHER_CELLS] = {"ilegible",
                            "la fila no tiene las celdas del encabezado: no se sabe cuál es cuál"},

    [REASON_NO_HEADER] = {"falta", "falta el encabezado de CloudEvents"},
    [REASON_HEADER_UNREADABLE] =
        {"ilegible", "el encabezado viene vacío, con caracteres ilegibles o demasiado largo"},
    [REASON_TIME_UNREADABLE] = {"ilegible", "no se puede leer como instante: no cuenta"},
    [REASON_UNKNOWN_TYPE] = {"tipo-desconocido", "no hay ningún reporte de ese tipo"},
    [REASON_OTHER_TYPE] = {"tipo-distinto", "ce_type no es el del esquema del mensaje"},
    [REASON_NOT_YOURS] = {"no-le-corresponde", "{1} no entrega reportes de {2}"},
    [REASON_EMPTY] = {"vacio", "el mensaje no trae contenido"},
    [REASON_NO_JSON] = {"no-es-json", "no es JSON a partir de la línea {1}, columna {2}"},
    [REASON_MEMBER_TWICE] = {"no-es-json", "un miembro viene dos veces (línea {1})"},
    [REASON_NO_OBJECT] = {"no-es-objeto", "el JSON no es un objeto"},
    [REASON_JSON_TYPE] = {"tipo-json", "el valor no es del tipo JSON que corresponde"},
    [REASON_MONEY_AS_NUMBER] =
        {"tipo-json", "un importe no se escribe como número: al leerlo puede cambiar de valor"},
    [REASON_UNKNOWN_MEMBER] = {"miembro-desconocido",
                               "el reporte no tiene ese miembro: no se toma en cuenta"},
    [REASON_AVRO_UNREADABLE] = {"avro-ilegible", "los bytes no corresponden a su esquema"},
    [REASON_SCHEMA_UNKNOWN] = {"esquema-desconocido", "ningún esquema tiene ese id"},
    [REASON_SCHEMA_FOREIGN] = {"esquema-ajeno", "el esquema no es de los que Abasto publica"},
    [REASON_ID_REUSED] =
        {"ce_id-reutilizado",
         "el mensaje {1} del buzón trajo este ce_id con otro contenido, y es el que vale"},
    [REASON_NOT_STORED] = {"no-se-puede-guardar", "el reporte se pudo leer y no se pudo tomar"},

    [REASON_ACT_UNREADABLE] = {"acto-ilegible", "el acto no se puede leer"},
    [REASON_ACT_UNKNOWN] = {"ilegible", "no hay un acto que se llame así"},
    [REASON_ACT_UNSIGNED] = {"falta", "un acto dice quién lo hace y por qué"},
    [REASON_ACT_UNDATED] = {"falta", "un acto dice cuándo se hizo"},
    [REASON_ACT_TIME] = {"ilegible", "no se puede leer cuándo se hizo el acto"},
    [REASON_ACT_NO_LAYOUT] = {"formato", "{1}"},
    [REASON_ACT_NOTHING] = {"apartado-desconocido", "no hay nada apartado con ese id"},
    [REASON_ACT_NO_ROW] = {"sin-renglon",
                           "lo apartado no es un renglón que se pueda leer otra vez"},
    [REASON_ACT_OTHER_ROW] = {"otro-renglon",
                              "el acto no trae el renglón que se apartó con ese id"},
    [REASON_ACT_HELD] = {"demasiados-intentos",
                         "ya se intentó demasiadas veces sin que se pudiera tomar"},
    [REASON_ACT_NOT_OPEN] = {"no-esta-abierta", "ya se hizo algo con este apartado"},
    [REASON_ACT_NO_CHANGE] = {"sin-cambios", "la corrección no cambia ninguna celda"},
    [REASON_ACT_CHANGE] = {"con-cambios", "un reintento no cambia celdas"},

    [REASON_FILE_EMPTY] = {"archivo",
                           "el archivo está vacío: no tiene ni encabezado; entréguelo completo"},
    [REASON_FILE_UNKNOWN] =
        {"archivo", "ningún formato conocido tiene este encabezado: revise que sea el archivo "
                    "correcto y su separador, o indique el formato con --layout"},
    [REASON_FILE_AMBIGUOUS] =
        {"archivo", "el encabezado sirve a varios formatos: {1}; indique cuál es con --layout o "
                    "en el archivo acompañante"},
    [REASON_FILE_OTHER] =
        {"archivo", "el archivo no parece del formato {1}: conoce {2} de sus {3} columnas; revise "
                    "que sea el archivo correcto, su separador, o indique el formato con --layout"},
    [REASON_FILE_FORM] = {"archivo", "el archivo está separado por {1} y el formato {2} se "
                                     "separa por {3} en UTF-8: guárdelo así" AGAIN},
    [REASON_FILE_NOT_UTF8] = {"archivo", "el archivo no está en UTF-8, como pide el formato {1}: "
                                         "guárdelo como «CSV UTF-8»" AGAIN},
    [REASON_HEADER_QUOTES] =
        {"archivo",
         "el encabezado abre comillas que nunca cierra: revise las comillas de la primera fila"},
    [REASON_HEADER_NOT_UTF8] =
        {"archivo", "el encabezado no está en UTF-8 (columna {1}): guarde el archivo como «CSV "
                    "UTF-8»" AGAIN},
    [REASON_COLUMNS_MISSING] = {"archivo",
                                "al archivo le faltan columnas obligatorias del formato {1}: {2}; "
                                "agréguelas" AGAIN},
    [REASON_COLUMN_TWICE] = {"archivo",
                             "la columna {1} está dos veces en el encabezado: deje una sola" AGAIN},
    [REASON_NO_SUCH_LAYOUT] = {"archivo",
                               "no hay formato «{1}»; revise --layout o el archivo acompañante"},
    [REASON_LAYOUT_OF_OTHER] = {"archivo",
                                "el formato {1} es de {2}, no de {3}; entréguelo en su buzón"},
    [REASON_LAYOUT_NOT_DUE] = {"archivo", "{1} no entrega archivos de formato {2}; entréguelo en "
                                          "el buzón de quien lo publica"},
    [REASON_WORKBOOK_OLD] = {"archivo", "el archivo es un libro .xls o un libro con contraseña: "
                                        "guárdelo como .xlsx sin contraseña" AGAIN},
    [REASON_WORKBOOK_OTHER] = {"archivo", "el archivo está comprimido y no es un libro .xlsx: "
                                          "entregue el libro o el CSV mismo"},
    [REASON_WORKBOOK_BROKEN] = {"archivo", "el libro está incompleto o dañado: ábralo en Excel, "
                                           "guárdelo de nuevo como .xlsx" AGAIN},
    [REASON_WORKBOOK_LARGE] =
        {"archivo",
         "el libro pasa de lo que cabe en uno (256 MiB "
         "descomprimido, 1,024 columnas, 1 MiB por renglón): guárdelo como «CSV UTF-8»" AGAIN},
    [REASON_WORKBOOK_ENTITIES] = {"archivo", "el libro declara entidades XML, que ningún libro "
                                             "lleva: guárdelo de nuevo desde Excel" AGAIN},
    [REASON_WORKBOOK_FORMULA] = {"archivo", "la celda {2} de la hoja {1} tiene una fórmula sin su "
                                            "resultado: ábralo en Excel, guárdelo" AGAIN},
    [REASON_WORKBOOK_SHEETS] = {"archivo", "varias hojas del libro son de formato {1} ({2}): "
                                           "entregue cada una en un libro suyo"},
    [REASON_SIDECAR_ODD] =
        {"archivo", "el archivo acompañante {1} no se puede leer: no es un archivo; quítelo y "
                    "entregue otra vez los dos"},
    [REASON_SIDECAR_NO_JSON] =
        {"archivo", "el archivo acompañante {1} no se puede leer: no es JSON; corríjalo y "
                    "entregue otra vez los dos"},
    [REASON_SIDECAR_NO_OBJECT] =
        {"archivo", "el archivo acompañante {1} no se puede leer: no es un objeto JSON; corríjalo "
                    "y entregue otra vez los dos"},
    [REASON_SIDECAR_NO_TEXTS] =
        {"archivo", "el archivo acompañante {1} no se puede leer: layout, as_of y nature deben "
                    "ser textos; corríjalo y entregue otra vez los dos"},
    [REASON_SIDECAR_AS_OF] =
        {"archivo", "el archivo acompañante {1} no se puede leer: as_of «{2}» no es una fecha "
                    "AAAA-MM-DD; corríjala y entregue otra vez los dos"},
    [REASON_SIDECAR_NATURE] =
        {"archivo", "el archivo acompañante {1} no se puede leer: nature «{2}» no es real ni "
                    "demostracion; corríjala y entregue otra vez los dos"},
};

const char *reason_code(enum reason why)
{
    assert(why > REASON_NONE && why < REASON_COUNT);
    return reasons[why].code;
}

const char *reason_text(struct arena *arena, const struct reason_said *said)
{
    return said->why == REASON_NONE ? NULL : text_fill(arena, reasons[said->why].text, said->about);
}
