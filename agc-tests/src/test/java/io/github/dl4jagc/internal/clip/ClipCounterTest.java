package io.github.dl4jagc.internal.clip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is counted of units, one by one and added up. */
class ClipCounterTest {

  private static ClipCounter counted() {
    ClipCounter counter = new ClipCounter();
    counter.iterations = 1;
    counter.count(0.25, 1);
    counter.count(8, 0.125);
    counter.count(4, 0.25);
    counter.count(Double.NaN, 0);
    counter.count(Double.NaN, Double.NaN);
    return counter;
  }

  @Test
  void unitsAreCountedByWhatBecameOfThem() {
    ClipCounter counter = counted();
    assertThat(counter.units).isEqualTo(5);
    assertThat(counter.clippedUnits).isEqualTo(3);
    assertThat(counter.nonFiniteUnits).isEqualTo(1);
    assertThat(counter.largestRatio).isEqualTo(8);
    assertThat(counter.smallestScale).isZero();
  }

  @Test
  void unitsThatHaveNoScaleGiveNoRatioEither() {
    ClipCounter counter = new ClipCounter();
    counter.count(5, Double.NaN);
    assertThat(counter.largestRatio).isZero();
    assertThat(counter.smallestScale).isEqualTo(1);
    assertThat(counter.units).isEqualTo(1);
  }

  @Test
  void whatSeveralHaveCountedAddsUp() {
    ClipCounter other = new ClipCounter();
    other.iterations = 3;
    other.count(16, 0.5);
    other.count(1, Double.NaN);
    for (ClipCounter[] pair :
        new ClipCounter[][] {{counted(), other}, {copyOf(other), counted()}}) {
      ClipCounter sum = pair[0];
      sum.add(pair[1]);
      assertThat(sum.iterations).isEqualTo(4);
      assertThat(sum.units).isEqualTo(7);
      assertThat(sum.clippedUnits).isEqualTo(4);
      assertThat(sum.nonFiniteUnits).isEqualTo(2);
      assertThat(sum.largestRatio).isEqualTo(16);
      assertThat(sum.smallestScale).isZero();
    }
  }

  @Test
  void nothingIsLeftOfWhatWasForgotten() {
    ClipCounter counter = counted();
    counter.clear();
    assertThat(counter).usingRecursiveComparison().isEqualTo(new ClipCounter());
    assertThat(counter.smallestScale).isEqualTo(1);
  }

  private static ClipCounter copyOf(ClipCounter counter) {
    ClipCounter copy = new ClipCounter();
    copy.add(counter);
    return copy;
  }
}
