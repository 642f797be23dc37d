package io.github.dl4jagc.internal.check;

/** Where messages say that there is more to read. */
public final class Troubleshooting {

  private static final String PAGE = "docs/troubleshooting.md";

  private Troubleshooting() {}

  /**
   * The end of a message.
   *
   * @param anchor that of an entry of the page; a test checks that it exists
   * @return a reference in parentheses, with a space before it
   */
  public static String at(String anchor) {
    return " (see " + PAGE + "#" + anchor + ")";
  }
}
