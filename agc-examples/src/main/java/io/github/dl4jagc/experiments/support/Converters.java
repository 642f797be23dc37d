package io.github.dl4jagc.experiments.support;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options that must lie in a range. Picocli puts the option's name before the messages. */
public final class Converters {

  private Converters() {}

  /** A finite number above zero. */
  public static final class Positive implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return converted(
          text,
          Double::valueOf,
          value -> value > 0 && !value.isInfinite(),
          "must be finite and > 0, got '%s'; write for example 0.01 or 0.01,0.1");
    }
  }

  /** A whole number of at least 1. */
  public static final class WholeNumber implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return converted(
          text,
          Integer::valueOf,
          value -> value >= 1,
          "must be a whole number >= 1, got '%s'; write for example 5");
    }
  }

  /** What {@link ClippingSpec} reads. */
  public static final class Clipping implements ITypeConverter<ClippingSpec> {
    @Override
    public ClippingSpec convert(String text) {
      try {
        return ClippingSpec.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private static <T> T converted(
      String text, Function<String, T> of, Predicate<T> isRight, String message) {
    try {
      T value = of.apply(text);
      if (isRight.test(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // is told as what is out of range
    }
    throw new TypeConversionException(String.format(message, text));
  }
}
