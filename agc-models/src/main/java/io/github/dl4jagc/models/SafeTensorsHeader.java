package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * The header of a safetensors file: a JSON object with the type, the shape and the place of each
 * array. It is read from left to right and given up at the first thing that does not belong there,
 * so that a header made to do harm costs no more than its length: no tree is built, and no number
 * is converted that has more digits than a {@code long}.
 */
final class SafeTensorsHeader {

  /** A ResNet of depth 200 has some 800. */
  static final int MOST_ARRAYS = 100_000;

  /** PyTorch's own limit. */
  static final int MOST_DIMENSIONS = 64;

  private static final int MOST_DIGITS = 18;
  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final JsonParser json;
  private final SafeTensors file;

  private SafeTensorsHeader(JsonParser json, SafeTensors file) {
    this.json = json;
    this.file = file;
  }

  /**
   * @param text the header
   * @param file that the header is of, for messages
   * @return the arrays by their names, in the order of the header
   * @throws IllegalArgumentException if it is not a header
   */
  static Map<String, Array> read(Reader text, SafeTensors file) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      return new SafeTensorsHeader(json, file).arrays();
    } catch (JsonProcessingException e) {
      throw file.damaged("its header is not valid JSON: {}", Excerpt.of(e.getOriginalMessage()));
    } catch (CharacterCodingException e) {
      throw file.damaged("its header is not valid JSON: it is not in UTF-8");
    }
  }

  private Map<String, Array> arrays() throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw file.damaged("its header is not a JSON object");
    }
    Map<String, Array> arrays = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.getCurrentName();
      if (METADATA.equals(name)) {
        skipMetadata();
      } else if (arrays.put(name, array(name)) != null) {
        throw file.damaged("its header is not valid JSON: Duplicate field '{}'", Excerpt.of(name));
      } else if (arrays.size() > MOST_ARRAYS) {
        throw file.damaged("its header has more than {} arrays", MOST_ARRAYS);
      }
    }
    if (json.nextToken() != null) {
      throw file.damaged("its header is not valid JSON: something follows its object");
    }
    return arrays;
  }

  private void skipMetadata() throws IOException {
    boolean strings = json.nextToken() == JsonToken.START_OBJECT;
    while (strings && json.nextToken() == JsonToken.FIELD_NAME) {
      strings = json.nextToken() == JsonToken.VALUE_STRING;
    }
    if (!strings) {
      throw file.damaged("its {} must be an object of strings", METADATA);
    }
  }

  private Array array(String name) throws IOException {
    String type = null;
    long[] shape = null;
    long[] offsets = null;
    boolean asItShouldBe = json.nextToken() == JsonToken.START_OBJECT;
    while (asItShouldBe && json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.getCurrentName();
      json.nextToken();
      if (type == null && "dtype".equals(field)) {
        type = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
        asItShouldBe = type != null;
      } else if (shape == null && "shape".equals(field)) {
        shape = naturalNumbers();
        asItShouldBe = shape != null;
      } else if (offsets == null && "data_offsets".equals(field)) {
        offsets = naturalNumbers();
        asItShouldBe = offsets != null && offsets.length == 2;
      } else {
        asItShouldBe = false;
      }
    }
    if (!asItShouldBe || type == null || shape == null || offsets == null) {
      throw file.damaged(
          "its array \"{}\" must have a dtype, a shape and two data_offsets, and has not (at"
              + " character {} of the header)",
          Excerpt.of(name),
          json.getTokenLocation().getCharOffset());
    }
    return new Array(name, type(name, type), shape, offsets[0], offsets[1]);
  }

  private TensorType type(String array, String name) {
    return Arrays.stream(TensorType.values())
        .filter(type -> type.name().equals(name))
        .findAny()
        .orElseThrow(
            () ->
                WEIGHTS_CANNOT_BE_READ.argument(
                    "The array \"{}\" of {} must be of one of the types {}, got \"{}\"",
                    Excerpt.of(array),
                    file,
                    TensorType.values(),
                    Excerpt.of(name)));
  }

  /** Null if it is not a list of them, or a longer one than any shape is. */
  private long[] naturalNumbers() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return null;
    }
    long[] numbers = new long[MOST_DIMENSIONS];
    int count = 0;
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      if (count == MOST_DIMENSIONS || json.getTextLength() > MOST_DIGITS) {
        return null;
      }
      numbers[count] = json.getLongValue();
      if (numbers[count++] < 0) {
        return null;
      }
    }
    return json.currentToken() == JsonToken.END_ARRAY ? Arrays.copyOf(numbers, count) : null;
  }

  /** What the header says of an array. */
  static final class Array {

    final String name;
    final TensorType type;
    final long[] shape;
    final long begin;
    final long end;

    Array(String name, TensorType type, long[] shape, long begin, long end) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.begin = begin;
      this.end = end;
    }

    /** Whether the bytes are as many as the shape needs, and no more than a Java array can have. */
    boolean fits() {
      double bytes = type.bytes();
      for (long each : shape) {
        bytes *= each;
      }
      return bytes == end - begin && bytes <= Integer.MAX_VALUE - 8;
    }
  }
}
