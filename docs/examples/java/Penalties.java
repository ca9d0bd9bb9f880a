import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints the penalties that stand, one line each: sanction, state, amount in pesos.
 *
 *     mvn -q dependency:copy-dependencies -DoutputDirectory=lib
 *     ABASTO_BROKERS=host:port ABASTO_REGISTRY=http://host:port java -cp 'lib/*' Penalties.java
 *
 * Reads topic `sanctions` from its beginning to the end it finds, in no group. A program that stays would
 * go on polling.
 */
public final class Penalties {
    private static final String TOPIC = "sanctions";
    private static final String PENALTY = "mx.abasto.sanctions.PenaltyCalculated";

    /** A value is a zero, the id of its schema in four bytes, and Avro; the schema is fetched once by its id. */
    static final class AbastoDeserializer implements Deserializer<GenericRecord> {
        private static final int HEADER_BYTES = 5;

        private final String registry;
        private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
        private final GenericData data = new GenericData();
        private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();

        AbastoDeserializer(String registry) {
            this.registry = registry;
            data.addLogicalTypeConversion(new Conversions.DecimalConversion());
        }

        @Override
        public GenericRecord deserialize(String topic, byte[] value) {
            if (value == null) {
                return null;
            }
            if (value.length < HEADER_BYTES || value[0] != 0) {
                throw new SerializationException("not in the registry's wire format");
            }
            int id = ByteBuffer.wrap(value, 1, 4).getInt();
            var decoder = DecoderFactory.get().binaryDecoder(value, HEADER_BYTES, value.length - HEADER_BYTES, null);
            try {
                return readers.computeIfAbsent(id, this::readerOf).read(null, decoder);
            } catch (IOException | UncheckedIOException broken) {
                throw new SerializationException("schema " + id, broken);
            }
        }

        private GenericDatumReader<GenericRecord> readerOf(int id) {
            var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id))
                    .timeout(Duration.ofSeconds(10)).build();
            try {
                var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IOException(answer.statusCode() + " " + answer.body());
                }
                String text = new ObjectMapper().readTree(answer.body()).get("schema").asText();
                Schema schema = new Schema.Parser().parse(text);
                return new GenericDatumReader<>(schema, schema, data);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new SerializationException(interrupted);
            }
        }
    }

    /** What was heard last of each source, shard and partition: a message may be sent again after a failure. */
    private static final Map<String, long[]> heard = new HashMap<>();

    private static String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** ce_id is incarnation/shard/sequence; sequences count up within a partition. */
    private static boolean isRepeated(ConsumerRecord<?, ?> message) {
        String[] id = header(message, "ce_id").split("/");
        long incarnation = Long.parseLong(id[0]);
        long sequence = Long.parseLong(id[2]);
        String source = header(message, "ce_source") + "/" + id[1] + "/" + message.partition();
        long[] last = heard.getOrDefault(source, new long[] {0, 0});
        if (incarnation < last[0] || (incarnation == last[0] && sequence <= last[1])) {
            return true;
        }
        heard.put(source, new long[] {incarnation, sequence});
        return false;
    }

    private static void take(ConsumerRecord<String, GenericRecord> message, Map<String, GenericRecord> standing) {
        if (isRepeated(message) || !header(message, "ce_type").equals(PENALTY)) {
            return; // beside penalties, DayClosed says up to which day they are complete
        }
        GenericRecord penalty = message.value();
        String sanction = penalty.get("sanction_id").toString();
        if (penalty.get("status").toString().equals("VOID")) {
            standing.remove(sanction);
        } else {
            standing.put(sanction, penalty); // the later judgement replaces the earlier: never add up
        }
    }

    public static void main(String[] arguments) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, System.getenv("ABASTO_BROKERS"),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        Map<String, GenericRecord> standing = new TreeMap<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(),
                new AbastoDeserializer(System.getenv("ABASTO_REGISTRY")))) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition())).toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofSeconds(1)).forEach(message -> take(message, standing));
            }
        }
        standing.forEach((sanction, penalty) ->
                System.out.println(sanction + "\t" + penalty.get("status") + "\t" + penalty.get("amount")));
    }
}
