package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.RandomSteps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * No step changes a unit by more than {@code updateRatio} times its norm, over a thousand random
 * steps, with every updater and every layer type.
 */
class UpdateRatioBoundTest {

  private static final double RATIO = 0.03;

  /** Another value at each iteration, over many decades; sometimes 0. The same for all copies. */
  static final class Jumping implements ISchedule {
    private static final long serialVersionUID = 1L;
    private final double middle;
    private final double decades;

    Jumping(double middle, double decades) {
      this.middle = middle;
      this.decades = decades;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      Random random = new Random(7919L * (iteration + 1));
      return iteration % 11 == 10
          ? 0
          : middle * Math.pow(10, decades * (2 * random.nextDouble() - 1));
    }

    @Override
    public ISchedule clone() {
      return this;
    }
  }

  /** In [0, 0.99]. */
  static final class JumpingMomentum implements ISchedule {
    private static final long serialVersionUID = 1L;

    @Override
    public double valueAt(int iteration, int epoch) {
      return iteration % 7 == 0 ? 0 : 0.99 * new Random(104729L * (iteration + 1)).nextDouble();
    }

    @Override
    public ISchedule clone() {
      return this;
    }
  }

  static Stream<Arguments> updaters() {
    ISchedule rate = new Jumping(0.1, 3);
    return Stream.<IUpdater>of(
            new Sgd(0.5),
            new Sgd(rate),
            new Nesterovs(0.3, 0.9),
            new Nesterovs(rate, 0.9),
            new Nesterovs(rate, new JumpingMomentum()),
            new Adam(0.1),
            new Adam(rate),
            new AMSGrad(rate),
            new AdaMax(rate),
            new Nadam(rate),
            new AdaGrad(10),
            new AdaDelta(),
            new RmsProp(rate),
            new NoOp())
        .map(updater -> Arguments.of(Named.of(updater.toString(), updater)));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void holdsForEveryUpdater(IUpdater inner) {
    RandomSteps steps = steps(inner, 1_000);
    // Of steps of 10^N(0, 2) times the gradients' size many would have been larger.
    assertThat(steps.largestRatio()).isGreaterThan(0.6 * RATIO);
  }

  private static RandomSteps steps(IUpdater inner, int count) {
    RandomSteps steps = dense(inner);
    for (int iteration = 0; iteration < count; iteration++) {
      steps.step(iteration, RATIO, momentum(inner, iteration));
    }
    return steps;
  }

  private static RandomSteps dense(IUpdater inner) {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(inner).updateRatio(RATIO).weightEpsilon(1e-3).build());
    Agc.attach(net);
    Map<String, Double> floors = new LinkedHashMap<>();
    Networks.denseUnits().forEach((name, units) -> floors.put(name, units.length == 0 ? 1 : 1e-3));
    return new RandomSteps(net, Networks.denseData(8, 1), Networks.denseUnits(), floors, 5);
  }

  private static double momentum(IUpdater inner, int iteration) {
    return inner instanceof Nesterovs ? ((Nesterovs) inner).currentMomentum(iteration, 0) : 0;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.9})
  void isOfTheNormThatAVelocityRemembersWhereNormsFall(double momentum) {
    RandomSteps steps = dense(new Nesterovs(0.3, momentum));
    for (int iteration = 0; iteration < 40; iteration++) {
      steps.stepAgainstTheWeights(iteration, RATIO, momentum);
    }
    if (momentum == 0) {
      assertThat(steps.largestRatio()).isLessThanOrEqualTo(RATIO * (1 + 1e-9));
    } else { // of the present norm, which has fallen to a third: more than the bound
      assertThat(steps.largestRatio()).isBetween(1.005 * RATIO, 2 * RATIO);
    }
  }

  static Stream<Arguments> layers() {
    return Stream.of(new Sgd(10), new Nesterovs(10, 0.9), new Adam(0.5))
        .flatMap(
            inner ->
                EveryLayer.cases(AgcGradientNormalization.builder(inner).updateRatio(RATIO).build())
                    .map(
                        each ->
                            Arguments.of(Named.of(name(inner, each), each.getPayload()), inner)));
  }

  private static String name(IUpdater inner, Named<LayerCase> each) {
    return inner.getClass().getSimpleName() + ", " + each.getName();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void holdsForEveryLayerType(LayerCase each, IUpdater inner) {
    attach(each.net);
    RandomSteps steps =
        new RandomSteps(each.net, each.data, each.units, floors(each.net, each.units), 3);
    for (int iteration = 0; iteration < 40; iteration++) {
      steps.step(iteration, RATIO, momentum(inner, iteration));
    }
    assertThat(AgcReport.of(each.net).total().clippedShare()).isGreaterThan(0.01);
  }

  private static void attach(Model net) {
    if (net instanceof MultiLayerNetwork) {
      Agc.attach((MultiLayerNetwork) net);
    } else {
      Agc.attach((ComputationGraph) net);
    }
  }

  /** 0.1 for weights, 1 for biases and gains. */
  private static Map<String, Double> floors(Model net, Map<String, int[]> units) {
    AgcReport report = AgcReport.of(net);
    Map<String, Double> floors = new LinkedHashMap<>();
    for (String name : units.keySet()) {
      int split = name.lastIndexOf('_');
      String layer = name.substring(0, split);
      String layerName =
          net instanceof MultiLayerNetwork
              ? ((MultiLayerNetwork) net).getLayerNames().get(Integer.parseInt(layer))
              : layer;
      boolean weight = report.row(layerName, name.substring(split + 1)).orElseThrow().isWeight();
      floors.put(name, weight ? 0.1 : 1);
    }
    return floors;
  }
}
