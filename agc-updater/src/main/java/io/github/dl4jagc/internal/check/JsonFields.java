package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.CONFIGURATION_IN_JSON;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JsonDeserializer;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.node.IntNode;
import org.nd4j.shade.jackson.databind.util.TokenBuffer;

/**
 * The fields of one object in JSON or YAML, each of the type that is asked for or refused. Jackson
 * by itself converts: 7 is true, 2 is the third constant of an enum, and of several fields of one
 * name the last one wins.
 */
@JsonDeserialize(using = JsonFields.Reader.class)
public final class JsonFields {

  private static final String OWNER = "AgcGradientNormalization";

  private final Map<String, JsonNode> fields = new LinkedHashMap<>();

  /** Parsers of the fields: a tree has no room for the types of objects, which are tags in YAML. */
  private final Map<String, JsonParser> parsers = new HashMap<>();

  private JsonFields() {}

  /**
   * @param name the field that has the format's version
   * @param version the only version that is known
   * @throws IllegalArgumentException if there is none, or another one
   */
  public void requireFormat(String name, int version) {
    JsonNode found = fields.get(name);
    if (found == null || !found.equals(IntNode.valueOf(version))) {
      throw CONFIGURATION_IN_JSON.argument(
          "{} in JSON has the {} {}, and this version knows {}; read it with the version that wrote"
              + " it",
          OWNER,
          name,
          found,
          version);
    }
  }

  /**
   * @param names fields that may be there
   * @throws IllegalArgumentException if there is another one: an option that is skipped would train
   *     differently
   */
  public void requireNoneBut(List<String> names) {
    for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
      if (!names.contains(field.getKey())) {
        throw CONFIGURATION_IN_JSON.argument(
            "{} in JSON has a field \"{}\" (value {}) that this version does not know; read it with"
                + " the version that wrote it",
            OWNER,
            field.getKey(),
            field.getValue());
      }
    }
  }

  /** Whether a field is there and not null. */
  public boolean has(String name) {
    return fields.containsKey(name) && !fields.get(name).isNull();
  }

  /**
   * @return a field that must be there
   * @throws IllegalArgumentException if it is not; a field that is missing is not guessed
   */
  private JsonNode present(String name) {
    if (!has(name)) {
      throw complaint("must have the field \"{}\", got none", name);
    }
    return fields.get(name);
  }

  /** A field that must be true or false. */
  public boolean truth(String name) {
    JsonNode value = present(name);
    return value.isBoolean() ? value.booleanValue() : refuse(name, "true or false");
  }

  /** A field that must be a number. */
  public double number(String name) {
    JsonNode value = present(name);
    if (value.isTextual()) { // which is what 1.0E7 is in YAML
      try {
        return Double.parseDouble(value.textValue());
      } catch (NumberFormatException e) {
        return refuse(name, "a number");
      }
    }
    return value.isNumber() ? value.doubleValue() : refuse(name, "a number");
  }

  /** A field that must be a whole number. */
  public int integer(String name) {
    JsonNode value = present(name);
    return value.isInt() ? value.intValue() : refuse(name, "a whole number");
  }

  /** A field that must be the name of an enum's constant. */
  public <E extends Enum<E>> E constant(String name, Class<E> type) {
    E constant = constant(present(name), type);
    return constant != null
        ? constant
        : refuse(name, "one of " + Arrays.toString(type.getEnumConstants()));
  }

  /** A field that must be a list of names of an enum's constants. */
  public <E extends Enum<E>> E[] constants(String name, Class<E> type) {
    JsonNode value = present(name);
    List<E> constants = new ArrayList<>();
    for (JsonNode each : value) {
      constants.add(constant(each, type));
    }
    return value.isArray() && !constants.contains(null)
        ? constants.toArray(Arrays.copyOf(type.getEnumConstants(), 0))
        : refuse(name, "a list of " + Arrays.toString(type.getEnumConstants()));
  }

  private static <E extends Enum<E>> E constant(JsonNode name, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (name.isTextual() && name.textValue().equals(constant.name())) {
        return constant;
      }
    }
    return null;
  }

  /** A field that must be a list of texts. */
  public String[] names(String name) {
    JsonNode value = present(name);
    List<String> names = new ArrayList<>();
    for (JsonNode each : value) {
      names.add(each.textValue());
    }
    return value.isArray() && !names.contains(null)
        ? names.toArray(new String[0])
        : refuse(name, "a list of names");
  }

  /** A field that must be an object of its own, read as Jackson reads it. */
  public <T> T object(String name, Class<T> type) {
    if (!present(name).isObject()) {
      return refuse(name, "an " + type.getSimpleName());
    }
    try {
      return parsers.get(name).readValueAs(type);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          CONFIGURATION_IN_JSON.message(
              "{} in JSON has a field \"{}\" that cannot be read: {}", OWNER, name, e.getMessage()),
          e);
    }
  }

  private <T> T refuse(String name, String expected) {
    throw complaint("must have {} in the field \"{}\", got {}", expected, name, fields.get(name));
  }

  /**
   * @param what what is wrong, with {@code {}} for each value
   * @param values what to put there
   * @return an exception that says so, to be thrown
   */
  public static IllegalArgumentException complaint(String what, Object... values) {
    return CONFIGURATION_IN_JSON.argument(
        OWNER + " in JSON " + what + "; restore the file, or write the configuration anew", values);
  }

  /** Reads the fields one by one, as a map or a tree would keep the last of several of one name. */
  static final class Reader extends JsonDeserializer<JsonFields> {

    @Override
    public JsonFields deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonFields read = new JsonFields();
      JsonToken token = parser.currentToken();
      if (token == JsonToken.START_OBJECT) { // else Jackson has read the type, and stands behind it
        token = parser.nextToken();
      }
      for (; token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
        String name = parser.getCurrentName();
        parser.nextToken();
        if (read.fields.containsKey(name)) {
          throw complaint("has the field \"{}\" more than once", name);
        }
        TokenBuffer value = new TokenBuffer(parser, context);
        value.copyCurrentStructure(parser);
        read.fields.put(name, value.asParser(parser.getCodec()).readValueAsTree());
        read.parsers.put(name, value.asParser(parser.getCodec()));
      }
      return read;
    }
  }
}
