package io.github.dl4jagc.internal.dl4j;

import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** A parameter of a layer that may stand inside of others, which have its parameters as theirs. */
final class InnerParameter {

  final TrainingConfig layer;
  final String name;

  private InnerParameter(TrainingConfig layer, String name) {
    this.layer = layer;
    this.name = name;
  }

  /**
   * @param layer the outermost layer or vertex
   * @param name the parameter's name there
   */
  static InnerParameter of(TrainingConfig layer, String name) {
    if (layer instanceof Bidirectional) { // names are those of the layer inside, after "f" or "b"
      return of(((Bidirectional) layer).getFwd(), name.substring(1));
    }
    if (layer instanceof BaseWrapperLayer) {
      return of(((BaseWrapperLayer) layer).getUnderlying(), name);
    }
    if (layer instanceof FrozenLayer) {
      return of(((FrozenLayer) layer).getLayer(), name);
    }
    return new InnerParameter(layer, name);
  }
}
