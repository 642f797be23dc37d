package io.github.dl4jagc.bench;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcSettings;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Does a step whose update ratio is bounded cost more than one with a threshold? Either is one pass
 * over the parameters, before or after the inner updater, and here clips every unit.
 *
 * <p>Command: {@code mvn -q -Pbench -Dbench.main=org.openjdk.jmh.Main
 * -Dbench.arguments=UpdateRatioBenchmark -pl agc-tests -am test-compile}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class UpdateRatioBenchmark {

  /** The inner updater: the gradient is bounded before the first, the update after the second. */
  public enum Inner {
    /** Linear in the gradient. */
    NESTEROVS,
    /** Any other. */
    ADAM;

    IUpdater updater() {
      return this == NESTEROVS ? new Nesterovs(1e-3, 0.9) : new Adam(1e-3);
    }
  }

  /** What is bounded. */
  public enum Bound {
    /** The gradient, by a fixed threshold. */
    THRESHOLD,
    /** The update ratio. */
    UPDATE_RATIO;

    AgcSettings settings() {
      return this == THRESHOLD
          ? AgcSettings.builder().clippingThreshold(1e-9).build()
          : AgcSettings.builder().updateRatio(1e-12).build();
    }
  }

  /** The parameters. */
  @Param({"RESNET50"})
  public ParameterSet parameters;

  /** The inner updater. */
  @Param public Inner inner;

  /** What is bounded. */
  @Param public Bound bound;

  private GradientUpdater<?> updater;
  private INDArray gradient;
  private INDArray fresh;

  /** Makes the network and its gradient. */
  @Setup(Level.Trial)
  public void setUp() {
    MultiLayerNetwork net =
        parameters.network(
            new AgcGradientNormalization(inner.updater(), bound.settings()),
            GradientNormalization.None);
    Agc.attach(net);
    updater =
        ((BaseMultiLayerUpdater<?>) net.getUpdater())
            .getUpdaterBlocks()
            .get(0)
            .getGradientUpdater();
    gradient = net.getFlattenedGradients().reshape(net.numParams());
    fresh = Nd4j.randn(DataType.FLOAT, net.numParams());
  }

  /** An update is no gradient. */
  @Setup(Level.Invocation)
  public void newGradient() {
    gradient.assign(fresh);
  }

  /** One step of the updater, without DL4J's part of it. */
  @Benchmark
  public void step() {
    updater.applyUpdater(gradient, 0, 0);
    Nd4j.getExecutioner().commit(); // on a GPU: wait for it
  }
}
