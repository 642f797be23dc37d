package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.junit.jupiter.api.Test;

/** Layers inside of layers, also where DL4J cannot train them: Bidirectional around wrappers. */
class InnerParameterTest {

  private final LSTM lstm = new LSTM.Builder().nIn(4).nOut(3).build();

  @Test
  void nameIsThatInTheInnermostLayer() {
    InnerParameter inner = InnerParameter.of(new Bidirectional(new LastTimeStep(lstm)), "fRW");
    assertThat(inner.layer).isSameAs(lstm);
    assertThat(inner.name).isEqualTo("RW");
    assertThat(inner.isFrozen).isFalse();
  }

  @Test
  void frozenIsFrozenWhereverItStands() {
    DenseLayer dense = new DenseLayer.Builder().nIn(4).nOut(3).build();
    assertThat(InnerParameter.of(new FrozenLayer(dense), "W").isFrozen).isTrue();
    assertThat(
            InnerParameter.of(new TimeDistributed(new FrozenLayerWithBackprop(dense)), "W")
                .isFrozen)
        .isTrue();
    assertThat(
            InnerParameter.of(
                    new Bidirectional(new LastTimeStep(new FrozenLayerWithBackprop(lstm))), "bW")
                .isFrozen)
        .isTrue();
    assertThat(
            InnerParameter.of(new FrozenLayerWithBackprop(new Bidirectional(lstm)), "bW").isFrozen)
        .isTrue();
  }
}
