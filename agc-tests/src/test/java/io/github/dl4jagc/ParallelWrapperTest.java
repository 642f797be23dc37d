package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.EncodedGradientsAccumulator;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's training on several threads. */
class ParallelWrapperTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void parallelWrapperAveragingIsTheAverageOfTwoLocalNetworks() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    List<DataSet> data = Networks.minibatches(2);
    INDArray one = trainedCopy(root, data.get(0)).params();
    INDArray other = trainedCopy(root, data.get(1)).params();
    // DL4J's second worker copies the root network at its start, while the first may already have
    // trained it.
    INDArray later = trainedCopy(trainedCopy(root, data.get(0)), data.get(1)).params();

    AgcListener listener = new AgcListener(1);
    train(root, listener, ParallelWrapper.TrainingMode.AVERAGING, 2, data);
    assertThat(
            List.of(
                root.params().distance2(one.add(other).divi(2)),
                root.params().distance2(one.add(later).divi(2))))
        .anyMatch(distance -> distance < 1e-9);
    assertThat(AgcReport.of(root).total().clippedUnits())
        .as("the first worker trains the root network itself")
        .isPositive();
  }

  private static MultiLayerNetwork trainedCopy(MultiLayerNetwork net, DataSet data) {
    MultiLayerNetwork copy = net.clone();
    Agc.attach(copy);
    copy.fit(data);
    return copy;
  }

  /**
   * The update that each worker's updater gives, before DL4J averages weights or shares updates,
   * against the weights that it was made for.
   */
  private static class UpdateCheck extends BaseTrainingListener {

    private static final double ROUNDING = 1e-9;

    private final double learningRate;
    private final ThreadLocal<Map<String, INDArray>> weights = new ThreadLocal<>();
    private final ThreadLocal<Map<String, INDArray>> updates = new ThreadLocal<>();
    private final AtomicLong units = new AtomicLong();
    private final AtomicLong unitsAtTheBound = new AtomicLong();
    private final Set<Model> networks = ConcurrentHashMap.newKeySet();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    UpdateCheck(double learningRate) {
      this.learningRate = learningRate;
    }

    @Override
    public void onGradientCalculation(Model model) {
      networks.add(model);
      weights.set(NetworkCheck.copies(model.paramTable(false)));
      updates.set(model.gradient().gradientForVariable()); // the updater works in place
    }

    /** To be called by the worker's thread when the update is there. */
    void check() {
      Networks.denseUnits().forEach(this::check);
    }

    private void check(String name, int[] unitDimensions) {
      double[] weightNorms = Oracle.norms(weights.get().get(name), unitDimensions);
      double[] norms = Oracle.norms(updates.get().get(name), unitDimensions);
      for (int unit = 0; unit < norms.length; unit++) {
        double bound = learningRate * THRESHOLD * Math.max(weightNorms[unit], 1e-3);
        units.incrementAndGet();
        if (!(norms[unit] <= bound * (1 + ROUNDING))) {
          violations.add(name + ", unit " + unit + ": " + norms[unit] + " above " + bound);
        } else if (norms[unit] > bound * (1 - ROUNDING)) {
          unitsAtTheBound.incrementAndGet();
        }
      }
    }

    void assertKept(MultiLayerNetwork root, int minibatches) {
      assertThat(violations).isEmpty();
      assertThat(networks).as("one of each worker").hasSize(3);
      AgcReport report = AgcReport.of(root);
      long unitsOfANetwork = report.rows().stream().mapToLong(ReportRow::units).sum();
      assertThat(units.get()).isEqualTo(minibatches * unitsOfANetwork);
      assertThat(unitsAtTheBound.get()).isBetween(1L, units.get() - 1);
      assertThat(report.total().clippedUnits()).isPositive();
    }
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void everyUpdateOfThreeWorkersKeepsToTheBoundBeforeTheirWeightsAreAveraged() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.1)));
    UpdateCheck check =
        new UpdateCheck(0.1) {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            check();
          }
        };
    ParallelWrapper wrapper = wrapper(root, ParallelWrapper.TrainingMode.AVERAGING, 3);
    wrapper.setListeners(new AgcListener(), check);
    wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(12)));
    check.assertKept(root, 12);
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void everyUpdateOfThreeWorkersKeepsToTheBoundBeforeItIsShared() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.1)));
    root.getUpdater(); // else a second fit of a SHARED_GRADIENTS wrapper may deadlock in DL4J
    INDArray before = root.params().dup();
    UpdateCheck check = new UpdateCheck(0.1);
    ParallelWrapper wrapper =
        builder(root, ParallelWrapper.TrainingMode.SHARED_GRADIENTS, 3)
            .gradientsAccumulator(
                new EncodedGradientsAccumulator(3, 1e-6) {
                  @Override
                  public void storeUpdate(INDArray update, int iteration, int epoch) {
                    check.check();
                    super.storeUpdate(update, iteration, epoch);
                  }
                })
            .build();
    wrapper.setListeners(new AgcListener(), check);
    wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(12)));
    check.assertKept(root, 12);
    assertThat(root.params()).isNotEqualTo(before);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void listenerThatTheNetworkHasBeforeTheWrapperIsBuiltServes() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    root.setListeners(new AgcListener());
    ParallelWrapper wrapper = wrapper(root, ParallelWrapper.TrainingMode.AVERAGING, 2);
    assertThat(root.getListeners()).isEmpty();
    wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(2)));
    assertThat(AgcReport.of(root).total().clippedUnits()).isPositive();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void listenerThatTheNetworkGetsAfterwardsIsReplaced() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    ParallelWrapper wrapper = wrapper(root, ParallelWrapper.TrainingMode.AVERAGING, 2);
    root.setListeners(new AgcListener());
    assertThatThrownBy(() -> wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(2))))
        .isExactlyInstanceOf(RuntimeException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("never bound");
  }

  private static void train(
      MultiLayerNetwork root,
      TrainingListener listener,
      ParallelWrapper.TrainingMode mode,
      int workers,
      List<DataSet> data) {
    ParallelWrapper wrapper = wrapper(root, mode, workers);
    wrapper.setListeners(listener);
    wrapper.fit(new ExistingDataSetIterator(data));
  }

  private static ParallelWrapper wrapper(
      MultiLayerNetwork root, ParallelWrapper.TrainingMode mode, int workers) {
    return builder(root, mode, workers).build();
  }

  private static ParallelWrapper.Builder<MultiLayerNetwork> builder(
      MultiLayerNetwork root, ParallelWrapper.TrainingMode mode, int workers) {
    ParallelWrapper.Builder<MultiLayerNetwork> builder = new ParallelWrapper.Builder<>(root);
    builder.workers(workers).averagingFrequency(1).prefetchBuffer(0).trainingMode(mode);
    return builder;
  }
}
