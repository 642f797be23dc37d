package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.report.RunReport;
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
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.deeplearning4j.core.storage.Persistable;

/**
 * A report of a network as DL4J's storages keep it: all that was counted since the network was
 * made, so that nothing is lost with an update that gets lost.
 *
 * <p>Encoded as a version, the number of bytes that follow, and these, which are compressed: so it
 * says itself where it ends. Its statistics are lines as in a file. Made by an {@link
 * AgcStatsListener}; public, with a constructor without arguments, because the storages make one to
 * decode.
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

  /** As it is encoded: far smaller than the report. */
  private byte[] encoded;

  /** To be decoded. */
  public AgcStatsUpdate() {}

  AgcStatsUpdate(String sessionId, String workerId, long time, RunReport report) {
    this.sessionId = sessionId;
    this.workerId = workerId;
    this.time = time;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeUTF(sessionId);
      out.writeUTF(workerId);
      out.writeLong(time);
      out.write(report.text().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message("Memory cannot be written"), e);
    }
    encoded = withHeader(bytes.toByteArray());
  }

  private static byte[] withHeader(byte[] bytes) {
    return ByteBuffer.allocate(HEADER + bytes.length)
        .putInt(VERSION)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** {@return all that the network had counted} Decoded at each call. */
  RunReport report() {
    try (DataInputStream in = open()) {
      return RunReport.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw bad(e);
    }
  }

  /** After its beginning, which is read. */
  private DataInputStream open() throws IOException {
    DataInputStream in =
        new DataInputStream(
            new InflaterInputStream(
                new ByteArrayInputStream(encoded, HEADER, encoded.length - HEADER)));
    sessionId = in.readUTF();
    workerId = in.readUTF();
    time = in.readLong();
    return in;
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
    encoded = withHeader(rest);
    open().close();
  }
}
