package io.github.dl4jagc.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Which implementation clips in a test, and in no other: the only place where tests set the system
 * property.
 *
 * <pre>{@code
 * @RegisterExtension final ChosenClipper clipper = new ChosenClipper();
 *
 * @Test
 * void test() {
 *   clipper.choose("nd4j");
 * }
 * }</pre>
 */
public class ChosenClipper implements BeforeEachCallback, AfterEachCallback {

  private static final String PROPERTY = "io.github.dl4jagc.clipper";

  private final String fromTheBeginning;

  /** None until one is chosen. */
  public ChosenClipper() {
    this(null);
  }

  /** One for each test of a class. */
  protected ChosenClipper(String clipper) {
    this.fromTheBeginning = clipper;
  }

  /** From now to the end of the test. */
  public void choose(String clipper) {
    System.setProperty(PROPERTY, clipper);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (fromTheBeginning != null) {
      choose(fromTheBeginning);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.clearProperty(PROPERTY);
  }
}
