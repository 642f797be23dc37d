package io.github.dl4jagc.internal.binding;

import java.util.Set;
import java.util.TreeSet;

/**
 * A name of layers or variables with {@code *} for any characters, {@code /} included, and {@code
 * ?} for any one. A name that exists as it is written is that name and no pattern.
 */
final class NamePattern {

  private NamePattern() {}

  /**
   * @param pattern a name or a pattern
   * @param names all names that there are
   * @return those that match; none if there is none
   */
  static Set<String> matching(String pattern, Set<String> names) {
    if (names.contains(pattern)) {
      return Set.of(pattern);
    }
    int[] wanted = pattern.codePoints().toArray();
    Set<String> matching = new TreeSet<>(names);
    matching.removeIf(name -> !matches(wanted, name.codePoints().toArray()));
    return matching;
  }

  /**
   * What comes before a star is matched as early as it can be, and is never taken back once there
   * is a further star: no more steps than there are characters in the name times those in the
   * pattern, where a regular expression may need a power of them.
   */
  private static boolean matches(int[] pattern, int[] name) {
    int at = 0;
    int afterStar = -1;
    int starEnds = 0; // how far the latest star reaches
    for (int i = 0; i < name.length; ) {
      if (at < pattern.length && pattern[at] == '*') {
        afterStar = ++at;
        starEnds = i;
      } else if (at < pattern.length && (pattern[at] == '?' || pattern[at] == name[i])) {
        at++;
        i++;
      } else if (afterStar >= 0) {
        at = afterStar;
        i = ++starEnds;
      } else {
        return false;
      }
    }
    while (at < pattern.length && pattern[at] == '*') {
      at++;
    }
    return at == pattern.length;
  }
}
