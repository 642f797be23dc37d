package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import io.github.dl4jagc.models.SafeTensorsHeader.Array;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The arrays of a safetensors file: eight bytes with the length of the header; the header, which is
 * {@link SafeTensorsHeader}; the arrays' elements in row-major order, one array after the other
 * without gaps. All numbers are little-endian.
 */
final class SafeTensors implements Closeable {

  /** The format's own limit. */
  static final int LONGEST_HEADER = 100_000_000;

  /** How files begin that are taken for safetensors, and what they are. */
  private static final Map<String, String> OTHER_FORMATS =
      Map.of(
          "PK\3\4", "a zip archive, as PyTorch's own files (.pth, .pt, .bin) are",
          "\u0080\2", "a pickle, as PyTorch's old files (.pth, .pt, .bin) are",
          "\u0089HDF", "an HDF5 file, as Keras's (.h5) are",
          "\u0093NUM", "a NumPy array",
          "\u001f\u008b", "packed by gzip",
          "version ", "what Git has in place of a large file: fetch it with git lfs pull",
          "<", "a web page");

  private final Path path;
  private final FileChannel file;
  private long start;
  private Map<String, Array> arrays;

  private SafeTensors(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Reads the header, and checks that it describes all that follows.
   *
   * @throws UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it is not a whole safetensors file
   */
  static SafeTensors open(Path path) {
    try {
      FileChannel file = FileChannel.open(Objects.requireNonNull(path, "file must not be null"));
      try {
        SafeTensors tensors = new SafeTensors(path, file);
        tensors.readHeader();
        return tensors;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static UncheckedIOException unreadable(Path path, IOException cause) {
    return new UncheckedIOException(
        WEIGHTS_CANNOT_BE_READ.message("Cannot read the weights file {}: {}", path, cause), cause);
  }

  /** In the order of the header. */
  Set<String> names() {
    return arrays.keySet();
  }

  long[] shape(String name) {
    return arrays.get(name).shape.clone();
  }

  /** The elements in row-major order. */
  double[] values(String name) {
    Array array = arrays.get(name);
    double[] values = new double[(int) ((array.end - array.begin) / array.type.bytes())];
    try {
      ByteBuffer elements = read(start + array.begin, array.end - array.begin);
      for (int i = 0; i < values.length; i++) {
        values[i] = array.type.next(elements);
      }
      return values;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The path of the file. */
  @Override
  public String toString() {
    return path.toString();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private void readHeader() throws IOException {
    long size = file.size();
    refuseOtherFormats(size);
    if (size < Long.BYTES) {
      throw damaged("it has {} bytes, and the length of its header alone takes 8", size);
    }
    long length = read(0, Long.BYTES).getLong();
    if (length < 0 || length > LONGEST_HEADER) {
      throw damaged(
          "its header should have {} bytes, and the format allows {}",
          Long.toUnsignedString(length),
          LONGEST_HEADER);
    }
    if (length > size - Long.BYTES) {
      throw damaged(
          "its header should have {} bytes, and only {} follow", length, size - Long.BYTES);
    }
    start = Long.BYTES + length;
    arrays = SafeTensorsHeader.read(header(length), this);
    requireNoGaps(size - start);
  }

  /** A header begins with a brace at byte 8, and no file of these formats does. */
  private void refuseOtherFormats(long size) throws IOException {
    ByteBuffer beginning = read(0, Math.min(size, Long.BYTES + 1));
    String text = StandardCharsets.ISO_8859_1.decode(beginning).toString();
    OTHER_FORMATS.forEach(
        (magic, format) -> {
          if (text.startsWith(magic) && !text.endsWith("{")) {
            throw damaged(
                "it is {}; write a safetensors file in Python with"
                    + " safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\")",
                format);
          }
        });
  }

  private Reader header(long length) throws IOException {
    byte[] bytes = read(Long.BYTES, length).array();
    return new InputStreamReader(
        new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
  }

  private void requireNoGaps(long available) {
    List<Array> inOrder = new ArrayList<>(arrays.values());
    inOrder.sort(Comparator.comparingLong((Array each) -> each.begin).thenComparing(a -> a.end));
    long end = 0;
    for (Array each : inOrder) {
      if (!each.fits()) {
        throw damaged(
            "its array \"{}\" of the type {} and the shape {} cannot be the bytes {}",
            Excerpt.of(each.name),
            each.type,
            each.shape,
            new long[] {each.begin, each.end});
      }
      if (each.begin != end) {
        throw damaged(
            "its array \"{}\" must begin at byte {}, where the one before it ends, got {}",
            Excerpt.of(each.name),
            end,
            each.begin);
      }
      end = each.end;
    }
    if (end != available) {
      throw damaged("its arrays take {} bytes, and there are {}", end, available);
    }
  }

  private ByteBuffer read(long position, long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
    return bytes.flip();
  }

  IllegalArgumentException damaged(String problem, Object... values) {
    Object[] all = new Object[values.length + 1];
    all[0] = path;
    System.arraycopy(values, 0, all, 1, values.length);
    return WEIGHTS_CANNOT_BE_READ.argument("{} is not a whole safetensors file: " + problem, all);
  }
}
