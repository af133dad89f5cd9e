import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A sample for an agency's programmer: reads an office's notices from Kafka, prints each once as a line of JSON, may take note of it.
 *
 * <p>Needs kafka-clients and avro (which brings Jackson), nothing else. Settings: BOOTSTRAP, REGISTRY, NOTICES (topic), REPLIES (topic),
 * GROUP, SEEN (a file of the ids printed so far). {@code --acknowledge} answers every notice.
 */
public final class Subscriber {
    private static final String RECORD = "shouwang.notifications.AgencyReply";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final GenericData AVRO = new GenericData();

    static {
        AVRO.addLogicalTypeConversion(new TimeConversions.DateConversion()); // otherwise a date is the days since 1970-01-01
    }

    private final String registry = setting("REGISTRY");
    private final String replies = System.getenv().getOrDefault("REPLIES", "");
    private final Path file = Path.of(System.getenv().getOrDefault("SEEN", "seen.txt"));
    private final Map<Integer, Schema> schemas = new HashMap<>();
    private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        new Subscriber().run(List.of(arguments).contains("--acknowledge"));
    }

    /** Print, answer, remember, then commit: a crash in between prints again only what was not remembered yet. */
    private void run(boolean acknowledge) throws Exception {
        Set<String> seen = Files.exists(file) ? new HashSet<>(Files.readAllLines(file)) : new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(); KafkaProducer<byte[], byte[]> producer = producer()) {
            consumer.subscribe(List.of(setting("NOTICES")));
            while (true) {
                ConsumerRecords<byte[], byte[]> messages = consumer.poll(Duration.ofSeconds(1));
                for (ConsumerRecord<byte[], byte[]> message : messages) {
                    GenericRecord notice = decoded(message.value());
                    String id = notice.get("notice_id").toString();
                    if (!seen.contains(id)) {
                        out.println(JSON.writeValueAsString(plain(notice)));
                        if (acknowledge) {
                            producer.send(new ProducerRecord<>(replies, acknowledgement(id))).get();
                        }
                        remember(seen, id);
                    }
                }
                if (!messages.isEmpty()) {
                    consumer.commitSync();
                }
            }
        }
    }

    /** A message is a zero byte, four bytes of schema id, and the Avro body in that schema; anything else is none of ours. */
    private GenericRecord decoded(byte[] value) throws IOException {
        int schemaId = ByteBuffer.wrap(value).getInt(1);
        if (!schemas.containsKey(schemaId)) {
            schemas.put(schemaId, new Schema.Parser().parse(ask("/schemas/ids/" + schemaId).get("schema").asText()));
        }
        Schema schema = schemas.get(schemaId);
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema, schema, AVRO);
        BinaryDecoder body = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null);
        GenericRecord said = reader.read(null, body);
        if (value[0] != 0 || !body.isEnd()) {
            throw new IOException("not one whole message: another framing, or bytes behind the body");
        }
        return said;
    }

    /** The reply, in the schema that the registry has for the topic. Its id follows from the notice's: sent twice, it does nothing. */
    private byte[] acknowledgement(String noticeId) throws IOException {
        JsonNode latest = ask("/subjects/" + replies + "-" + RECORD + "/versions/latest");
        Schema schema = new Schema.Parser().parse(latest.get("schema").asText());
        GenericRecord reply = new GenericRecordBuilder(schema)
                .set("reply_id", UUID.nameUUIDFromBytes(("acknowledge/" + noticeId).getBytes(StandardCharsets.UTF_8)).toString())
                .set("notice_id", noticeId)
                .set("what", new GenericData.EnumSymbol(schema.getField("what").schema(), "ACKNOWLEDGE"))
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(5).putInt(1, latest.get("id").asInt()).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema, AVRO).write(reply, encoder);
        return bytes.toByteArray();
    }

    /** What the registry answers. */
    private JsonNode ask(String path) throws IOException {
        try (InputStream answer = URI.create(registry + path).toURL().openStream()) {
            return JSON.readTree(answer);
        }
    }

    /** Add an id to the file of those printed. */
    private void remember(Set<String> seen, String noticeId) throws IOException {
        Files.writeString(file, noticeId + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        seen.add(noticeId);
    }

    /** As JSON holds it: what is no record, list, number or truth becomes text. */
    private static Object plain(Object value) {
        if (value instanceof GenericRecord record) {
            Map<String, Object> named = new LinkedHashMap<>();
            record.getSchema().getFields().forEach(field -> named.put(field.name(), plain(record.get(field.pos()))));
            return named;
        }
        if (value instanceof Collection<?> items) {
            return items.stream().map(Subscriber::plain).toList();
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", setting("BOOTSTRAP"),
                "group.id", setting("GROUP"),
                "enable.auto.commit", false,
                "auto.offset.reset", "earliest",
                "session.timeout.ms", 10_000); // so long the topic waits for one that was killed
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = Map.of("bootstrap.servers", setting("BOOTSTRAP"), "acks", "all", "enable.idempotence", true);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static String setting(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }
}
