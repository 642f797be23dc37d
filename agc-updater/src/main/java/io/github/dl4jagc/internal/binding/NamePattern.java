package io.github.dl4jagc.internal.binding;

import java.util.Arrays;
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

  /** Those of all names that match. */
  static Set<String> matching(String pattern, Set<String> names) {
    if (names.contains(pattern)) {
      return Set.of(pattern);
    }
    Pattern regex = Pattern.compile(regex(pattern), Pattern.DOTALL);
    Set<String> matching = new TreeSet<>(names);
    matching.removeIf(name -> !regex.matcher(name).matches());
    return matching;
  }

  /**
   * What stands between two stars is matched as early as it can be and never taken back (atomic
   * groups), which is enough: so no pattern takes a power of the name's length to match.
   */
  private static String regex(String pattern) {
    String[] parts = pattern.replaceAll("\\*+", "*").split("\\*", -1);
    StringBuilder regex = new StringBuilder(literal(parts[0]));
    for (int i = 1; i < parts.length - 1; i++) {
      regex.append("(?>.*?").append(literal(parts[i])).append(")");
    }
    return parts.length == 1 ? regex.toString() : regex + ".*" + literal(parts[parts.length - 1]);
  }

  private static String literal(String part) {
    return Arrays.stream(part.split("\\?", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("."));
  }
}
