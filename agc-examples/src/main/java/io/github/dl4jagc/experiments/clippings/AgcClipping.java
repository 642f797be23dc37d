package io.github.dl4jagc.experiments.clippings;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcOptions;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ParameterKind;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** AGC around the updater. */
final class AgcClipping implements Clipping {

  private static final String FLOOR = "floor="; // of the norms of biases and gains
  private static final String WEIGHTS_FLOOR = "weights-floor=";

  private final AgcSettings settings;

  private AgcClipping(AgcOptions<AgcSettings> settings, ClippingSpec spec) {
    List<String> layers = new ArrayList<>();
    for (String part : spec.parts()) {
      switch (part) {
        case "no-output":
          settings.excludeOutputLayer(true);
          break;
        case "no-stem":
          layers.add("stem");
          break;
        case "no-scales": // the learned scales of an NF-ResNet's residual branches
          layers.add("*-scale");
          break;
        case "no-biases":
          settings.excludeKinds(ParameterKind.BIAS);
          break;
        default:
          spec.require(
              part.startsWith(FLOOR) || part.startsWith(WEIGHTS_FLOOR),
              "what is left alone must be no-output, no-stem, no-scales or no-biases, or floor=1,"
                  + " or weights-floor=0.1");
          double floor = spec.number(part.substring(part.indexOf('=') + 1));
          if (part.startsWith(FLOOR)) {
            settings.biasEpsilon(floor);
          } else {
            settings.weightEpsilon(floor);
          }
      }
    }
    this.settings = settings.excludeLayers(layers.toArray(new String[0])).build();
  }

  /** With a fixed threshold. */
  static AgcClipping threshold(ClippingSpec spec) {
    return new AgcClipping(AgcSettings.builder().clippingThreshold(spec.number()), spec);
  }

  /** With an update ratio. */
  static AgcClipping updateRatio(ClippingSpec spec) {
    return new AgcClipping(AgcSettings.builder().updateRatio(spec.number()), spec);
  }

  @Override
  public IUpdater around(IUpdater inner) {
    return new AgcGradientNormalization(inner, settings);
  }

  @Override
  public List<TrainingListener> listeners(ISchedule learningRate) {
    return List.of(new AgcListener());
  }
}
