package io.github.dl4jagc.internal.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names with stars and question marks. */
class NamePatternTest {

  private static final Set<String> NAMES =
      Set.of("stem", "block1/conv1", "block1/conv2", "block2/conv1", "block10/conv1", "out");

  @Test
  void starsStandForAnyCharactersAndQuestionMarksForOne() {
    assertThat(NamePattern.meantBy("block?/conv*", NAMES))
        .containsExactlyInAnyOrder("block1/conv1", "block1/conv2", "block2/conv1");
    assertThat(NamePattern.meantBy("block*1", NAMES))
        .containsExactlyInAnyOrder("block1/conv1", "block2/conv1", "block10/conv1");
    assertThat(NamePattern.meantBy("*stem*", NAMES)).containsExactly("stem");
    assertThat(NamePattern.meantBy("*", NAMES)).isEqualTo(NAMES);
  }

  @Test
  void aWholeNameIsMeant() {
    assertThat(NamePattern.meantBy("block1", NAMES)).isEmpty();
    assertThat(NamePattern.meantBy("conv1", NAMES)).isEmpty();
    assertThat(NamePattern.meantBy("?", NAMES)).isEmpty();
    assertThat(NamePattern.meantBy("", NAMES)).isEmpty();
  }

  @Test
  void aNameThatExistsIsThatName() {
    Set<String> names = Set.of("a*", "ab", "ac", "a?");
    assertThat(NamePattern.meantBy("a*", names)).containsExactly("a*");
    assertThat(NamePattern.meantBy("a?", names)).containsExactly("a?");
    assertThat(NamePattern.meantBy("?b", names)).containsExactly("ab");
  }

  @Test
  void otherCharactersStandForThemselves() {
    Set<String> names = Set.of("a.b", "axb", "a\\E", "a[1]", "two\nlines");
    assertThat(NamePattern.meantBy("a.?", names)).containsExactly("a.b");
    assertThat(NamePattern.meantBy("?\\E", names)).containsExactly("a\\E");
    assertThat(NamePattern.meantBy("a[?]", names)).containsExactly("a[1]");
    assertThat(NamePattern.meantBy("two*", names)).containsExactly("two\nlines");
  }
}
