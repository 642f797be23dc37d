package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;
import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Weights of NF-ResNets that were trained elsewhere.
 *
 * <pre>{@code
 * ComputationGraph net = NfResNetWeights.readTimm(Path.of("nf_resnet50.safetensors"));
 * }</pre>
 *
 * <p>timm's {@code nf_resnet26}, {@code nf_resnet50} and {@code nf_resnet101}, and networks of its
 * class of other depths and widths with the same stem and the same kind of blocks; none with
 * squeeze-and-excitation or groups. The conventions of {@link Preset#TIMM} are theirs, so arrays
 * are taken as they are, but for their shapes. A file says nothing of the activation function,
 * which is ReLU in those networks, nor of what images were prepared with.
 */
public final class NfResNetWeights {

  private static final String LAST_WEIGHT = "conv3.weight";
  private static final int SIDE = 224;

  private NfResNetWeights() {}

  /**
   * A network with the weights of a file, of the depth, the widths, the input channels and the
   * classes that its arrays have; for images of 224 x 224 pixels, but others will do as well. Its
   * updater is {@link NfResNet}'s default.
   *
   * @param file in the safetensors format, of types F16, BF16, F32 and F64
   * @return a new network
   * @throws java.io.UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it is damaged, or not of such a network
   */
  public static ComputationGraph readTimm(Path file) {
    try (SafeTensors arrays = SafeTensors.open(file)) {
      return fill(describe(arrays).init(), arrays);
    }
  }

  /**
   * Replaces all parameters of a network by those of a file. Each array of the file is the value of
   * one parameter; where one is left over or missing or of another shape, nothing is changed.
   *
   * @param file in the safetensors format, of types F16, BF16, F32 and F64
   * @param network of {@link NfResNet} with {@link Preset#TIMM} and {@code publishedGamma}, which
   *     comes with it; changed in place, but for the state of its updaters
   * @return {@code network}
   * @throws java.io.UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it is damaged, or not of such a network
   * @throws IllegalStateException if the network has not been initialised
   */
  public static ComputationGraph readTimm(Path file, ComputationGraph network) {
    requireTimm(network);
    try (SafeTensors arrays = SafeTensors.open(file)) {
      return fill(network, arrays);
    }
  }

  /** The epsilon is what tells the two apart in each convolution. */
  private static void requireTimm(ComputationGraph network) {
    Objects.requireNonNull(network, "network must not be null; leave it out");
    if (network.getLayers() == null) {
      throw NOT_A_NETWORK.state("The network has no parameters yet: call init() on it first");
    }
    for (Map.Entry<String, GraphVertex> vertex :
        network.getConfiguration().getVertices().entrySet()) {
      if (vertex.getValue() instanceof LayerVertex) {
        Layer layer = ((LayerVertex) vertex.getValue()).getLayerConf().getLayer();
        if (layer instanceof FrozenLayer) {
          layer = ((FrozenLayer) layer).getLayer();
        }
        if (layer instanceof StandardizedConvolution
            && ((StandardizedConvolution) layer).epsilon() != Preset.TIMM.epsilon()) {
          throw WEIGHTS_CANNOT_BE_READ.argument(
              "The network must be an NfResNet with preset(Preset.TIMM) to take timm's weights, got"
                  + " layer \"{}\" with epsilon {} in place of {}",
              vertex.getKey(),
              ((StandardizedConvolution) layer).epsilon(),
              Preset.TIMM.epsilon());
        }
      }
    }
  }

  private static ComputationGraph fill(ComputationGraph network, SafeTensors file) {
    Map<String, TimmArray> arrays = TimmArray.of(network.paramTable());
    Map<String, long[]> shapes = new TreeMap<>();
    arrays.forEach((name, array) -> shapes.put(name, array.shape()));
    requireSame(shapes, file);
    arrays.forEach((name, array) -> array.assign(file.values(name)));
    return network;
  }

  private static void requireSame(Map<String, long[]> wanted, SafeTensors file) {
    Set<String> leftOver = new TreeSet<>(file.names());
    leftOver.removeAll(wanted.keySet());
    Set<String> missing = new TreeSet<>(wanted.keySet());
    missing.removeAll(file.names());
    List<String> misshapen = new ArrayList<>();
    wanted.forEach(
        (name, shape) -> {
          if (file.names().contains(name) && !Arrays.equals(shape, file.shape(name))) {
            misshapen.add(
                name + " " + Arrays.toString(file.shape(name)) + " for " + Arrays.toString(shape));
          }
        });
    if (!leftOver.isEmpty() || !missing.isEmpty() || !misshapen.isEmpty()) {
      throw WEIGHTS_CANNOT_BE_READ.argument(
          "The arrays of {} must be those of the network; left over in the file: {}; missing in it:"
              + " {}; of another shape: {}",
          file,
          Excerpt.of(leftOver),
          Excerpt.of(missing),
          Excerpt.of(misshapen));
    }
  }

  /**
   * The network that the file's first arrays tell of, once all others are known to be its own:
   * nothing is built that a file has only a few bytes of.
   */
  private static NfResNet describe(SafeTensors file) {
    List<Integer> blocks = new ArrayList<>();
    for (int count; (count = countBlocks(file, blocks.size() + 1)) > 0; ) {
      blocks.add(count);
    }
    int[] stem = shape(file, TimmArray.STEM + ".weight", 1, 1, 1, 1);
    int[] lastOfFirstBlock = shape(file, TimmArray.block(1, 1) + LAST_WEIGHT, 8, 1, 1, 1);
    int[] head = shape(file, TimmArray.HEAD + ".weight", 2, 1);
    boolean skipInit = file.names().contains(TimmArray.block(1, 1) + TimmArray.SCALE);
    ResNetShape shape =
        ResNetShape.bottlenecks(
            stem[0], lastOfFirstBlock[0], blocks.stream().mapToInt(Integer::intValue).toArray());
    requireSame(TimmShapes.of(shape, stem[1], head[0], skipInit), file);
    return NfResNet.builder()
        .shape(shape)
        .inputShape(stem[1], SIDE, SIDE)
        .classes(head[0])
        .preset(Preset.TIMM)
        .skipInit(skipInit)
        .build();
  }

  private static int countBlocks(SafeTensors file, int stage) {
    int count = 0;
    while (file.names().contains(TimmArray.block(stage, count + 1) + LAST_WEIGHT)) {
      count++;
    }
    return count;
  }

  /** The sizes of an array that has to be there, with as many dimensions, and none smaller. */
  private static int[] shape(SafeTensors file, String name, int... smallest) {
    if (!file.names().contains(name)) {
      throw WEIGHTS_CANNOT_BE_READ.argument(
          "{} must have an array \"{}\" to be of timm's NF-ResNets, and has only {}",
          file,
          name,
          Excerpt.of(file.names()));
    }
    long[] shape = file.shape(name);
    boolean fits = shape.length == smallest.length;
    for (int i = 0; fits && i < smallest.length; i++) {
      fits = shape[i] >= smallest[i];
    }
    if (!fits) {
      throw WEIGHTS_CANNOT_BE_READ.argument(
          "{} must have an array \"{}\" of {} dimensions, at least {}, to be of timm's NF-ResNets,"
              + " and its shape is {}",
          file,
          name,
          smallest.length,
          smallest,
          shape);
    }
    // Positive sizes whose product is the length of a Java array.
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }
}
