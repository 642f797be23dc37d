package io.github.dl4jagc.internal.binding;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A name of layers or variables with {@code *} for any characters, {@code /} included, and {@code
 * ?} for any one. A name that exists as it is written is that name and no pattern.
 */
final class NamePattern {

  private NamePattern() {}

  /**
   * @param pattern a name or a pattern
   * @param names all names that there are
   * @return those that it means; none if there is none
   */
  static Set<String> meantBy(String pattern, Set<String> names) {
    if (names.contains(pattern)) {
      return Set.of(pattern);
    }
    String expression =
        pattern
            .codePoints()
            .mapToObj(each -> each == '*' ? ".*" : each == '?' ? "." : quoted(each))
            .collect(Collectors.joining());
    Pattern compiled = Pattern.compile(expression, Pattern.DOTALL);
    Set<String> meant = new TreeSet<>(names);
    meant.removeIf(name -> !compiled.matcher(name).matches());
    return meant;
  }

  private static String quoted(int character) {
    return Pattern.quote(Character.toString(character));
  }
}
