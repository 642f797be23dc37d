package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** The bound of {@code updateRatio} in SameDiff, on other clippers and on several threads. */
class UpdateRatioPathsTest {

  private static final double RATIO = 0.02;

  private static IUpdater agc(IUpdater inner) {
    return AgcGradientNormalization.builder(inner).updateRatio(RATIO).build();
  }

  /** That no unit moved further than it may, and some would have. */
  private static void assertWithinTheBound(
      Map<String, INDArray> before, Map<String, INDArray> now, Map<String, int[]> units) {
    units.forEach(
        (name, dimensions) -> {
          INDArray old = before.get(name);
          double floor = dimensions.length == 0 ? 1 : 0.1;
          double[] norms = Oracle.norms(old, dimensions);
          double[] steps = Oracle.norms(old.sub(now.get(name)), dimensions);
          for (int unit = 0; unit < norms.length; unit++) {
            assertThat(steps[unit])
                .as("%s, unit %d", name, unit)
                .isLessThanOrEqualTo(RATIO * Math.max(norms[unit], floor) * (1 + 1e-9));
          }
        });
  }

  static Stream<IUpdater> withoutMemory() {
    return Stream.of(new Sgd(30), new Adam(0.5), new RmsProp(0.5));
  }

  @ParameterizedTest
  @MethodSource("withoutMemory")
  void holdsInSameDiff(IUpdater inner) {
    Map<String, int[]> units = new LinkedHashMap<>();
    units.put("weights", new int[] {1});
    units.put("bias", new int[0]);
    units.put("transposed", new int[] {0});
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable weights = sd.var("weights", Networks.gaussian(3, 4, 6));
    SDVariable bias = sd.var("bias", Networks.gaussian(4, 6).muli(0));
    SDVariable hidden = sd.math().tanh(in.mmul(weights).add(bias));
    SDVariable transposed = sd.var("transposed", Networks.gaussian(5, 3, 6));
    SDVariable logits = sd.mmul(hidden, transposed, false, true, false);
    sd.loss().softmaxCrossEntropy("loss", label, logits, null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(agc(inner))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    sd.setListeners(new AgcSameDiffListener());
    for (int step = 0; step < 10; step++) {
      Map<String, INDArray> before = arrays(sd, units);
      sd.fit(new DataSet(Networks.gaussian(step, 8, 4), Networks.oneHot(step, 8, 3)));
      assertWithinTheBound(before, arrays(sd, units), units);
    }
    assertThat(AgcReport.of(sd).total().clippedShare()).isGreaterThan(0.5);
  }

  private static Map<String, INDArray> arrays(SameDiff sd, Map<String, int[]> units) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    units.keySet().forEach(name -> arrays.put(name, sd.getVariable(name).getArr().dup()));
    return arrays;
  }

  static Stream<Arguments> clippers() {
    return Stream.of("host", "java", "nd4j")
        .flatMap(clipper -> withoutMemory().map(inner -> Arguments.of(clipper, inner)));
  }

  @ParameterizedTest
  @MethodSource("clippers")
  void holdsWhateverClips(String clipper, IUpdater inner) {
    System.setProperty("io.github.dl4jagc.clipper", clipper);
    try {
      MultiLayerNetwork net = Networks.dense(agc(inner));
      Agc.attach(net);
      for (int step = 0; step < 20; step++) {
        Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
        NetworkCheck.fit(net, Networks.denseData(8, step));
        assertWithinTheBound(before, net.paramTable(), Networks.denseUnits());
      }
      assertThat(AgcReport.of(net).total().clippedShare()).isGreaterThan(0.5);
    } finally {
      System.clearProperty("io.github.dl4jagc.clipper");
    }
  }

  /** Checks each step of each replica. */
  private static final class EachStep extends BaseTrainingListener {
    final ConcurrentMap<Model, Map<String, INDArray>> before = new ConcurrentHashMap<>();
    final AtomicInteger steps = new AtomicInteger();
    final AtomicReference<AssertionError> failure = new AtomicReference<>();

    @Override
    public void onGradientCalculation(Model model) {
      before.put(model, NetworkCheck.copies(model.paramTable(false)));
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      try {
        assertWithinTheBound(before.remove(model), model.paramTable(false), Networks.denseUnits());
        steps.incrementAndGet();
      } catch (AssertionError e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  /** One whose gradients are bounded, and one whose updates are. */
  static Stream<IUpdater> ofEachForm() {
    return Stream.of(new Sgd(30), new Adam(0.5));
  }

  @ParameterizedTest
  @MethodSource("ofEachForm")
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void holdsInEveryReplicaOfAParallelWrapper(IUpdater inner) {
    MultiLayerNetwork root = Networks.dense(agc(inner));
    List<DataSet> data = Networks.minibatches(6);
    EachStep check = new EachStep();
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(root)
            .workers(2)
            .averagingFrequency(3)
            .prefetchBuffer(0)
            .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
            .build();
    wrapper.setListeners(new AgcListener(), check);
    wrapper.fit(new ExistingDataSetIterator(data));
    if (check.failure.get() != null) {
      throw check.failure.get();
    }
    assertThat(check.steps).hasValue(6);
    assertThat(AgcReport.of(root).total().clippedShare()).isGreaterThan(0.5);
  }

  /**
   * Keeps replicas from training before all of them are there. DL4J's first worker trains the root
   * network itself, while the others copy it: its parameters, then the state of its updater, from
   * before, after or in the midst of a step.
   */
  private static final class StartTogether extends BaseTrainingListener {
    private final CyclicBarrier replicas = new CyclicBarrier(2);

    @Override
    public void onGradientCalculation(Model model) {
      try {
        replicas.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static Stream<IUpdater> withAndWithoutMemory() {
    return Stream.of(new Sgd(30), new Nesterovs(1, 0.9), new AMSGrad(0.5));
  }

  /** An average of parameters that keep to the bound does so too. */
  @ParameterizedTest
  @MethodSource("withAndWithoutMemory")
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void averagingIsTheAverageOfTwoLocalNetworks(IUpdater inner) {
    MultiLayerNetwork root = Networks.dense(agc(inner));
    List<DataSet> data = Networks.minibatches(4);
    MultiLayerNetwork one = root.clone();
    MultiLayerNetwork other = root.clone();
    Agc.attach(one);
    Agc.attach(other);
    for (int round = 0; round < 2; round++) {
      one.fit(data.get(2 * round));
      other.fit(data.get(2 * round + 1));
      average(one.params(), other.params());
      if (inner.stateSize(1) > 0) {
        average(one.getUpdater().getStateViewArray(), other.getUpdater().getStateViewArray());
      }
    }
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(root)
            .workers(2)
            .averagingFrequency(1)
            .prefetchBuffer(0)
            .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
            .build();
    wrapper.setListeners(new AgcListener(), new StartTogether());
    wrapper.fit(new ExistingDataSetIterator(data));
    assertThat(root.params().distance2(one.params())).isLessThan(1e-12);
    assertThat(AgcReport.of(one).total().clippedShare()).isGreaterThan(0.5);
  }

  private static void average(INDArray one, INDArray other) {
    one.addi(other).divi(2);
    other.assign(one);
  }
}
