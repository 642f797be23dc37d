package io.github.dl4jagc.examples.digits;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options that must lie in a range. Picocli puts the option's name before the messages. */
public final class Converters {

  private Converters() {}

  /** A finite number above zero. */
  public static final class Positive implements ITypeConverter<Double> {

    /** For picocli, which creates it. */
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
            "must be finite and > 0, got '" + text + "'; write for example 0.01");
      }
      return value;
    }
  }

  /** A whole number of at least 1, such as a number of epochs. */
  public static final class AtLeastOne implements ITypeConverter<Integer> {

    /** For picocli, which creates it. */
    public AtLeastOne() {}

    @Override
    public Integer convert(String text) {
      return wholeNumber(text, Integer.MAX_VALUE, "must be a whole number >= 1");
    }
  }

  /** A whole number of at least 1 and at most the size of the training part. */
  public static final class BatchSize implements ITypeConverter<Integer> {

    /** For picocli, which creates it. */
    public BatchSize() {}

    @Override
    public Integer convert(String text) {
      return wholeNumber(
          text,
          Digits.TRAINING_SIZE,
          "must be a whole number from 1 to " + Digits.TRAINING_SIZE + ", the training digits");
    }
  }

  private static int wholeNumber(String text, int largest, String bound) {
    int value = 0;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      // Stays 0, which is out of range too.
    }
    if (value < 1 || value > largest) {
      throw new TypeConversionException(bound + ", got '" + text + "'; write for example 5");
    }
    return value;
  }
}
