package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.ClipTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Divides targets into few lists in which each lies as far from the one before it as any other
 * does, weights and gradient each by themselves. The same parameter of equal blocks of layers is
 * such a list; what lies between, a first block that differs for example, is not.
 */
final class Progressions {

  /** How many of the next targets may be the second of a list: longer blocks are rare. */
  private static final int WINDOW = 12;

  /** By the offset of the weights. */
  private final TreeMap<Long, ClipTarget> left = new TreeMap<>();

  /** The longest list first, then the longest of what is left, and so on. */
  static List<List<ClipTarget>> of(List<ClipTarget> targets) {
    Progressions progressions = new Progressions();
    List<List<ClipTarget>> lists = new ArrayList<>();
    for (ClipTarget target : targets) {
      if (progressions.left.putIfAbsent(target.weights.offset(), target) != null) {
        lists.add(List.of(target)); // the same weights once more
      }
    }
    while (!progressions.left.isEmpty()) {
      List<ClipTarget> longest = progressions.longest();
      longest.forEach(target -> progressions.left.remove(target.weights.offset()));
      lists.add(longest);
    }
    lists.sort(Comparator.comparingLong(list -> list.get(0).weights.offset()));
    return lists;
  }

  private List<ClipTarget> longest() {
    List<ClipTarget> longest = List.of(left.firstEntry().getValue());
    for (ClipTarget first : left.values()) {
      int tried = 0;
      for (ClipTarget second : left.tailMap(first.weights.offset(), false).values()) {
        if (tried++ == WINDOW) {
          break;
        }
        long weights = second.weights.offset() - first.weights.offset();
        long gradient = second.gradient.offset() - first.gradient.offset();
        if (gradient > 0 && next(first, -weights, -gradient) == null) { // else a longer one has it
          List<ClipTarget> list = new ArrayList<>();
          for (ClipTarget each = first; each != null; each = next(each, weights, gradient)) {
            list.add(each);
          }
          longest = list.size() > longest.size() ? list : longest;
        }
      }
    }
    return longest;
  }

  private ClipTarget next(ClipTarget from, long weights, long gradient) {
    ClipTarget there = left.get(from.weights.offset() + weights);
    return there != null && there.gradient.offset() == from.gradient.offset() + gradient
        ? there
        : null;
  }
}
