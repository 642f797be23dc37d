package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHT_DECAY_IS_APPLIED_TWICE;

import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.check.WarnOnce;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds parameters that DL4J decays twice. DL4J 1.0.0-M2.1 validates each layer twice, and appends
 * the network's WeightDecay each time; of L1 and L2 it keeps one.
 */
final class RepeatedWeightDecay {

  private static final Logger log = LoggerFactory.getLogger(RepeatedWeightDecay.class);

  /** Parameters by what decays them, with the number of times. */
  private final Map<String, List<Parameter>> found = new LinkedHashMap<>();

  /**
   * @param parameter a parameter
   * @param regularization what DL4J applies to it; may be {@code null}
   */
  void inspect(Parameter parameter, List<Regularization> regularization) {
    if (regularization == null) {
      return;
    }
    for (Regularization each : new LinkedHashSet<>(regularization)) {
      int times = Collections.frequency(regularization, each);
      if (each instanceof WeightDecay && times > 1) {
        found.computeIfAbsent(times + " equal " + each, key -> new ArrayList<>()).add(parameter);
      }
    }
  }

  void warn() {
    found.forEach(
        (decay, parameters) -> {
          if (WarnOnce.isDue(WEIGHT_DECAY_IS_APPLIED_TWICE, decay, parameters)) {
            log.warn(
                WEIGHT_DECAY_IS_APPLIED_TWICE.message(
                    "AGC: {} {} by {}: DL4J applies each of them, so weights decay faster than the"
                        + " configuration says. Set .weightDecay(..) on the layers rather than on"
                        + " the network.",
                    parameters.get(0),
                    parameters.size() == 1
                        ? "is decayed"
                        : "and " + (parameters.size() - 1) + " more are decayed",
                    decay));
          }
        });
  }
}
