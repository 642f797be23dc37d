package io.github.dl4jagc.experiments.tasks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * A file of unsigned bytes in the IDX format, read into memory: two zero bytes, the type 8, the
 * number of dimensions, the size of each of them as a big-endian {@code int}, and the bytes.
 */
final class IdxFile {

  private static final int UNSIGNED_BYTES = 8;

  final Path path;

  /** The number of elements. */
  final int count;

  private final byte[] content;

  private IdxFile(Path path, int count, byte[] content) {
    this.path = path;
    this.count = count;
    this.content = content;
  }

  /**
   * Reads a file, which is unpacked if its name ends in {@code .gz}, and checks that its elements
   * have this shape. The message of an IOException is for the user.
   */
  static IdxFile read(Path path, int... shape) throws IOException {
    byte[] bytes;
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path));
        InputStream unpacked = path.toString().endsWith(".gz") ? new GZIPInputStream(file) : file) {
      bytes = unpacked.readAllBytes();
    } catch (IOException e) {
      throw new IOException(path + " cannot be read (" + e + "); get it anew", e);
    }
    int header = Integer.BYTES * (2 + shape.length);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length < header || buffer.getInt() != (UNSIGNED_BYTES << 8 | 1 + shape.length)) {
      throw new IOException(
          String.format(
              "%s must be an IDX file of unsigned bytes in %d dimension(s), and is not; get it"
                  + " anew",
              path, 1 + shape.length));
    }
    int count = buffer.getInt();
    int[] found = new int[shape.length];
    Arrays.setAll(found, dimension -> buffer.getInt());
    if (!Arrays.equals(found, shape)) {
      throw new IOException(
          String.format(
              "%s must have elements of shape %s, got %s; get it anew",
              path, Arrays.toString(shape), Arrays.toString(found)));
    }
    long size = header + (long) count * Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    if (count < 1 || bytes.length != size) {
      throw new IOException(
          String.format(
              "%s must have %d bytes for the %d element(s) that it says it has, got %d; get it"
                  + " anew",
              path, size, count, bytes.length));
    }
    return new IdxFile(path, count, Arrays.copyOfRange(bytes, header, bytes.length));
  }

  /** The bytes of one element. */
  byte[] bytes(int index) {
    int size = content.length / count;
    return Arrays.copyOfRange(content, index * size, (index + 1) * size);
  }
}
