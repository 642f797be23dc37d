package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.CONFIGURATION_IN_JSON;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.annotation.JsonAnySetter;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.NullNode;
import org.nd4j.shade.jackson.databind.util.TokenBuffer;

/**
 * The fields of one object in JSON or YAML: each once, and of the type that is asked for, or
 * refused. Jackson by itself skips what it does not know, takes the last of several fields of one
 * name, and converts: 7 is true, 2 the third constant of an enum, the text "0x1p-3" a number. So a
 * value is read, written again, and has to be what it was.
 */
public final class JsonFields {

  private static final String OWNER = "AgcGradientNormalization";

  private static final Map<Class<?>, String> EXPECTED =
      Map.of(
          Boolean.class, "true or false",
          Double.class, "a number",
          Integer.class, "a whole number",
          String[].class, "a list of names");

  /** What Java writes and YAML, which wants a sign in the exponent, takes for a text. */
  private static final Pattern NUMBER_IN_YAML = Pattern.compile("-?\\d+\\.\\d+E\\d+");

  private final Map<String, TokenBuffer> fields = new LinkedHashMap<>();

  private JsonFields() {}

  @JsonAnySetter
  private void add(String name, TokenBuffer value) { // null for null
    if (fields.containsKey(name)) {
      throw complaint("has the field \"{}\" more than once", name);
    }
    fields.put(name, value);
  }

  /** The format's version, which has to be one of those that are known. */
  public int requireFormat(String name, Integer... known) {
    JsonNode version = tree(name);
    CONFIGURATION_IN_JSON.require(
        version.isInt() && List.of(known).contains(version.intValue()),
        "{} in JSON has the {} {}, and this version knows {}; read it with the version that wrote"
            + " it",
        OWNER,
        name,
        version,
        List.of(known));
    return version.intValue();
  }

  /** Refuses other fields: an option that is skipped would train differently. */
  public void requireOnly(Set<String> known) {
    for (String name : fields.keySet()) {
      CONFIGURATION_IN_JSON.require(
          known.contains(name),
          "{} in JSON has a field \"{}\" (value {}) that this version does not know; read it with"
              + " the version that wrote it",
          OWNER,
          name,
          tree(name));
    }
  }

  /** Whether a field is there and not null. */
  public boolean has(String name) {
    return !tree(name).isNull();
  }

  /** Gives a field's {@link #value} to somebody, if it is there and not null. */
  public <T> void ifPresent(String name, Class<T> type, Consumer<T> user) {
    if (has(name)) {
      user.accept(value(name, type));
    }
  }

  /** A field that must be an object of its own, read as Jackson reads it. */
  public <T> T object(String name, Class<T> type) throws IOException {
    if (!present(name).isObject()) {
      throw mistyped(name, type, null);
    }
    return fields.get(name).asParser().readValueAs(type);
  }

  /**
   * A field of which nothing is skipped or converted: a number, true or false, a constant, a list
   * of these as an array, or an object.
   */
  public <T> T value(String name, Class<T> type) {
    JsonNode given = present(name);
    JsonParser parser = fields.get(name).asParser();
    boolean inYaml = parser.canReadTypeId();
    IOException reason = null;
    try {
      T value = parser.readValueAs(type);
      TokenBuffer written = new TokenBuffer(parser.getCodec(), inYaml);
      parser.getCodec().writeValue(written, value);
      if (given.equals(
              (one, other) -> isKept(one, other, inYaml) ? 0 : 1,
              written.asParser().readValueAsTree())
          && !(type.isArray() && Arrays.asList((Object[]) value).contains(null))) {
        return value;
      }
    } catch (IOException e) {
      reason = e;
    }
    throw mistyped(name, type, reason);
  }

  private static boolean isKept(JsonNode given, JsonNode written, boolean inYaml) {
    if (given.isTextual() && written.isNumber()) {
      return inYaml && NUMBER_IN_YAML.matcher(given.textValue()).matches();
    }
    return given.isNumber() && written.isNumber()
        ? given.floatValue() == written.floatValue() // some schedule may have FLOAT fields
        : given.equals(written);
  }

  private JsonNode present(String name) {
    if (!has(name)) {
      throw missing(name);
    }
    return tree(name);
  }

  /** For a look at a value: a tree has no room for the types of objects, which are tags in YAML. */
  private JsonNode tree(String name) {
    try {
      return fields.get(name) == null
          ? NullNode.instance
          : fields.get(name).asParser().readValueAs(JsonNode.class);
    } catch (IOException e) {
      throw new AssertionError(e); // it has been read into memory
    }
  }

  private RuntimeException mistyped(String name, Class<?> type, Exception reason) {
    String expected =
        type.isEnum()
            ? "one of " + Arrays.toString(type.getEnumConstants())
            : type.isArray() && type.getComponentType().isEnum()
                ? "a list of " + Arrays.toString(type.getComponentType().getEnumConstants())
                : EXPECTED.getOrDefault(type, "an " + type.getSimpleName());
    return (RuntimeException)
        complaint("must have {} in the field \"{}\", got {}", expected, name, tree(name))
            .initCause(reason);
  }

  /** An exception to throw where a field is missing, which is not guessed. */
  public IllegalArgumentException missing(String name) {
    return complaint("must have the field \"{}\", got none", name);
  }

  /** An exception to throw, with {@code {}} for each value. */
  public static IllegalArgumentException complaint(String what, Object... values) {
    return CONFIGURATION_IN_JSON.argument(
        OWNER + " in JSON " + what + "; restore the file, or write the configuration anew", values);
  }
}
