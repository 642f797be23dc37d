package io.github.dl4jagc.experiments.clippings;

import java.util.ArrayList;
import java.util.List;

/**
 * A norm that is more than {@code z} deviations above the running mean is an outlier, and the
 * further out, the nearer to the mean is what it is brought down to (Kumar et al. 2025, arXiv
 * 2504.02507: z 2.5, running means with 0.97, of which the first is that of 25 norms).
 */
final class ZClip extends GlobalScaling {

  private static final double DECAY = 0.97;
  private static final int WARM_UP = 25;
  private static final double TINY = 1e-6;

  private final double z;
  private final List<Double> first = new ArrayList<>();
  private double mean;
  private double variance;

  ZClip(double z) {
    this.z = z;
  }

  @Override
  double bound(double norm) {
    if (first.size() < WARM_UP) {
      first.add(norm);
      mean = first.stream().mapToDouble(each -> each).average().orElseThrow();
      variance =
          first.stream().mapToDouble(each -> (each - mean) * (each - mean)).average().orElseThrow();
      return norm;
    }
    double deviation = Math.sqrt(variance);
    double score = (norm - mean) / (deviation + TINY);
    double bound = score > z ? mean + z * z * deviation / score : norm;
    mean = DECAY * mean + (1 - DECAY) * bound;
    variance = DECAY * variance + (1 - DECAY) * (bound - mean) * (bound - mean);
    return bound;
  }
}
