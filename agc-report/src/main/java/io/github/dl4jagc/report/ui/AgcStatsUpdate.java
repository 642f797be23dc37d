package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dl4jagc.report.RunReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.DeflaterInputStream;
import java.util.zip.InflaterInputStream;
import org.deeplearning4j.core.storage.Persistable;

/**
 * A report of a network as DL4J's storages keep it: all that was counted since the network was
 * made, so that nothing is lost with an update that gets lost.
 *
 * <p>Encoded as a version, the number of bytes that follow, and these: so it says itself where it
 * ends. They are compressed text, of lines with session, worker and time, and then those of a
 * statistics file. Made by an {@link AgcStatsListener}; public, with a constructor without
 * arguments, because the storages make one to decode.
 *
 * @serial exclude
 */
public final class AgcStatsUpdate implements Persistable {

  /** What a storage calls these updates. */
  static final String TYPE_ID = "AgcStats";

  private static final long serialVersionUID = 1L;

  private static final int VERSION = 1;
  private static final int HEADER = 2 * Integer.BYTES;

  private String sessionId;
  private String workerId;
  private long time;

  /** Far smaller than the report. */
  private byte[] encoded;

  /** To be decoded. */
  public AgcStatsUpdate() {}

  AgcStatsUpdate(String sessionId, String workerId, long time, RunReport report) {
    String text = String.join("\n", sessionId, workerId, String.valueOf(time), report.text());
    InputStream in = new DeflaterInputStream(new ByteArrayInputStream(text.getBytes(UTF_8)));
    this.sessionId = sessionId;
    this.workerId = workerId;
    this.time = time;
    this.encoded = withHeader(VERSION, all(in)).array();
  }

  private static ByteBuffer withHeader(int version, byte... bytes) {
    return ByteBuffer.allocate(HEADER + bytes.length)
        .putInt(version)
        .putInt(bytes.length)
        .put(bytes)
        .flip();
  }

  private static byte[] all(InputStream stream) {
    try (InputStream in = stream) {
      return in.readAllBytes();
    } catch (IOException e) {
      IllegalArgumentException bad =
          NOT_A_STATISTICS_FILE.argument("Statistics of AGC in a storage cannot be read: {}", e);
      bad.initCause(e);
      throw bad;
    }
  }

  /** Session, worker, time and report. */
  private String[] parts() {
    InputStream rest = new ByteArrayInputStream(encoded, HEADER, encoded.length - HEADER);
    return new String(all(new InflaterInputStream(rest)), UTF_8).split("\n", 4);
  }

  /** {@return all that the network had counted} Decoded at each call. */
  RunReport report() {
    return RunReport.of(parts()[3]);
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
  public void decode(InputStream stream) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(stream.readNBytes(HEADER));
    decode(withHeader(header.getInt(), stream.readNBytes(header.getInt())));
  }

  @Override
  public void decode(ByteBuffer buffer) {
    int version = buffer.getInt(buffer.position());
    if (version != VERSION) {
      throw NOT_A_STATISTICS_FILE.argument(
          "Statistics of AGC in a storage must have version {}, got {}; read them with the version"
              + " of agc-report that wrote them",
          VERSION,
          version);
    }
    int length = HEADER + buffer.getInt(buffer.position() + Integer.BYTES);
    if (buffer.remaining() < length) {
      throw NOT_A_STATISTICS_FILE.argument(
          "Statistics of AGC in a storage cannot be read: {} bytes expected, got {}",
          length,
          buffer.remaining());
    }
    encoded = new byte[length];
    buffer.get(encoded);
    String[] parts = parts();
    sessionId = parts[0];
    workerId = parts[1];
    time = Long.parseLong(parts[2]);
  }
}
