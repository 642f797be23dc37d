package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Against timm's own class in PyTorch: {@code agc-tests/src/peers/timm_nf_resnet.py} wrote the
 * files, which have small networks with random weights.
 */
class NfResNetWeightsTest {

  private static final SafeTensors OUTPUTS = SafeTensors.open(resource("timm-nf-resnet-outputs"));

  @TempDir Path folder;

  private static Path resource(String name) {
    return Path.of(
        URI.create(NfResNetWeightsTest.class.getResource("/" + name + ".safetensors").toString()));
  }

  private static INDArray output(String name, DataType type) {
    return Nd4j.createFromArray(OUTPUTS.values(name))
        .reshape('c', OUTPUTS.shape(name))
        .castTo(type);
  }

  private static ComputationGraph network(DataType type, NfResNet.Builder settings) {
    ComputationGraphConfiguration configuration = settings.build().conf();
    configuration.setDataType(type);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  /** As the script's. */
  private static NfResNet.Builder narrow(int... blocks) {
    return NfResNet.builder()
        .shape(ResNetShape.bottlenecks(6, 8, blocks))
        .inputShape(3, 35, 42)
        .classes(5)
        .preset(Preset.TIMM);
  }

  private static NfResNet.Builder narrow() {
    return narrow(2, 1, 1, 1);
  }

  private static double largest(INDArray array) {
    return array.amaxNumber().doubleValue();
  }

  /** DL4J gives probabilities, which are the same for logits that differ by a constant. */
  private static INDArray logits(ComputationGraph network, DataType type) {
    INDArray features = network.feedForward(output("input", type), false).get("pooled");
    return features
        .reshape(features.size(0), features.size(1))
        .mmul(network.getParam("output_W"))
        .addiRowVector(network.getParam("output_b"));
  }

  @ParameterizedTest
  @CsvSource({
    "timm-nf-resnet, logits, DOUBLE, 1e-10",
    "timm-nf-resnet, logits, FLOAT, 1e-5",
    "timm-nf-resnet-f16, logits.f16, DOUBLE, 1e-10",
    "timm-nf-resnet-f16, logits.f16, FLOAT, 1e-5",
  })
  void logitsAreThoseOfTimm(String file, String expected, DataType type, double tolerance) {
    ComputationGraph network = network(type, narrow());
    assertThat(NfResNetWeights.readTimm(resource(file), network)).isSameAs(network);
    INDArray difference = logits(network, type).sub(output(expected, type));
    assertThat(largest(difference)).isLessThan(tolerance);
  }

  @Test
  void gradientsAreThoseOfTimm() {
    ComputationGraph network = network(DataType.DOUBLE, narrow());
    NfResNetWeights.readTimm(resource("timm-nf-resnet"), network);
    network.setInput(0, output("input", DataType.DOUBLE));
    network.setLabel(0, output("labels", DataType.DOUBLE));
    network.computeGradientAndScore();
    Map<String, INDArray> actual = network.gradient().gradientForVariable();
    Map<String, INDArray> expected = new HashMap<>();
    actual.forEach((name, gradient) -> expected.put(name, gradient.ulike()));
    TimmArray.of(expected)
        .forEach((name, array) -> array.assign(OUTPUTS.values("gradient." + name)));
    assertThat(actual).hasSameSizeAs(network.paramTable());
    actual.forEach(
        (name, gradient) ->
            assertThat(largest(gradient.sub(expected.get(name))))
                .as(name)
                .isLessThan(1e-10 * Math.max(1, largest(expected.get(name)))));
  }

  @Test
  void networkOfTheFilesShapesIsMadeForIt() {
    ComputationGraph network = NfResNetWeights.readTimm(resource("timm-nf-resnet"));
    assertThat(network.getConfiguration())
        .isEqualTo(narrow().inputShape(3, 224, 224).build().init().getConfiguration());
    INDArray difference = logits(network, DataType.FLOAT).sub(output("logits", DataType.FLOAT));
    assertThat(largest(difference)).isLessThan(1e-5);
  }

  /** As timm's {@code state_dict()} lists them. */
  @Test
  void namesAndShapesAreThoseOfTimm() {
    Map<String, TimmArray> arrays =
        TimmArray.of(network(DataType.FLOAT, narrow().skipInit(true)).paramTable());
    assertThat(arrays.get("stem.conv.weight").shape()).containsExactly(6, 3, 7, 7);
    assertThat(arrays.get("stages.0.1.conv2.gain").shape()).containsExactly(2, 1, 1, 1);
    assertThat(arrays.get("stages.1.0.downsample.conv.bias").shape()).containsExactly(16);
    assertThat(arrays.get("stages.3.0.skipinit_gain").shape()).isEmpty();
    assertThat(arrays.get("head.fc.weight").shape()).containsExactly(5, 64);
    assertThat(arrays.get("head.fc.bias").shape()).containsExactly(5);
  }

  private static void assertRefused(ComputationGraph network, String... message) {
    INDArray before = network.params().dup();
    assertThatThrownBy(() -> NfResNetWeights.readTimm(resource("timm-nf-resnet"), network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(message);
    assertThat(network.params()).isEqualTo(before);
  }

  @Test
  void arraysThatAreLeftOverAreListed() {
    assertRefused(
        network(DataType.FLOAT, narrow(1, 1, 1, 1)),
        "left over in the file: [stages.0.1.conv1.bias, stages.0.1.conv1.gain,",
        "stages.0.1.conv3.weight]; missing in it: []; of another shape: []");
  }

  @Test
  void arraysThatAreMissingAreListed() {
    assertRefused(
        network(DataType.FLOAT, narrow(2, 2, 1, 1).skipInit(true)),
        "left over in the file: []; missing in it: [stages.0.0.skipinit_gain,"
            + " stages.0.1.skipinit_gain, stages.1.0.skipinit_gain, stages.1.1.conv1.bias,",
        "of another shape: []");
  }

  @Test
  void arraysOfOtherShapesAreListed() {
    assertRefused(
        network(DataType.FLOAT, narrow().inputShape(1, 35, 42).classes(7)),
        "left over in the file: []; missing in it: []; of another shape:"
            + " [head.fc.bias [5] for [7], head.fc.weight [5, 64] for [7, 64],"
            + " stem.conv.weight [6, 3, 7, 7] for [6, 1, 7, 7]]");
  }

  @Test
  void networksOfOtherConventionsAreRefused() {
    assertRefused(
        network(DataType.FLOAT, narrow().preset(Preset.DEEPMIND)),
        "preset(Preset.TIMM)",
        "with epsilon 0.0 in place of 1.0E-5");
  }

  @Test
  void frozenNetworksOfOtherConventionsAreRefused() {
    ComputationGraph network = network(DataType.FLOAT, narrow().preset(Preset.DEEPMIND));
    assertRefused(
        new TransferLearning.GraphBuilder(network).setFeatureExtractor("pooled").build(),
        "preset(Preset.TIMM)");
  }

  @Test
  void otherNetworksAreRefused() {
    ComputationGraph other =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "dense",
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(2)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "in")
                .setOutputs("dense")
                .build());
    other.init();
    assertRefused(other, "must be an NfResNet", "\"dense\"");
  }

  @Test
  void networksWithoutParametersAreRefused() {
    ComputationGraph network = new ComputationGraph(narrow().build().conf());
    assertThatThrownBy(() -> NfResNetWeights.readTimm(resource("timm-nf-resnet"), network))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no parameters yet: call init()");
    assertThatThrownBy(() -> NfResNetWeights.readTimm(resource("timm-nf-resnet"), null))
        .hasMessageContaining("network must not be null");
    assertThatThrownBy(() -> NfResNetWeights.readTimm(null))
        .hasMessageContaining("file must not be null");
  }

  @Test
  void filesOfOtherNetworksAreRefused() {
    assertThatThrownBy(() -> NfResNetWeights.readTimm(resource("timm-nf-resnet-outputs")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "timm-nf-resnet-outputs",
            "must have an array \"stem.conv.weight\"",
            "and has only [input, labels, logits,",
            "in all)]");
  }

  /** As {@link TimmShapes} says without one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shapesAreKnownWithoutANetwork(boolean skipInit) {
    ResNetShape shape = ResNetShape.bottlenecks(6, 8, 2, 1, 1, 1);
    Map<String, TimmArray> arrays =
        TimmArray.of(network(DataType.FLOAT, narrow().skipInit(skipInit)).paramTable());
    Map<String, long[]> shapes = TimmShapes.of(shape, 3, 5, skipInit);
    assertThat(shapes).containsOnlyKeys(arrays.keySet());
    arrays.forEach((name, array) -> assertThat(shapes.get(name)).as(name).isEqualTo(array.shape()));
  }

  /** A file with the three arrays that a network's sizes are read from, and what else is given. */
  private Path claiming(int stem, int channels, int width, int classes, String... more)
      throws IOException {
    long[] end = {0};
    String header =
        Stream.concat(
                Stream.of(
                    "stem.conv.weight:[" + stem + "," + channels + ",1,1]:" + stem * channels,
                    "stages.0.0.conv3.weight:[" + width + ",1,1,1]:" + width,
                    "head.fc.weight:[" + classes + ",1]:" + classes),
                Arrays.stream(more).map(name -> name + ":[0]:0"))
            .map(each -> each.split(":"))
            .map(
                each ->
                    String.format(
                        "\"%s\":{\"dtype\":\"F16\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
                        each[0], each[1], end[0], end[0] += 2 * Long.parseLong(each[2])))
            .collect(Collectors.joining(",", "{", "}"));
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + (int) end[0]);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.UTF_8));
    return Files.write(folder.resolve("claims.safetensors"), bytes.array());
  }

  private static void assertRefusedBeforeItIsBuilt(Path file, String problem) {
    long before = bytesInUse();
    assertThatThrownBy(() -> NfResNetWeights.readTimm(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem)
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(4000));
    assertThat(Pointer.totalBytes()).isEqualTo(before);
  }

  /** Once the collector has freed what other tests have left: later it would hide as much. */
  private static long bytesInUse() {
    long bytes = Pointer.totalBytes();
    for (int unchanged = 0; unchanged < 3; ) {
      System.gc();
      LockSupport.parkNanos(20_000_000);
      unchanged = Pointer.totalBytes() == bytes ? unchanged + 1 : 0;
      bytes = Pointer.totalBytes();
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1048576, 2",
    "1048576, 1, 8, 2",
    "1, 1048576, 8, 2",
    "1, 1, 8, 4194304",
    "1, 1, 4096, 10",
  })
  @Timeout(20)
  void smallFilesThatClaimToBeOfLargeNetworksAreRefusedBeforeTheseAreBuilt(
      int stem, int channels, int width, int classes) throws Exception {
    assertRefusedBeforeItIsBuilt(
        claiming(stem, channels, width, classes), "missing in it: [head.fc.bias, stages.0.0.conv1");
  }

  @Test
  @Timeout(20)
  void filesThatClaimThousandsOfBlocksAreRefusedBeforeTheseAreBuilt() throws Exception {
    String[] blocks =
        IntStream.range(1, 10_000)
            .mapToObj(i -> "stages.0." + i + ".conv3.weight")
            .toArray(String[]::new);
    assertRefusedBeforeItIsBuilt(claiming(1, 1, 8, 2, blocks), "in all)]");
  }

  @Test
  void stagesThatNoChannelsCanBeCountedForAreRefused() throws Exception {
    String[] stages =
        IntStream.range(1, 40)
            .mapToObj(i -> "stages." + i + ".0.conv3.weight")
            .toArray(String[]::new);
    assertRefusedBeforeItIsBuilt(
        claiming(1, 1, 8, 2, stages), "the number of stages must be from 1 to 28, got 40");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 7, 2, 'stages.0.0.conv3.weight\" of 4 dimensions, at least [8, 1, 1, 1]'",
    "1, 1, 8, 1, 'head.fc.weight\" of 2 dimensions, at least [2, 1]'",
    "1, 0, 8, 2, 'stem.conv.weight\" of 4 dimensions, at least [1, 1, 1, 1]'",
  })
  void sizesThatNoNetworkHasAreRefused(
      int stem, int channels, int width, int classes, String problem) throws Exception {
    assertRefusedBeforeItIsBuilt(claiming(stem, channels, width, classes), problem);
  }
}
