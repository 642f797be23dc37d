package io.github.dl4jagc.internal.check;

import java.util.Locale;
import java.util.ResourceBundle;
import org.slf4j.helpers.MessageFormatter;

/**
 * The entries of the troubleshooting page. Every message to a user is made by the entry that says
 * more about it, {@code BAD_ARGUMENT.require(rate > 0, "rate must be > 0, got {}", rate)}, and ends
 * in a reference to it. Formats are those of slf4j: each {@code {}} stands for a value.
 */
public enum Troubleshooting {
  NEVER_BOUND,
  LISTENER_IS_GONE,
  HIDDEN_EXCEPTIONS,
  NOTHING_IS_CLIPPED,
  BAD_ARGUMENT,
  LARGE_THRESHOLD,
  UPDATE_RATIO,
  INNER_UPDATER,
  UNKNOWN_NAME,
  CONFIGURATION_IN_JSON,
  CANNOT_BE_COPIED,
  SETTINGS_ARE_REPLACED,
  NOT_A_NETWORK,
  NO_GRADIENT_YET,
  CLIPPED_TOO_EARLY,
  NO_FORWARD_PASS,
  ARRAYS_THAT_CANNOT_BE_CLIPPED,
  GRADIENTS_THAT_ARE_NOT_FINITE,
  UNIT_DIMENSIONS,
  UNITS_ARE_GUESSED,
  SERVICES_THAT_CANNOT_BE_USED,
  WEIGHT_DECAY_IS_APPLIED_TWICE,
  WRONG_PARAMETERS_ARE_UPDATED,
  PARAMETERS_THAT_ARE_NOT_VIEWS,
  CHOICE_OF_THE_IMPLEMENTATION,
  STATISTICS_CANNOT_BE_WRITTEN,
  STATISTICS_AFTER_A_CRASH,
  NOT_A_STATISTICS_FILE,
  NO_STATISTICS_YET,
  WEIGHTS_CANNOT_BE_READ;

  /** On the web, as whoever has the jar alone has no {@code docs} folder. */
  private static final String PAGE =
      ResourceBundle.getBundle(Troubleshooting.class.getPackageName() + ".troubleshooting")
          .getString("page");

  /** {@return the address of another page of the same docs, such as "choosing-the-threshold.md"} */
  public static String docs(String page) {
    return PAGE.substring(0, PAGE.lastIndexOf('/') + 1) + page;
  }

  /** The end of the entry's address, which is made of its heading. */
  public String anchor() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A message to log, or of an exception of another kind. */
  public String message(String format, Object... values) {
    String text = MessageFormatter.arrayFormat(format, values, null).getMessage();
    return text + " (see " + PAGE + "#" + anchor() + ")";
  }

  /** Throws {@link #argument} unless what a value that was passed in must be is true. */
  public void require(boolean isTrue, String format, Object... values) {
    if (!isTrue) {
      throw argument(format, values);
    }
  }

  /** An exception to throw: a value that was passed in is wrong. */
  public IllegalArgumentException argument(String format, Object... values) {
    return new IllegalArgumentException(message(format, values));
  }

  /** An exception to throw: this is not the time for the call, or not the place. */
  public IllegalStateException state(String format, Object... values) {
    return new IllegalStateException(message(format, values));
  }
}
