import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes a receipt to an inbox in Avro and prints what became of it: verdict, then each remark.
 *
 *     mvn -q dependency:copy-dependencies -DoutputDirectory=lib
 *     ABASTO_BROKERS=host:port ABASTO_REGISTRY=http://host:port java -cp 'lib/*' PublishReceipt.java imss RECEIPT ORDER
 *
 * Sent again with the same ce_id, a report counts once: keep the id with the report, and repeat it until an answer comes.
 */
public final class PublishReceipt {
    private static final String RECEIPT = "mx.abasto.inbox.ReceiptReport";
    private static final String ANSWER = "mx.abasto.outcomes.ReportAnswered";
    private static final int HEADER_BYTES = 5;

    private static final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private static JsonNode registry(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("ABASTO_REGISTRY") + path))
                .timeout(Duration.ofSeconds(10)).build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return new ObjectMapper().readTree(answer.body());
    }

    /** A zero, the id of the schema that Abasto ships in four bytes, and Avro. Members that are left out are null. */
    private static byte[] receipt(String identity, String order) throws IOException, InterruptedException {
        JsonNode newest = registry("/subjects/" + RECEIPT + "/versions/latest");
        Schema schema = new Schema.Parser().parse(newest.get("schema").asText());
        int day = (int) LocalDate.of(2025, 6, 18).toEpochDay();
        GenericRecord report = new GenericRecordBuilder(schema)
                .set("recepcion", identity).set("contrato", "EJEMPLO-1").set("orden", order)
                .set("clave", "010.000.2540.00").set("remision", "RM-EJEMPLO").set("lote", "L1")
                .set("caducidad", (int) LocalDate.of(2027, 12, 31).toEpochDay())
                .set("piezas", 10L).set("piezas_rechazadas", 0L).set("fecha_fisica", day).set("fecha_remision", day)
                .set("fecha_alta", day).set("fecha_captura", day).set("tipo", "entrega")
                .set("naturaleza", "demostracion").build();
        var bytes = new ByteArrayOutputStream();
        bytes.write(ByteBuffer.allocate(HEADER_BYTES).put((byte) 0).putInt(newest.get("id").asInt()).array());
        var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(report, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static GenericRecord decode(byte[] value) throws IOException, InterruptedException {
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        Schema schema = new Schema.Parser().parse(registry("/schemas/ids/" + id).get("schema").asText());
        var decoder = DecoderFactory.get().binaryDecoder(value, HEADER_BYTES, value.length - HEADER_BYTES, null);
        return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    }

    private static long publish(Map<String, Object> settings, String topic, String identity, byte[] value)
            throws Exception {
        var record = new ProducerRecord<byte[], byte[]>(topic, value);
        Map.of("ce_specversion", "1.0", "ce_id", identity, "ce_source", "/imss/examples/java", "ce_type", RECEIPT,
                "ce_time", "2025-06-20T12:00:00Z")
                .forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(record).get().offset();
        }
    }

    private static boolean isAnswer(ConsumerRecord<byte[], byte[]> message) {
        var type = message.headers().lastHeader("ce_type");
        return type != null && new String(type.value(), StandardCharsets.UTF_8).equals(ANSWER);
    }

    private static GenericRecord answer(KafkaConsumer<byte[], byte[]> consumer, long offset) throws Exception {
        for (int waited = 0; waited < 60; waited++) {
            for (var message : consumer.poll(Duration.ofSeconds(1))) {
                GenericRecord said = isAnswer(message) ? decode(message.value()) : null;
                if (said != null && (long) said.get("position") == offset) {
                    return said;
                }
            }
        }
        throw new IOException("no answer");
    }

    public static void main(String[] arguments) throws Exception {
        String institution = arguments[0];
        Map<String, Object> settings = Map.of("bootstrap.servers", System.getenv("ABASTO_BROKERS"));
        var outcomes = List.of(new TopicPartition("outcomes." + institution, 0));
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(outcomes);
            consumer.seekToEnd(outcomes);
            consumer.position(outcomes.get(0)); // the end of now, before the report is sent
            long offset = publish(settings, "inbox." + institution, arguments[1],
                    receipt(arguments[1], arguments[2]));
            GenericRecord said = answer(consumer, offset);
            System.out.println(said.get("ce_id") + "\t" + said.get("verdict") + "\t" + said.get("entity_id"));
            for (Object item : (List<?>) said.get("remarks")) {
                var remark = (GenericRecord) item;
                System.out.println("\t" + remark.get("code") + "\t" + remark.get("field") + "\t" + remark.get("reason")
                        + "\t" + remark.get("action"));
            }
        }
    }
}
