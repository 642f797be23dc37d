package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.bench.ParameterSet;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.clip.UnitClipper;
import io.github.dl4jagc.internal.units.Units;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.OperationWatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * How many ND4J operations a step takes on the ND4J path, and how many bytes they move. Counted by
 * stand-ins of ND4J's executioner and of its factory of buffers, which pass everything on: each
 * call of {@code exec} is one operation, legacy or custom, and its operands are what it moves.
 */
class OperationBudgetTest {

  private static final Predicate<DataType> IN_PLACE = type -> true;
  private static final Predicate<DataType> COPIES = type -> type == DataType.DOUBLE;

  private OperationWatch watch;

  @BeforeEach
  void watch() throws ReflectiveOperationException {
    watch = new OperationWatch();
  }

  @AfterEach
  void restore() throws ReflectiveOperationException {
    watch.close();
  }

  /** The parameters of a network as a gradient clipper sees them. */
  private static List<ClipTarget> targets(ParameterSet parameters) {
    MultiLayerNetwork net =
        parameters.network(new AgcGradientNormalization(new NoOp()), GradientNormalization.None);
    INDArray gradient = net.getFlattenedGradients().reshape(net.numParams());
    gradient.assign(Networks.gaussian(1, gradient.length()));
    List<ClipTarget> targets = new ArrayList<>();
    for (Layer layer : net.getLayers()) {
      layer
          .paramTable()
          .forEach(
              (name, weights) -> {
                long start = weights.offset() - net.params().offset();
                INDArray part =
                    gradient.get(NDArrayIndex.interval(start, start + weights.length()));
                targets.add(
                    new ClipTarget(
                        weights,
                        part.reshape(weights.ordering(), weights.shape()),
                        units(weights)));
              });
    }
    return targets;
  }

  /** A filter of a convolution, a column of a matrix. */
  private static Units units(INDArray weights) {
    return weights.rank() == 4
        ? Units.of(weights.shape(), 0)
        : weights.rows() > 1 ? Units.of(weights.shape(), 1) : Units.of(weights.shape());
  }

  private static ClippingRule rule(double threshold) {
    return new ClippingRule(threshold, 1e-3, 1, NonFiniteGradients.PASS_THROUGH);
  }

  private static long elements(List<ClipTarget> targets) {
    return targets.stream().mapToLong(target -> target.gradient.length()).sum();
  }

  /** What the operations read and write, arrays of one element per unit included. */
  private long bytesMoved() {
    long bytes = 0;
    for (Object each : watch.operations()) {
      Op operation = (Op) each;
      bytes += bytes(operation.x()) + bytes(operation.y()) + bytes(operation.z());
    }
    return bytes;
  }

  private static long bytes(INDArray array) {
    return array == null ? 0 : array.length() * array.dataType().width();
  }

  private void step(UnitClipper clipper, double threshold) {
    watch.clear();
    clipper.clip(rule(threshold));
  }

  @Test
  void resNet50TakesFewOperationsAndMovesEachElementAsOftenAsItMust() {
    List<ClipTarget> targets = targets(ParameterSet.RESNET50);
    UnitClipper clipper = new Nd4jUnitClipper(targets, new Scratch(), IN_PLACE);

    step(clipper, 1e-9); // all clipped
    assertThat(watch.operations()).hasSizeBetween(100, 210);
    assertThat((double) bytesMoved() / elements(targets)).isBetween(16.0, 16.05);

    step(clipper, 1e9); // none
    assertThat(watch.operations()).hasSizeBetween(60, 140);
    assertThat((double) bytesMoved() / elements(targets)).isBetween(8.0, 8.05);
  }

  @Test
  void aThousandTinyLayersTakeSixOperations() {
    UnitClipper clipper =
        new Nd4jUnitClipper(targets(ParameterSet.TINY1000), new Scratch(), IN_PLACE);
    step(clipper, 1e-9);
    assertThat(watch.operations())
        .hasSize(6); // two norms and one scaling, for weights and for biases
  }

  @Test
  void nothingIsMadeAnewAfterTheFirstStep() {
    for (Predicate<DataType> isExact : List.of(IN_PLACE, COPIES)) {
      UnitClipper clipper =
          new Nd4jUnitClipper(targets(ParameterSet.TINY1000), new Scratch(), isExact);
      step(clipper, 1e-9);
      Set<Object> first = Collections.newSetFromMap(new IdentityHashMap<>());
      first.addAll(watch.operations());

      step(clipper, 1e-10);

      assertThat(watch.operations()).hasSize(first.size()).allMatch(first::contains);
      assertThat(watch.buffers()).isZero();
    }
  }

  @Test
  void copiesShareOneSmallScratchArray() {
    List<ClipTarget> targets = targets(ParameterSet.RESNET50);
    Scratch scratch = new Scratch();
    UnitClipper clipper = new Nd4jUnitClipper(targets, scratch, COPIES);
    assertThat(SharedMemory.bufferOf(scratch.array(1)).length())
        .isLessThanOrEqualTo(2 * GroupOperations.LARGEST_COPY);
    step(clipper, 1e-9); // ND4J keeps the dimensions of the first reduction for all that follow
    step(clipper, 1e-10);
    assertThat(watch.buffers()).isZero();
  }
}
