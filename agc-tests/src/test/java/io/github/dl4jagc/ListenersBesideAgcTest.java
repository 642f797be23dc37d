package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.Networks;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** What docs/dl4j-listeners.md says that another listener sees, as DL4J's StatsListener. */
class ListenersBesideAgcTest {

  /** Keeps what {@code model.gradient()} is at each call. */
  private static final class Seen extends BaseTrainingListener {

    private INDArray afterBackward;
    private INDArray atGradient;
    private INDArray atTheEnd;

    @Override
    public void onBackwardPass(Model model) {
      afterBackward = model.gradient().gradient().dup();
    }

    @Override
    public void onGradientCalculation(Model model) {
      atGradient = model.gradient().gradient().dup();
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      atTheEnd = model.gradient().gradient().dup();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theGradientIsUnclippedAndTheUpdateIsClippedWhateverTheOrder(boolean agcFirst) {
    MultiDataSet data = Networks.denseData(8, 1);
    Seen without = new Seen();
    MultiLayerNetwork plain = Networks.dense(new Sgd(0.5));
    plain.setListeners(without);
    plain.fit(data);

    Seen seen = new Seen();
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.5), 0.05));
    INDArray before = net.params().dup();
    List<TrainingListener> listeners =
        agcFirst ? List.of(new AgcListener(), seen) : List.of(seen, new AgcListener());
    net.setListeners(listeners);
    net.fit(data);

    assertSameValues(seen.afterBackward, without.afterBackward);
    assertSameValues(seen.atGradient, without.atGradient);
    assertThat(without.atTheEnd.distance2(without.atGradient.mul(0.5 / 8)))
        .as("what comes before the update is summed over the minibatch")
        .isLessThan(1e-12);
    assertThat(seen.atTheEnd.distance2(before.sub(net.params()))).isLessThan(1e-12);
    assertThat(seen.atTheEnd.norm2Number().doubleValue())
        .isLessThan(0.5 * without.atTheEnd.norm2Number().doubleValue());
  }
}
