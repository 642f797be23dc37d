package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/check-commands.sh} knows every command that the pages tell a reader to run. */
class DocumentedCommandsTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  /** What a line or a piece of code begins with if it is a command, and not a formula or a name. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(OMP_NUM_THREADS=\\d )?"
              + "(mvn|java|gradle|spark-submit|venv/bin/python) .*|\\.ci/\\w+|docs/[\\w-]+\\.sh");

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  /** A line of a block that is set in by four blanks, with the lines that it goes on in. */
  private static final Pattern LINE = Pattern.compile("(?m)^ {4,}(\\S(?:.*\\\\\\R)*.*)$");

  private static List<Path> pages() throws Exception {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")), docs)
          .filter(page -> page.toString().endsWith(".md"))
          .collect(Collectors.toList());
    }
  }

  private static TreeSet<String> commandsOf(Path page) throws Exception {
    String text = Files.readString(page).replaceAll("(?s)```.*?```", "");
    TreeSet<String> commands = new TreeSet<>();
    for (Pattern where : List.of(LINE, CODE)) {
      Matcher pieces = where.matcher(text);
      while (pieces.find()) {
        String piece = pieces.group(1).replaceAll("\\\\\\R\\s*", "").strip();
        if (COMMAND.matcher(piece).matches()) {
          commands.add(piece);
        }
      }
    }
    return commands;
  }

  private static List<String> known() throws Exception {
    List<String> known = new ArrayList<>();
    Matcher rows =
        Pattern.compile("(?m)^(?:short|first|long|hours|elsewhere) +\\|[^|]+\\| (.+)$")
            .matcher(Files.readString(ROOT.resolve("docs/check-commands.sh")));
    while (rows.find()) {
      known.add(rows.group(1));
    }
    return known;
  }

  @Test
  void theScriptKnowsEveryCommandOfThePages() throws Exception {
    TreeSet<String> documented = new TreeSet<>();
    for (Path page : pages()) {
      documented.addAll(commandsOf(page));
    }
    documented.remove("docs/check-commands.sh"); // itself
    assertThat(documented).hasSizeGreaterThan(20);
    assertThat(known()).doesNotHaveDuplicates();
    assertThat(known())
        .as("docs/check-commands.sh")
        .containsExactlyInAnyOrderElementsOf(documented);
  }
}
