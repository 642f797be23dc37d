package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHT_DECAY_IS_APPLIED_TWICE;

import io.github.dl4jagc.internal.binding.Parameter;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Finds parameters that DL4J decays twice. DL4J 1.0.0-M2.1 validates each layer twice, and appends
 * the network's WeightDecay each time; of L1 and L2 it keeps one.
 */
final class RepeatedWeightDecay {

  private final Findings found = new Findings();

  void inspect(Parameter parameter, List<Regularization> regularization) {
    if (regularization == null) {
      return;
    }
    for (Regularization each : new LinkedHashSet<>(regularization)) {
      int times = Collections.frequency(regularization, each);
      if (each instanceof WeightDecay && times > 1) {
        found.add(times + " equal " + each, parameter);
      }
    }
  }

  void warn() {
    found.warn(
        WEIGHT_DECAY_IS_APPLIED_TWICE,
        (decay, parameters) ->
            parameters
                + (parameters.endsWith("more") ? " are" : " is")
                + " decayed by "
                + decay
                + ": DL4J applies each of them, so weights decay faster than the configuration"
                + " says. Set .weightDecay(..) on the layers rather than on the network.");
  }
}
