package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsTest {

  private static final String LINE =
      "lstm,adam,none,0.01,constant,32,5,1,225,0.9111,0.3000,0.2000,NaN,4.25";

  @TempDir private Path folder;

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("some.csv"), List.of(lines));
  }

  private Results load(Path file) throws IOException {
    try (OutputFolder output = OutputFolder.open(folder)) {
      Results results = new Results(output);
      results.load(file);
      return results;
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Outcome outcome = Outcome.of(LINE);
    Outcome lost =
        Outcome.of(LINE.replace(",1,225", ",2,7").replace("0.9111,0.3000,0.2000", "NaN,NaN,NaN"));
    try (OutputFolder output = OutputFolder.open(folder)) {
      Results results = new Results(output);
      results.add(outcome);
      results.add(lost);
    }
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .containsExactly(Outcome.HEADER, LINE, lost.csv());
    Results results = load(folder.resolve("runs.csv"));
    assertThat(results.all()).extracting(Outcome::csv).containsExactly(LINE, lost.csv());
    assertThat(results.has(outcome.run)).isTrue();
    assertThat(results.has(Run.of(LINE.replace(",5,1,", ",5,3,").split(",")))).isFalse();
    assertThat(results.all()).extracting(Outcome::hasDiverged).containsExactly(false, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what, in place of what
        "lstm,    | gru,",
        "adam     | adamw",
        "none     | none:1",
        "0.01,    | 0.010,",
        "constant | const",
        ",32,     | ,many,",
        "0.9111   | 0.91111",
        "225      | 2x5",
        ",4.25    | ",
        ",NaN,    | ,NaN,NaN,",
      })
  void linesThatNoRunWroteAreNamed(String before, String after) throws IOException {
    assertThat(LINE).contains(before);
    Path file = file(Outcome.HEADER, LINE, LINE.replace(before, after == null ? "" : after));
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("line 3 of " + file, "its run is made anew");
  }

  @Test
  void filesOfAnotherKindAreNamed() throws IOException {
    assertThatThrownBy(() -> load(file("run,network"))).hasMessageContaining("must begin with");
    assertThatThrownBy(() -> load(file())).hasMessageContaining("must begin with");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
    assertThatThrownBy(() -> load(binary)).hasMessageContaining(binary + " cannot be read");
    assertThatThrownBy(() -> load(folder.resolve("nothing"))).hasMessageContaining("NoSuchFile");
  }

  @Test
  void earlierResultsAreSetAsideUnderNamesThatAreFree() throws IOException {
    for (int i = 1; i <= 2; i++) {
      try (OutputFolder output = OutputFolder.open(folder)) {
        Results results = new Results(output);
        results.add(Outcome.of(LINE));
        assertThat(results.exist()).isTrue();
        assertThat(results.setAside()).isEqualTo(folder.resolve("runs-" + i + ".csv")).exists();
        assertThat(results.exist()).isFalse();
      }
    }
  }
}
