package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.CLIPPED_TOO_EARLY;

import io.github.dl4jagc.internal.binding.Parameter;
import java.util.List;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What DL4J does to gradients after {@code Agc.apply}, in {@code update}, and before the updater
 * gets them: its gradient normalisation, and then L1 and L2. In {@code fit} both come before AGC.
 */
final class LaterSteps {

  private static final String REMEDY =
      "give the network an AgcGradientNormalization, in its configuration or by Agc.wrap(net,"
          + " settings), and call Agc.attach(net): update(..) then clips where fit does";

  /** A clipped parameter whose gradient is given another norm, with how; {@code null} if none. */
  private String undone;

  /** Parameters to decay that are normalised, with how; {@code null} if there is none. */
  private String normalisedDecay;

  /** What is added to gradients of clipped parameters. */
  private final Findings added = new Findings();

  private boolean hasWarned;

  /** Looks at the parameters of a block, and at those of them that are clipped. */
  void inspect(NetworkParameters.Block block, List<Parameter> clipped) {
    for (int i = 0; i < block.parameters.size(); i++) {
      Parameter parameter = block.parameters.get(i);
      TrainingConfig config = block.of.getLayersAndVariablesInBlock().get(i).getLayer().getConfig();
      GradientNormalization normalisation = config.getGradientNormalization();
      boolean isNormalised = normalisation != null && normalisation != GradientNormalization.None;
      String how = parameter + " has the gradient normalisation " + normalisation;
      if (clipped.contains(parameter)) {
        if (undone == null
            && (normalisation == GradientNormalization.RenormalizeL2PerLayer
                || normalisation == GradientNormalization.RenormalizeL2PerParamType)) {
          undone = how;
        }
        addedTo(parameter, config.getRegularizationByParam(parameter.statistics.parameter));
      }
      if (normalisedDecay == null && isNormalised && parameter.isDecayed()) {
        normalisedDecay = how;
      }
    }
  }

  private void addedTo(Parameter parameter, List<Regularization> regularization) {
    if (regularization == null) {
      return;
    }
    for (Regularization each : regularization) {
      if (each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER) {
        added.add(each.toString(), parameter);
      }
    }
  }

  /**
   * Warns once of what is added: that may be meant, as decay that is not clipped is the paper's.
   *
   * @throws IllegalArgumentException if DL4J would undo the clipping, or normalise the decay
   */
  void check(double weightDecay) {
    CLIPPED_TOO_EARLY.require(
        undone == null,
        "{}, which comes after Agc.apply and gives the gradient another norm, whatever is"
            + " clipped; {}",
        undone,
        REMEDY);
    CLIPPED_TOO_EARLY.require(
        weightDecay == 0 || normalisedDecay == null,
        "weightDecay must be 0 here, got {}: {}, which comes after Agc.apply and would clip or"
            + " normalise the decay; {}",
        weightDecay,
        normalisedDecay,
        REMEDY);
    if (!hasWarned) {
      hasWarned = true;
      added.warn(
          CLIPPED_TOO_EARLY,
          (what, parameters) ->
              "DL4J adds "
                  + what
                  + " to the gradient of "
                  + parameters
                  + " after Agc.apply has clipped it, so that a step may be larger than the bound,"
                  + " and ratios are counted without it. To clip both together as in fit, "
                  + REMEDY
                  + ".");
    }
  }
}
