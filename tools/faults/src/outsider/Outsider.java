import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The client that nobody here wrote: Apache Kafka's own, in Java. It hands events over (acks=all, idempotent) and reads topics
 * with read_committed while the faults happen. One line in, one line out; fields are separated by tabs, bytes are Base64, a
 * minus stands for null.
 *
 *   read TOPIC                                          record TOPIC PARTITION OFFSET TIMESTAMP KEY VALUE HEADERS
 *   stop TOPIC
 *   send TOPIC PARTITION KEY VALUE HEADERS              failed TOPIC REASON
 *   flush TOKEN                                         flushed TOKEN
 *   elect TOKEN                                         flushed TOKEN     every partition to its preferred leader
 *
 * Headers are NAME:VALUE joined by commas, the name in Base64 as well. PARTITION - lets the client choose. Ends with its input.
 */
public class Outsider {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    private static final Map<String, Thread> readers = new java.util.concurrent.ConcurrentHashMap<>();

    public static void main(String[] arguments) throws Exception {
        String brokers = arguments[0];
        KafkaProducer<byte[], byte[]> producer = producer(brokers);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        say("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "read" -> start(brokers, words[1]);
                case "stop" -> readers.remove(words[1]);
                case "send" -> send(producer, words);
                case "flush" -> {
                    producer.flush();
                    say("flushed\t" + words[1]);
                }
                case "elect" -> {
                    elect(brokers);
                    say("flushed\t" + words[1]);
                }
                default -> say("failed\t" + words[0] + "\tunknown command");
            }
        }
        System.exit(0);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String[] words) {
        Integer partition = words[2].equals("-") ? null : Integer.valueOf(words[2]);
        List<Header> headers = new ArrayList<>();
        for (String header : words[5].split(",")) {
            if (header.isEmpty()) continue;
            String[] parts = header.split(":", -1);
            headers.add(new RecordHeader(new String(bytes(parts[0]), StandardCharsets.UTF_8), bytes(parts[1])));
        }
        var message = new ProducerRecord<>(words[1], partition, bytes(words[3]), bytes(words[4]), headers);
        producer.send(message, (done, error) -> {
            if (error != null) say("failed\t" + words[1] + "\t" + error.toString().replaceAll("\\s", " "));
        });
    }

    private static void elect(String brokers) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
        } catch (Exception error) {
            say("failed\telect\t" + error.toString().replaceAll("\\s", " "));
        }
    }

    /** All partitions from the first record on, without a group; new partitions are found while it reads. */
    private static void start(String brokers, String topic) {
        Thread thread = new Thread(() -> {
            while (readers.get(topic) == Thread.currentThread()) {
                try (KafkaConsumer<byte[], byte[]> consumer = consumer(brokers)) {
                    read(consumer, topic);
                } catch (RuntimeException error) {
                    say("failed\t" + topic + "\t" + error.toString().replaceAll("\\s", " "));
                    return;
                }
            }
        });
        thread.setDaemon(true);
        readers.put(topic, thread);
        thread.start();
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> assigned = new ArrayList<>();
        long looked = 0;
        while (readers.get(topic) == Thread.currentThread()) {
            if (System.currentTimeMillis() - looked > 1000) {
                looked = System.currentTimeMillis();
                for (PartitionInfo found : consumer.partitionsFor(topic)) {
                    TopicPartition partition = new TopicPartition(topic, found.partition());
                    if (assigned.contains(partition)) continue;
                    assigned.add(partition);
                    consumer.assign(assigned);
                    consumer.seekToBeginning(List.of(partition));
                }
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) tell(record);
            out.flush();
        }
    }

    private static void tell(ConsumerRecord<byte[], byte[]> record) {
        StringBuilder headers = new StringBuilder();
        for (Header header : record.headers()) {
            if (headers.length() > 0) headers.append(',');
            headers.append(text(header.key().getBytes(StandardCharsets.UTF_8))).append(':').append(text(header.value()));
        }
        write("record\t" + record.topic() + "\t" + record.partition() + "\t" + record.offset() + "\t" + record.timestamp()
            + "\t" + text(record.key()) + "\t" + text(record.value()) + "\t" + headers);
    }

    private static void say(String line) {
        write(line);
        out.flush();
    }

    private static synchronized void write(String line) {
        out.print(line + "\n");
    }

    private static byte[] bytes(String text) {
        return text.equals("-") ? null : Base64.getDecoder().decode(text);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
    }

    private static KafkaProducer<byte[], byte[]> producer(String brokers) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", brokers);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("linger.ms", "5");
        settings.put("delivery.timeout.ms", "180000");
        settings.put("request.timeout.ms", "5000");
        settings.put("max.request.size", "8388608");
        settings.put("metadata.max.age.ms", "1000");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String brokers) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", brokers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", "false");
        settings.put("request.timeout.ms", "5000");
        settings.put("default.api.timeout.ms", "180000");
        settings.put("metadata.max.age.ms", "1000");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
