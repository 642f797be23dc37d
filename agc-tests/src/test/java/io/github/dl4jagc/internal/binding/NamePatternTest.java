package io.github.dl4jagc.internal.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names with stars and question marks. */
class NamePatternTest {

  private static final Set<String> NAMES =
      Set.of("stem", "block1/conv1", "block1/conv2", "block2/conv1", "block10/conv1", "out");

  @Test
  void starsStandForAnyCharactersAndQuestionMarksForOne() {
    assertThat(Exclusions.matching("block?/conv*", NAMES))
        .containsExactlyInAnyOrder("block1/conv1", "block1/conv2", "block2/conv1");
    assertThat(Exclusions.matching("block*1", NAMES))
        .containsExactlyInAnyOrder("block1/conv1", "block2/conv1", "block10/conv1");
    assertThat(Exclusions.matching("*stem*", NAMES)).containsExactly("stem");
    assertThat(Exclusions.matching("*", NAMES)).isEqualTo(NAMES);
  }

  @Test
  void aWholeNameHasToMatch() {
    assertThat(Exclusions.matching("block1", NAMES)).isEmpty();
    assertThat(Exclusions.matching("conv1", NAMES)).isEmpty();
    assertThat(Exclusions.matching("?", NAMES)).isEmpty();
    assertThat(Exclusions.matching("", NAMES)).isEmpty();
  }

  @Test
  void aNameThatExistsIsThatName() {
    Set<String> names = Set.of("a*", "ab", "ac", "a?");
    assertThat(Exclusions.matching("a*", names)).containsExactly("a*");
    assertThat(Exclusions.matching("a?", names)).containsExactly("a?");
    assertThat(Exclusions.matching("?b", names)).containsExactly("ab");
  }

  @Test
  void otherCharactersStandForThemselves() {
    Set<String> names = Set.of("a.b", "axb", "a\\E", "a[1]", "two\nlines");
    assertThat(Exclusions.matching("a.?", names)).containsExactly("a.b");
    assertThat(Exclusions.matching("?\\E", names)).containsExactly("a\\E");
    assertThat(Exclusions.matching("a[?]", names)).containsExactly("a[1]");
    assertThat(Exclusions.matching("two*", names)).containsExactly("two\nlines");
  }

  @Test
  void aCharacterOutsideOfTheBasicPlaneIsOneCharacter() {
    Set<String> names = Set.of("\uD83D\uDE00", "ab");
    assertThat(Exclusions.matching("?", names)).containsExactly("\uD83D\uDE00");
    assertThat(Exclusions.matching("??", names)).containsExactly("ab");
    assertThat(Exclusions.matching("*\uDE00", names)).isEmpty();
  }

  /** A regular expression with this many stars would try 2^100 ways to share the name out. */
  @Test
  void manyStarsNeedNoTime() {
    String name = "a".repeat(200);
    String end = name + "!";
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          assertThat(Exclusions.matching("*a".repeat(100) + "*!", Set.of(name, end)))
              .containsExactly(end);
          assertThat(Exclusions.matching("*?".repeat(100) + "b", Set.of(name, end))).isEmpty();
          assertThat(Exclusions.matching("*".repeat(5000), Set.of(name, end)))
              .containsExactlyInAnyOrder(name, end);
        });
  }

  /** All patterns and names of up to five characters, against the definition. */
  @Test
  void everyShortPatternMatchesWhatItsDefinitionSays() {
    List<String> patterns = words("ab*?", 5);
    for (String name : words("ab", 5)) {
      for (String pattern : patterns) {
        assertThat(Exclusions.matching(pattern, Set.of(name)).contains(name))
            .as("%s of %s", pattern, name)
            .isEqualTo(matches(pattern, name));
      }
    }
  }

  private static boolean matches(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    char first = pattern.charAt(0);
    if (first == '*') {
      return matches(pattern.substring(1), name)
          || !name.isEmpty() && matches(pattern, name.substring(1));
    }
    return !name.isEmpty()
        && (first == '?' || first == name.charAt(0))
        && matches(pattern.substring(1), name.substring(1));
  }

  private static List<String> words(String letters, int longest) {
    List<String> words = new ArrayList<>(List.of(""));
    for (int i = 0; i < words.size() && words.get(i).length() < longest; i++) {
      for (char letter : letters.toCharArray()) {
        words.add(words.get(i) + letter);
      }
    }
    return words;
  }
}
