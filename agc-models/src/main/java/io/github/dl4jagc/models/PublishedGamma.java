package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * The gammas that the authors of NF-ResNets published, and timm took over, for the functions that
 * DL4J has too. They were estimated from random numbers, and are up to 9e-4 of their value off
 * those of {@link ScaledActivation#gamma}.
 */
final class PublishedGamma {

  private static final Map<IActivation, Double> VALUES = new LinkedHashMap<>();

  static {
    put(Activation.ELU, 1.2716004848480225);
    VALUES.put(new ExactGelu(), 1.7015043497085571);
    put(Activation.IDENTITY, 1.0);
    put(Activation.LEAKYRELU, 1.70590341091156);
    put(Activation.RELU, 1.7139588594436646);
    put(Activation.RELU6, 1.7131484746932983);
    put(Activation.SELU, 1.0008515119552612);
    put(Activation.SIGMOID, 4.803835391998291);
    put(Activation.SOFTPLUS, 1.9203323125839233);
    put(Activation.SOFTSIGN, 2.338853120803833);
    put(Activation.SWISH, 1.7881293296813965);
    put(Activation.TANH, 1.5939117670059204);
  }

  private PublishedGamma() {}

  private static void put(Activation activation, double gamma) {
    VALUES.put(activation.getActivationFunction(), gamma);
  }

  /** All of them. */
  static Map<IActivation, Double> values() {
    return VALUES;
  }

  /**
   * @throws IllegalArgumentException if there is none
   */
  static double of(IActivation function) {
    Double gamma = VALUES.get(function);
    if (gamma == null) {
      throw BAD_ARGUMENT.argument(
          "A published gamma must be of one of {}, got {}; DL4J's GELU is an approximation that"
              + " none was published for: use new ExactGelu(); for others use the gamma that is"
              + " computed (publishedGamma(false))",
          VALUES.keySet(),
          function);
    }
    return gamma;
  }
}
