package io.github.dl4jagc.experiments.support;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options that must lie in a range. Picocli puts the option's name before the messages. */
public final class Converters {

  private Converters() {}

  /** A finite number above zero. */
  public static final class Positive implements ITypeConverter<Double> {

    /** For picocli. */
    public Positive() {}

    @Override
    public Double convert(String text) {
      double value = Double.NaN;
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        // Stays NaN, which is out of range too.
      }
      if (!(value > 0) || Double.isInfinite(value)) {
        throw new TypeConversionException(
            "must be finite and > 0, got '" + text + "'; write for example 0.01 or 0.01,0.1");
      }
      return value;
    }
  }

  /** What {@link ClippingSpec} reads. */
  public static final class Clipping implements ITypeConverter<ClippingSpec> {

    /** For picocli. */
    public Clipping() {}

    @Override
    public ClippingSpec convert(String text) {
      try {
        return ClippingSpec.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** A whole number of at least 1. */
  public static final class WholeNumber implements ITypeConverter<Integer> {

    /** For picocli. */
    public WholeNumber() {}

    @Override
    public Integer convert(String text) {
      try {
        int value = Integer.parseInt(text);
        if (value >= 1) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Told below, as what is out of range.
      }
      throw new TypeConversionException(
          "must be a whole number >= 1, got '" + text + "'; write for example 5");
    }
  }
}
