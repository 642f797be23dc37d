package io.github.dl4jagc.internal.dl4j;

import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** A parameter of a layer that may stand inside of others, which have its parameters as theirs. */
final class InnerParameter {

  final TrainingConfig layer;
  final String name;

  /** Whether the layer is frozen, or one that it stands inside of. */
  final boolean isFrozen;

  private InnerParameter(TrainingConfig layer, String name, boolean isFrozen) {
    this.layer = layer;
    this.name = name;
    this.isFrozen = isFrozen;
  }

  /** Of the outermost layer or vertex, and the parameter's name there. */
  static InnerParameter of(TrainingConfig layer, String name) {
    return of(layer, name, false);
  }

  private static InnerParameter of(TrainingConfig layer, String name, boolean isFrozen) {
    if (layer instanceof Bidirectional) { // names are those of the layer inside, after "f" or "b"
      return of(((Bidirectional) layer).getFwd(), name.substring(1), isFrozen);
    }
    if (layer instanceof BaseWrapperLayer) {
      boolean freezes = layer instanceof FrozenLayerWithBackprop;
      return of(((BaseWrapperLayer) layer).getUnderlying(), name, isFrozen || freezes);
    }
    if (layer instanceof FrozenLayer) {
      return of(((FrozenLayer) layer).getLayer(), name, true);
    }
    return new InnerParameter(layer, name, isFrozen);
  }
}
