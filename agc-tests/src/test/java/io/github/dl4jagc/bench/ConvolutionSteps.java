package io.github.dl4jagc.bench;

import io.github.dl4jagc.models.StandardizedConvolution;
import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What does scaled weight standardisation cost? Forward and backward pass of a {@link
 * StandardizedConvolution} and of DL4J's own convolution of the same shape, in turn, so that a slow
 * moment of the machine hits both. Prints a table in about two minutes:
 *
 * <pre>
 * mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.ConvolutionSteps
 * </pre>
 */
public final class ConvolutionSteps {

  private static final int WARM_UP = 5;
  private static final int FEWEST_STEPS = 12;
  private static final long NANOS_PER_SHAPE = 6_000_000_000L;

  /** Minibatch, input channels, filters, kernel, height and width of the images. */
  private static final int[][] SHAPES = {
    {128, 16, 16, 3, 8},
    {32, 16, 16, 3, 8},
    {32, 64, 64, 3, 2},
    {8, 256, 64, 1, 56},
    {8, 64, 64, 3, 56},
    {8, 128, 128, 3, 28},
    {8, 256, 256, 3, 14},
    {8, 512, 512, 3, 7},
    {8, 512, 2048, 1, 7},
    {1, 512, 512, 3, 7},
  };

  private ConvolutionSteps() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    System.out.println(
        "| batch | channels | filters | kernel | image | DL4J, ms | standardised, ms | ratio |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (int[] shape : SHAPES) {
      System.out.println(measure(shape));
    }
    System.exit(0); // ND4J's threads
  }

  private static String measure(int[] shape) {
    Layer plain = layer(new ConvolutionLayer.Builder(shape[3], shape[3]), shape);
    Layer standardized = layer(new StandardizedConvolution.Builder(shape[3], shape[3]), shape);
    INDArray images = Nd4j.randn(DataType.FLOAT, shape[0], shape[1], shape[4], shape[4]);
    INDArray epsilon = Nd4j.randn(DataType.FLOAT, shape[0], shape[2], shape[4], shape[4]);
    for (int i = 0; i < WARM_UP; i++) {
      millis(plain, images, epsilon);
      millis(standardized, images, epsilon);
    }
    int steps = 0;
    double[] plainMillis = new double[10_000];
    double[] standardizedMillis = new double[10_000];
    long end = System.nanoTime() + NANOS_PER_SHAPE;
    double[] ratios = new double[plainMillis.length];
    while ((System.nanoTime() < end || steps < FEWEST_STEPS) && steps < ratios.length) {
      plainMillis[steps] = millis(plain, images, epsilon);
      standardizedMillis[steps] = millis(standardized, images, epsilon);
      ratios[steps] = standardizedMillis[steps] / plainMillis[steps];
      steps++;
      // Outside of workspaces off-heap arrays live until the collector finds them.
      System.gc();
    }
    double plainMedian = median(plainMillis, steps);
    double standardizedMedian = median(standardizedMillis, steps);
    return String.format(
        Locale.ROOT,
        "| %d | %d | %d | %dx%d | %dx%d | %.2f | %.2f | %.2f |",
        shape[0],
        shape[1],
        shape[2],
        shape[3],
        shape[3],
        shape[4],
        shape[4],
        plainMedian,
        standardizedMedian,
        median(ratios, steps));
  }

  private static Layer layer(ConvolutionLayer.Builder convolution, int... shape) {
    NeuralNetConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .layer(
                convolution
                    .convolutionMode(ConvolutionMode.Same)
                    .activation(Activation.IDENTITY)
                    .nIn(shape[1])
                    .nOut(shape[2])
                    .build())
            .build();
    long parameters = configuration.getLayer().initializer().numParams(configuration);
    Layer layer =
        configuration
            .getLayer()
            .instantiate(
                configuration,
                null,
                0,
                Nd4j.create(DataType.FLOAT, 1, parameters),
                true,
                DataType.FLOAT);
    layer.setBackpropGradientsViewArray(Nd4j.create(DataType.FLOAT, 1, parameters));
    return layer;
  }

  private static double millis(Layer layer, INDArray images, INDArray epsilon) {
    long start = System.nanoTime();
    layer.setInput(images, LayerWorkspaceMgr.noWorkspaces());
    layer.activate(true, LayerWorkspaceMgr.noWorkspaces());
    layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] times, int count) {
    return TrainingStep.quantile(Arrays.copyOf(times, count), 0.5);
  }
}
