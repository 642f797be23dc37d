package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.Oracle;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * The peers' own output: timm's {@code adaptive_clip_grad} (floor 1e-3) and MosaicML Composer's
 * {@code apply_agc} (no floor), run with PyTorch 2.13 on random arrays.
 */
class PeerClipsTest {

  static Stream<Arguments> cases() throws Exception {
    try (InputStream file = PeerClipsTest.class.getResourceAsStream("/peer-clips.json")) {
      List<Arguments> cases = new ArrayList<>();
      for (JsonNode each : new ObjectMapper().readTree(file).get("cases")) {
        cases.add(Arguments.of(each.get("name").asText(), each));
      }
      assertThat(cases).hasSize(48);
      return cases.stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void sameResultAsThePeer(String name, JsonNode peer) {
    long[] shape = new ObjectMapper().convertValue(peer.get("shape"), long[].class);
    INDArray weights = array(peer.get("weight"), shape);
    INDArray gradient = array(peer.get("gradient"), shape);
    double[] expected = new ObjectMapper().convertValue(peer.get("expected"), double[].class);
    // Vectors are one unit as a whole; elsewhere the output channel comes first in PyTorch.
    int[] unitDimensions = shape.length == 1 ? new int[0] : new int[] {0};

    ArrayClip.clip(
        weights,
        gradient,
        peer.get("clippingThreshold").asDouble(),
        peer.get("epsilon").asDouble(),
        unitDimensions);

    double[] values = Oracle.values(gradient);
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).isCloseTo(expected[i], within(1e-5 * Math.abs(expected[i]) + 1e-12));
    }
  }

  private static INDArray array(JsonNode values, long[] shape) {
    double[] flat = new ObjectMapper().convertValue(values, double[].class);
    return Nd4j.createFromArray(flat).reshape('c', shape).castTo(DataType.FLOAT);
  }
}
