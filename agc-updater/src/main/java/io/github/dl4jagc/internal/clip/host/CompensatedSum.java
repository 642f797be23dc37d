package io.github.dl4jagc.internal.clip.host;

/**
 * A sum of many numbers that is as exact as one of few: what each addition rounds off is part of
 * the next one (Kahan). NaN or infinite where it leaves the range.
 */
final class CompensatedSum {

  private double sum;
  private double excess;

  void clear() {
    sum = 0;
    excess = 0;
  }

  void add(double value) {
    double corrected = value - excess;
    double next = sum + corrected;
    excess = next - sum - corrected;
    sum = next;
  }

  double value() {
    return sum;
  }
}
