package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What one parameter of a network with {@link Preset#TIMM} is in timm: its name and its shape. */
final class TimmArray {

  static final String STEM = "stem.conv";
  static final String HEAD = "head.fc";
  static final String SCALE = "skipinit_gain";

  private static final Pattern IN_BLOCK = Pattern.compile("stage(\\d+)-block(\\d+)-(.+)");

  private static final Map<String, String> PARTS =
      Map.of(
          DefaultParamInitializer.WEIGHT_KEY, "weight",
          DefaultParamInitializer.BIAS_KEY, "bias",
          StandardizedConvolutionParams.GAIN_KEY, "gain");

  private final INDArray parameter;
  private final long[] shape;

  private TimmArray(INDArray parameter, long... shape) {
    this.parameter = parameter;
    this.shape = shape;
  }

  /**
   * @param parameters of a network, or their gradients, by DL4J's names
   * @return the same by timm's names
   * @throws IllegalArgumentException if there are others than an {@link NfResNet} has
   */
  static Map<String, TimmArray> of(Map<String, INDArray> parameters) {
    Map<String, TimmArray> arrays = new TreeMap<>();
    parameters.forEach(
        (name, parameter) -> {
          int end = name.lastIndexOf('_');
          String layer = name.substring(0, end);
          String key = name.substring(end + 1);
          arrays.put(name(layer, key), new TimmArray(parameter, shape(key, parameter)));
        });
    return arrays;
  }

  /** As in {@code stages.1.0.}, of the block of this name's numbers, which start at 0 in timm. */
  static String block(int stage, int number) {
    return "stages." + (stage - 1) + "." + (number - 1) + ".";
  }

  private static String name(String layer, String key) {
    Matcher inBlock = IN_BLOCK.matcher(layer);
    if (inBlock.matches()) {
      String block = block(Integer.parseInt(inBlock.group(1)), Integer.parseInt(inBlock.group(2)));
      switch (inBlock.group(3)) {
        case "scale":
          return block + SCALE;
        case "shortcut":
          return block + "downsample.conv." + PARTS.get(key);
        default:
          return block + inBlock.group(3) + "." + PARTS.get(key);
      }
    }
    switch (layer) {
      case "stem":
        return STEM + "." + PARTS.get(key);
      case "output":
        return HEAD + "." + PARTS.get(key);
      default:
        throw WEIGHTS_CANNOT_BE_READ.argument(
            "The network must be an NfResNet to take timm's weights, and has a layer \"{}\"",
            layer);
    }
  }

  private static long[] shape(String key, INDArray parameter) {
    switch (key) {
      case DefaultParamInitializer.WEIGHT_KEY:
        return parameter.rank() == 2
            ? new long[] {parameter.columns(), parameter.rows()}
            : parameter.shape();
      case StandardizedConvolutionParams.GAIN_KEY:
        return new long[] {parameter.length(), 1, 1, 1};
      case SkipInit.Parameters.SCALE_KEY:
        return new long[0];
      default:
        return new long[] {parameter.length()};
    }
  }

  long[] shape() {
    return shape;
  }

  /** Gives the parameter the elements of the array, which are in row-major order. */
  void assign(double[] elements) {
    INDArray array = Nd4j.createFromArray(elements);
    parameter.assign(
        parameter.rank() == 2 && shape.length == 2
            ? array.reshape('c', shape).transpose()
            : array.reshape('c', parameter.shape()));
  }
}
