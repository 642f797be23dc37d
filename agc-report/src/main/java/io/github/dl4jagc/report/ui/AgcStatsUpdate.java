package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.deeplearning4j.core.storage.Persistable;

/**
 * A report of a network as DL4J's storages keep it: all that was counted since the network was
 * made, so that nothing is lost with an update that gets lost.
 *
 * <p>Encoded as a version, the number of bytes that follow, and these: so it says itself where it
 * ends. Made by an {@link AgcStatsListener}; public, with a constructor without arguments, because
 * the storages make one to decode.
 *
 * @serial exclude
 */
public final class AgcStatsUpdate implements Persistable {

  /** What a storage calls these updates. */
  static final String TYPE_ID = "AgcStats";

  private static final long serialVersionUID = 1L;

  private static final int VERSION = 1;
  private static final int HEADER = 2 * Integer.BYTES;

  /** What was counted, and when. */
  static final class Content {
    final String run;
    final Instant started;
    final int iteration;
    final int epoch;
    final double score;
    final AgcReport report;

    Content(String run, Instant started, int iteration, int epoch, double score, AgcReport report) {
      this.run = run;
      this.started = started;
      this.iteration = iteration;
      this.epoch = epoch;
      this.score = score;
      this.report = report;
    }
  }

  private String sessionId;
  private String workerId;
  private long time;

  /** As it is encoded: far smaller than the report. */
  private byte[] encoded;

  /** To be decoded. */
  public AgcStatsUpdate() {}

  AgcStatsUpdate(String sessionId, String workerId, long time, Content content) {
    this.sessionId = sessionId;
    this.workerId = workerId;
    this.time = time;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      write(out, sessionId);
      write(out, workerId);
      out.writeLong(time);
      write(out, content);
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message("Memory cannot be written"), e);
    }
    encoded =
        ByteBuffer.allocate(HEADER + bytes.size())
            .putInt(VERSION)
            .putInt(bytes.size())
            .put(bytes.toByteArray())
            .array();
  }

  private static void write(DataOutputStream out, Content content) throws IOException {
    write(out, content.run);
    out.writeLong(content.started.toEpochMilli());
    out.writeInt(content.iteration);
    out.writeInt(content.epoch);
    out.writeDouble(content.score);
    List<ReportRow> rows = content.report.rows();
    out.writeInt(rows.size());
    for (ReportRow row : rows) {
      Map<String, Object> fields = row.fields();
      out.writeInt(fields.size());
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        write(out, field.getKey());
        write(out, field.getValue() == null ? "" : field.getValue().toString());
      }
    }
  }

  /** {@return what was counted} Decoded at each call. */
  Content content() {
    try (DataInputStream in = open()) {
      readHead(in);
      String run = read(in);
      Instant started = Instant.ofEpochMilli(in.readLong());
      int iteration = in.readInt();
      int epoch = in.readInt();
      double score = in.readDouble();
      List<ReportRow> rows = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int more = in.readInt(); more > 0; more--) {
          fields.put(read(in), read(in));
        }
        rows.add(ReportRow.of(fields));
      }
      return new Content(run, started, iteration, epoch, score, new AgcReport(rows));
    } catch (IOException e) {
      throw bad(e);
    }
  }

  private DataInputStream open() {
    return new DataInputStream(
        new InflaterInputStream(
            new ByteArrayInputStream(encoded, HEADER, encoded.length - HEADER)));
  }

  private void readHead(DataInputStream in) throws IOException {
    sessionId = read(in);
    workerId = read(in);
    time = in.readLong();
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String read(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException bad(IOException e) {
    IllegalArgumentException bad =
        NOT_A_STATISTICS_FILE.argument("Statistics of AGC in a storage cannot be read: {}", e);
    bad.initCause(e);
    return bad;
  }

  @Override
  public String getSessionID() {
    return sessionId;
  }

  @Override
  public String getTypeID() {
    return TYPE_ID;
  }

  @Override
  public String getWorkerID() {
    return workerId;
  }

  @Override
  public long getTimeStamp() {
    return time;
  }

  @Override
  public int encodingLengthBytes() {
    return encoded.length;
  }

  @Override
  public byte[] encode() {
    return encoded.clone();
  }

  @Override
  public void encode(ByteBuffer buffer) {
    buffer.put(encoded);
  }

  @Override
  public void encode(OutputStream out) throws IOException {
    out.write(encoded);
  }

  @Override
  public void decode(byte[] bytes) {
    decode(ByteBuffer.wrap(bytes));
  }

  @Override
  public void decode(ByteBuffer buffer) {
    try {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      decode(new ByteArrayInputStream(bytes));
      buffer.position(buffer.position() + encoded.length);
    } catch (IOException e) {
      throw bad(e);
    }
  }

  @Override
  public void decode(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    int version = in.readInt();
    if (version != VERSION) {
      throw NOT_A_STATISTICS_FILE.argument(
          "Statistics of AGC in a storage must have version {}, got {}; read them with the version"
              + " of agc-report that wrote them",
          VERSION,
          version);
    }
    int length = in.readInt();
    byte[] rest = in.readNBytes(length);
    if (rest.length < length) {
      throw new IOException(length + " bytes expected, got " + rest.length);
    }
    encoded = ByteBuffer.allocate(HEADER + length).putInt(version).putInt(length).put(rest).array();
    try (DataInputStream body = open()) {
      readHead(body);
    }
  }
}
