package io.github.dl4jagc.examples.spark;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options that name a constant of an enum, in lower case and with hyphens. */
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E> {

  private final Class<E> type;

  Choice(Class<E> type) {
    this.type = type;
  }

  @Override
  public E convert(String text) {
    for (E constant : type.getEnumConstants()) {
      if (text(constant).equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "must be "
            + Arrays.stream(type.getEnumConstants())
                .map(Choice::text)
                .collect(Collectors.joining(" or "))
            + ", got '"
            + text
            + "'");
  }

  /** A constant as it is written on the command line. */
  static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For picocli. */
  static final class OfMode extends Choice<Mode> {
    OfMode() {
      super(Mode.class);
    }
  }

  /** For picocli. */
  static final class OfNetwork extends Choice<Network> {
    OfNetwork() {
      super(Network.class);
    }
  }
}
