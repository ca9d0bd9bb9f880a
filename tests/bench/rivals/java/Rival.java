import java.nio.ByteBuffer;
import java.sql.*;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.avro.Schema;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;
import org.apache.avro.util.Utf8;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/** Rival THREADS BATCH rewrite|unnest none|outbox: the plain stage's job as one would write it by hand in Java, tuned.
 *  State counts once for one instance (nothing fences a second one), events are published at least once.
 *  Consumer threads: assigned partitions, offsets kept in PostgreSQL in the same transaction (effectively-once into PG).
 *  outbox: one row per event in the outbox table in the same transaction; one publisher thread reads by id, produces with an
 *  idempotent producer (acks=all), waits for all acks, deletes the rows (at-least-once publish, id in the record for dedup). */
public class Rival {
  static final String URL = System.getenv("RIVAL_JDBC") + "&reWriteBatchedInserts=true";
  static final Schema S, OUT;
  static {
    try { S = new Schema.Parser().parse(new java.io.File(System.getenv("RIVAL_SCHEMA"))); } catch (Exception e) { throw new RuntimeException(e); }
    OUT = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Accepted\",\"namespace\":\"mx.med\",\"fields\":[{\"name\":\"receipt_id\",\"type\":\"string\"},{\"name\":\"contract\",\"type\":\"string\"},{\"name\":\"amount\",\"type\":\"long\"},{\"name\":\"received_at\",\"type\":\"long\"}]}");
  }
  static volatile boolean stop = false;
  static final AtomicLong done = new AtomicLong(), published = new AtomicLong();

  static Connection conn() throws SQLException {
    Connection c = DriverManager.getConnection(URL, System.getenv("RIVAL_USER"), System.getenv("RIVAL_PASSWORD")); c.setAutoCommit(false); return c;
  }
  static byte[] encode(GenericDatumWriter<GenericRecord> w, java.io.ByteArrayOutputStream bo, BinaryEncoder[] en, GenericRecord o) throws Exception {
    bo.reset(); bo.write(0); bo.write(0); bo.write(0); bo.write(0); bo.write(2);
    en[0] = EncoderFactory.get().directBinaryEncoder(bo, en[0]); w.write(o, en[0]); en[0].flush(); return bo.toByteArray();
  }
  static void worker(int id, int threads, int batch, boolean unnest, boolean outbox) throws Exception {
    Properties p = new Properties();
    p.put("bootstrap.servers", System.getenv("RIVAL_BROKERS")); p.put("group.id", "rival");
    p.put("enable.auto.commit", "false"); p.put("max.poll.records", "" + batch); p.put("isolation.level", "read_committed");
    p.put("fetch.min.bytes", "65536"); p.put("fetch.max.wait.ms", "50"); p.put("max.partition.fetch.bytes", "4194304");
    String topic = System.getenv("RIVAL_TOPIC");
    try (Connection c = conn(); KafkaConsumer<byte[], byte[]> k = new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> tps = new ArrayList<>();
      for (int i = id; i < 4; i += threads) tps.add(new TopicPartition(topic, i));
      k.assign(tps);
      try (Statement s = c.createStatement()) {
        for (TopicPartition tp : tps) {
          s.executeUpdate("insert into kafka_offsets values('" + topic + "'," + tp.partition() + ",0) on conflict do nothing");
          try (ResultSet r = s.executeQuery("select off from kafka_offsets where topic='" + topic + "' and part=" + tp.partition() + " for update")) { r.next(); k.seek(tp, r.getLong(1)); }
        }
      }
      c.commit();
      String up = " on conflict(receipt_id) do update set contract=excluded.contract,order_id=excluded.order_id,clave=excluded.clave,clues=excluded.clues,lot=excluded.lot,expiry=excluded.expiry,quantity=excluded.quantity,unit_price=excluded.unit_price,received_at=excluded.received_at";
      PreparedStatement ins = c.prepareStatement(unnest
        ? "insert into delivery select * from unnest(?::text[],?::text[],?::text[],?::text[],?::text[],?::text[],?::int[],?::int[],?::bigint[],?::bigint[])" + up
        : "insert into delivery(receipt_id,contract,order_id,clave,clues,lot,expiry,quantity,unit_price,received_at) values(?,?,?,?,?,?,?,?,?,?)" + up);
      PreparedStatement ob = !outbox ? null : c.prepareStatement(unnest ? "insert into outbox(k,payload) select * from unnest(?::text[],?::bytea[])" : "insert into outbox(k,payload) values(?,?)");
      PreparedStatement of = c.prepareStatement("update kafka_offsets set off=? where topic=? and part=?");
      GenericDatumReader<GenericRecord> rd = new GenericDatumReader<>(S); BinaryDecoder de = null; GenericRecord g = null;
      GenericDatumWriter<GenericRecord> w = new GenericDatumWriter<>(OUT); GenericRecord o = new GenericData.Record(OUT);
      java.io.ByteArrayOutputStream bo = new java.io.ByteArrayOutputStream(128); BinaryEncoder[] en = new BinaryEncoder[1];
      while (!stop) {
        ConsumerRecords<byte[], byte[]> rs = k.poll(Duration.ofMillis(200));
        int n = rs.count(), i = 0; if (n == 0) continue;
        String[][] ts = unnest ? new String[6][n] : null; Integer[] ex = new Integer[unnest ? n : 0], q = new Integer[unnest ? n : 0]; Long[] up2 = new Long[unnest ? n : 0], ra = new Long[unnest ? n : 0];
        String[] ok = unnest && outbox ? new String[n] : null; byte[][] op = unnest && outbox ? new byte[n][] : null;
        for (ConsumerRecord<byte[], byte[]> r : rs) {
          byte[] v = r.value();
          if (v.length < 6 || v[0] != 0) throw new IllegalStateException("bad magic");
          de = DecoderFactory.get().binaryDecoder(v, 5, v.length - 5, de); g = rd.read(g, de);
          String ct = g.get(0).toString(), rc = g.get(2).toString();
          if (unnest) {
            ts[0][i] = rc; ts[1][i] = ct; ts[2][i] = g.get(1).toString(); ts[3][i] = g.get(3).toString(); ts[4][i] = g.get(4).toString(); ts[5][i] = g.get(5).toString();
            ex[i] = (Integer) g.get(6); q[i] = (Integer) g.get(7); up2[i] = (Long) g.get(8); ra[i] = (Long) g.get(9);
          } else {
            ins.setString(1, rc); ins.setString(2, ct); ins.setString(3, g.get(1).toString()); ins.setString(4, g.get(3).toString()); ins.setString(5, g.get(4).toString()); ins.setString(6, g.get(5).toString());
            ins.setInt(7, (Integer) g.get(6)); ins.setInt(8, (Integer) g.get(7)); ins.setLong(9, (Long) g.get(8)); ins.setLong(10, (Long) g.get(9)); ins.addBatch();
          }
          if (outbox) {
            o.put(0, rc); o.put(1, ct); o.put(2, (long) (Integer) g.get(7) * (Long) g.get(8)); o.put(3, g.get(9));
            byte[] b = encode(w, bo, en, o);
            if (unnest) { ok[i] = ct; op[i] = b; } else { ob.setString(1, ct); ob.setBytes(2, b); ob.addBatch(); }
          }
          i++;
        }
        if (unnest) {
          for (int x = 0; x < 6; x++) ins.setArray(x + 1, c.createArrayOf("text", ts[x]));
          ins.setArray(7, c.createArrayOf("int4", ex)); ins.setArray(8, c.createArrayOf("int4", q)); ins.setArray(9, c.createArrayOf("int8", up2)); ins.setArray(10, c.createArrayOf("int8", ra));
          ins.executeUpdate();
          if (outbox) { ob.setArray(1, c.createArrayOf("text", ok)); ob.setArray(2, c.createArrayOf("bytea", op)); ob.executeUpdate(); }
        } else { ins.executeBatch(); if (outbox) ob.executeBatch(); }
        for (TopicPartition tp : rs.partitions()) { List<ConsumerRecord<byte[], byte[]>> l = rs.records(tp); of.setLong(1, l.get(l.size() - 1).offset() + 1); of.setString(2, topic); of.setInt(3, tp.partition()); of.addBatch(); }
        of.executeBatch(); c.commit(); done.addAndGet(n);
      }
    }
  }
  static void publisher() throws Exception {
    Properties p = new Properties();
    p.put("bootstrap.servers", System.getenv("RIVAL_BROKERS")); p.put("enable.idempotence", "true"); p.put("acks", "all");
    p.put("linger.ms", "5"); p.put("batch.size", "262144"); p.put("buffer.memory", "67108864");
    String out = System.getenv("RIVAL_OUT_TOPIC");
    try (Connection c = conn(); KafkaProducer<String, byte[]> k = new KafkaProducer<>(p, new StringSerializer(), new ByteArraySerializer())) {
      /* delete .. returning takes only committed rows, locks them, and so is safe with ids that commit out of order */
      PreparedStatement q = c.prepareStatement("with d as (delete from outbox where id = any(array(select id from outbox order by id limit 10000 for update skip locked)) returning id,k,payload) select k,payload from d order by id");
      final AtomicReference<Exception> err = new AtomicReference<>();
      while (!stop) {
        int n = 0;
        try (ResultSet r = q.executeQuery()) {
          while (r.next()) { n++; k.send(new ProducerRecord<>(out, r.getString(1), r.getBytes(2)), (m, e) -> { if (e != null) err.set(e); }); }
        }
        k.flush(); if (err.get() != null) throw err.get();
        c.commit(); published.addAndGet(n); if (n == 0) Thread.sleep(20);
      }
    }
  }
  public static void main(String[] a) throws Exception {
    int th = Integer.parseInt(a[0]), batch = Integer.parseInt(a[1]); boolean un = a[2].equals("unnest"), ob = a[3].equals("outbox");
    List<Thread> ts = new ArrayList<>();
    for (int i = 0; i < th; i++) { final int id = i; ts.add(new Thread(() -> { try { worker(id, th, batch, un, ob); } catch (Throwable t) { t.printStackTrace(); System.exit(1); } })); }
    if (ob) ts.add(new Thread(() -> { try { publisher(); } catch (Throwable t) { t.printStackTrace(); System.exit(1); } }));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> { stop = true; System.err.println("done " + done + " published " + published); }));
    for (Thread t : ts) t.start(); for (Thread t : ts) t.join();
  }
}
