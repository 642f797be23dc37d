package io.github.dl4jagc.bench;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.NoOp;
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

/** Does the time per parameter stay the same from 10^5 to 10^8 parameters, beside the floor's? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FlatnessBenchmark {

  /** The parameters. */
  @Param({"DENSE_1E5", "DENSE_1E6", "DENSE_1E7", "DENSE_1E8"})
  public ParameterSet parameters;

  private INDArray gradient;
  private INDArray fresh;
  private GradientUpdater<?> updater;
  private Runnable floor;

  /** Makes the network and its gradient. */
  @Setup(Level.Trial)
  public void setUp() {
    MultiLayerNetwork net =
        parameters.network(
            new AgcGradientNormalization(new NoOp(), 1e-9), GradientNormalization.None);
    Agc.attach(net);
    INDArray weights = net.params().reshape(net.numParams());
    gradient = net.getFlattenedGradients().reshape(net.numParams());
    fresh = Nd4j.randn(DataType.FLOAT, net.numParams());
    floor = FlatPasses.fastest(weights, gradient);
    updater =
        ((BaseMultiLayerUpdater<?>) net.getUpdater())
            .getUpdaterBlocks()
            .get(0)
            .getGradientUpdater();
  }

  /** A clipped gradient would not be clipped again. */
  @Setup(Level.Invocation)
  public void newGradient() {
    gradient.assign(fresh);
  }

  /** This library, every unit clipped. */
  @Benchmark
  public void agc() {
    updater.applyUpdater(gradient, 0, 0);
    Nd4j.getExecutioner().commit(); // on a GPU: wait for it
  }

  /** Norm of W, norm of G, scale G. */
  @Benchmark
  public void floor() {
    floor.run();
    Nd4j.getExecutioner().commit();
  }
}
