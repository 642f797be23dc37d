package io.github.dl4jagc.models;

import java.util.Collection;
import java.util.Iterator;
import java.util.StringJoiner;

/** What a message quotes of a file, which may be of any length: its beginning. */
final class Excerpt {

  static final int MOST_CHARACTERS = 100;
  static final int MOST_ELEMENTS = 10;

  private Excerpt() {}

  /** The text, or its first characters. */
  static String of(String text) {
    return text.length() <= MOST_CHARACTERS
        ? text
        : text.substring(0, MOST_CHARACTERS) + ".. (" + text.length() + " characters)";
  }

  /** The elements, or the first of them and how many there are. */
  static String of(Collection<String> elements) {
    StringJoiner list = new StringJoiner(", ", "[", "]");
    Iterator<String> each = elements.iterator();
    for (int i = 0; i < MOST_ELEMENTS && each.hasNext(); i++) {
      list.add(of(each.next()));
    }
    if (each.hasNext()) {
      list.add(".. (" + elements.size() + " in all)");
    }
    return list.toString();
  }
}
