package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A name that was mistyped gets the one that was meant, on the line that complains. */
class MistypedArgumentsTest {

  private final ExampleRun example = new ExampleRun();

  @ParameterizedTest
  @CsvSource({"digit, digits", "nfresnt, nfresnet", "--epoch, --epochs"})
  void isSuggested(String typed, String meant) {
    assertThat(example.run(typed)).isEqualTo(2);
    assertThat(example.err().lines())
        .singleElement()
        .asString()
        .contains("'" + typed + "'")
        .contains("did you mean " + meant);
  }
}
