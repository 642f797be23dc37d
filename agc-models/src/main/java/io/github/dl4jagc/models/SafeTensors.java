package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * The arrays of a safetensors file: eight bytes with the length of the header; the header, a JSON
 * object with the type, the shape and the place of each array; the arrays' elements in row-major
 * order, one array after the other without gaps. All numbers are little-endian.
 */
final class SafeTensors implements Closeable {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private static final String METADATA = "__metadata__";

  private final Path path;
  private final FileChannel file;
  private final Map<String, Array> arrays = new LinkedHashMap<>();
  private long start;

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
    double[] values = new double[(int) ((array.end - array.begin) / array.type.bytes)];
    try {
      ByteBuffer elements = read(start + array.begin, array.end - array.begin);
      for (int i = 0; i < values.length; i++) {
        values[i] = array.type.next.applyAsDouble(elements);
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
    if (size < Long.BYTES) {
      throw damaged("it has {} bytes, and the length of its header alone takes 8", size);
    }
    long length = read(0, Long.BYTES).getLong();
    if (length < 0 || length > Math.min(size - Long.BYTES, Integer.MAX_VALUE - 8)) {
      throw damaged(
          "its header should have {} bytes, and only {} follow",
          Long.toUnsignedString(length),
          size - Long.BYTES);
    }
    start = Long.BYTES + length;
    header(StandardCharsets.UTF_8.decode(read(Long.BYTES, length)).toString())
        .fields()
        .forEachRemaining(
            field -> {
              if (!METADATA.equals(field.getKey())) {
                arrays.put(field.getKey(), array(field.getKey(), field.getValue()));
              }
            });
    requireNoGaps(size - start);
  }

  private JsonNode header(String text) {
    try {
      JsonNode header = JSON.readTree(text);
      if (header != null && header.isObject()) {
        return header;
      }
      throw damaged("its header is not a JSON object");
    } catch (JsonProcessingException e) {
      throw damaged("its header is not valid JSON: {}", e.getOriginalMessage());
    }
  }

  private Array array(String name, JsonNode node) {
    long[] shape = naturalNumbers(node.path("shape"));
    long[] offsets = naturalNumbers(node.path("data_offsets"));
    if (shape == null || offsets == null || offsets.length != 2) {
      throw damaged(
          "its array \"{}\" must have a dtype, a shape and two data_offsets, got {}", name, node);
    }
    Type type = Type.of(node.path("dtype").asText());
    if (type == null) {
      throw WEIGHTS_CANNOT_BE_READ.argument(
          "The array \"{}\" of {} must be of one of the types {}, got {}",
          name,
          path,
          Type.values(),
          node.path("dtype"));
    }
    double bytes = type.bytes;
    for (long each : shape) {
      bytes *= each;
    }
    if (bytes != offsets[1] - offsets[0] || bytes > Integer.MAX_VALUE - 8) {
      throw damaged(
          "its array \"{}\" of the type {} and the shape {} cannot be the bytes {}",
          name,
          type,
          shape,
          offsets);
    }
    return new Array(name, type, shape, offsets[0], offsets[1]);
  }

  /** Null if it is not a list of them. */
  private static long[] naturalNumbers(JsonNode list) {
    if (!list.isArray()) {
      return null;
    }
    long[] numbers = new long[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode each = list.get(i);
      if (!each.isIntegralNumber() || !each.canConvertToLong() || each.longValue() < 0) {
        return null;
      }
      numbers[i] = each.longValue();
    }
    return numbers;
  }

  private void requireNoGaps(long available) {
    List<Array> inOrder = new ArrayList<>(arrays.values());
    inOrder.sort(Comparator.comparingLong((Array each) -> each.begin).thenComparing(a -> a.end));
    long end = 0;
    for (Array each : inOrder) {
      if (each.begin != end) {
        throw damaged(
            "its array \"{}\" must begin at byte {}, where the one before it ends, got {}",
            each.name,
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

  private IllegalArgumentException damaged(String problem, Object... values) {
    Object[] all = new Object[values.length + 1];
    all[0] = path;
    System.arraycopy(values, 0, all, 1, values.length);
    return WEIGHTS_CANNOT_BE_READ.argument("{} is not a whole safetensors file: " + problem, all);
  }

  private static final class Array {

    private final String name;
    private final Type type;
    private final long[] shape;
    private final long begin;
    private final long end;

    Array(String name, Type type, long[] shape, long begin, long end) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.begin = begin;
      this.end = end;
    }
  }

  private enum Type {
    F64(8, ByteBuffer::getDouble),
    F32(4, ByteBuffer::getFloat),
    F16(2, bytes -> half(bytes.getShort())),
    BF16(2, bytes -> Float.intBitsToFloat(bytes.getShort() << 16));

    private final int bytes;
    private final ToDoubleFunction<ByteBuffer> next;

    Type(int bytes, ToDoubleFunction<ByteBuffer> next) {
      this.bytes = bytes;
      this.next = next;
    }

    /** Null if there is none of this name. */
    static Type of(String name) {
      for (Type each : values()) {
        if (each.name().equals(name)) {
          return each;
        }
      }
      return null;
    }

    /** One bit of sign, five of exponent, ten of fraction. */
    private static double half(short bits) {
      int exponent = bits >> 10 & 0x1f;
      int fraction = bits & 0x3ff;
      double size;
      if (exponent == 0x1f) {
        size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        size = Math.scalb((double) fraction, -24);
      } else {
        size = Math.scalb((double) (0x400 | fraction), exponent - 25);
      }
      return bits < 0 ? -size : size;
    }
  }
}
