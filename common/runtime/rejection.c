#include "common/runtime/rejection.h"

#include "common/base/text.h"

#include <string.h>

enum { SHOWN_BYTES_MAX = 160, REASON_BYTES_MAX = 500 };

#define TELL "avise a quien mantiene el servicio"
#define STRANGER "no cuenta; sólo los servicios de Abasto escriben en este tópico: " TELL
#define DELIVER_AGAIN                                                                              \
    "no cuenta; corrija el archivo del que viene y entréguelo otra vez con abasto load; si el "   \
    "archivo está bien, " TELL

static const struct {
    enum aside_class class;
    const char *column;
    const char *found; /* NULL: as the rejection says */
    const char *expected;
    const char *reason;
    const char *action;
} reasons[REJECTION_REASONS] = {
    [REJECTION_KEY] = {ASIDE_IDENTITY, "llave", NULL, "texto UTF-8",
                       "la llave del mensaje no es UTF-8", STRANGER},
    [REJECTION_IDENTITY] =
        {ASIDE_IDENTITY, "ce_source, ce_id", NULL,
         "<servicio>/<tópico> y <encarnación>/<fragmento>/<secuencia>",
         "ce_source o ce_id ilegibles: el mensaje no viene de un servicio de Abasto", STRANGER},
    [REJECTION_WRITER] = {ASIDE_IDENTITY, "ce_source", "{1}", "{3}", "{1} no escribe en {2}",
                          STRANGER},
    [REJECTION_PARTITION] =
        {ASIDE_IDENTITY, "partición", "{3}", "{2}",
         "partición equivocada: la de {1} es la {2} y el mensaje llegó en la {3}",
         "no cuenta; revise que nadie haya cambiado las particiones del tópico y " TELL},
    [REJECTION_EMPTY] = {ASIDE_DECODING, "contenido", "", "un evento en Avro",
                         "el mensaje no trae contenido", STRANGER},
    [REJECTION_OTHER_TYPE] = {ASIDE_DECODING, "ce_type", "{1}", "{2}",
                              "ce_type dice {1} y el esquema {2}", STRANGER},
    [REJECTION_FOREIGN] = {ASIDE_DECODING, "contenido", NULL,
                           "un esquema de los que Abasto publica",
                           "el esquema no es de los que Abasto publica", STRANGER},
    [REJECTION_UNREADABLE] = {ASIDE_DECODING, "contenido", NULL,
                              "los bytes que su esquema describe",
                              "los bytes no corresponden a su esquema", STRANGER},
    [REJECTION_REFUSED] = {ASIDE_REFUSED, "contenido", NULL, "datos que se puedan juzgar", "{1}",
                           DELIVER_AGAIN},
    [REJECTION_UNSTORABLE] = {ASIDE_DATABASE, "contenido", NULL,
                              "valores que la base de datos pueda guardar",
                              "la base de datos no lo acepta: {1}", DELIVER_AGAIN},
};

static const char *shown(struct arena *arena, const char *text, size_t most)
{
    return text == NULL ? "" : text_clean(arena, text, strlen(text), most);
}

void rejection_tell(const struct rejection *rejection, bool agenda, struct arena *arena,
                    struct setting_aside *out)
{
    const char *const *about = rejection->about;
    const char *found = reasons[rejection->why].found;

    out->class = reasons[rejection->why].class;
    out->column = reasons[rejection->why].column;
    out->found = shown(arena, found == NULL ? rejection->found : text_fill(arena, found, about),
                       SHOWN_BYTES_MAX);
    out->expected = text_fill(arena, reasons[rejection->why].expected, about);
    out->reason =
        shown(arena, text_fill(arena, reasons[rejection->why].reason, about), REASON_BYTES_MAX);
    out->action = agenda ? "lo último que se dijo de esta clave sigue en pie; corrija el archivo "
                           "del que viene y entréguelo otra vez con abasto load"
                         : reasons[rejection->why].action;
}
