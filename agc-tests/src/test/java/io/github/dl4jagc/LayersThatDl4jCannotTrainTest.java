package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.JavaProcess;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That there is nothing to compare with: when a release of DL4J mends one of these layers, it
 * belongs in the cases of {@link EveryLayer}. In a process of its own, as ND4J's native code prints
 * what it refuses.
 */
class LayersThatDl4jCannotTrainTest {

  @TempDir Path folder;

  @Test
  void theirForwardPassThrows() throws Exception {
    String output =
        JavaProcess.run(folder, System.getProperty("java.class.path"), ForwardPasses.class);
    assertThat(output.lines().filter(line -> line.startsWith("forward pass:")))
        .as(output)
        .containsExactlyElementsOf(
            EveryLayer.networksThatDl4jCannotTrain()
                .map(each -> "forward pass: " + named(each.get()[0]).getName() + " throws")
                .collect(Collectors.toList()));
  }

  @SuppressWarnings("unchecked")
  private static Named<LayerCase> named(Object argument) {
    return (Named<LayerCase>) argument;
  }

  /** Runs each forward pass and says what came of it. */
  static final class ForwardPasses {

    private ForwardPasses() {}

    public static void main(String[] arguments) {
      EveryLayer.networksThatDl4jCannotTrain()
          .map(each -> named(each.get()[0]))
          .forEach(
              each -> {
                String result;
                try {
                  LayerCase network = each.getPayload();
                  ((MultiLayerNetwork) network.net).output(network.data.getFeatures(0));
                  result = "works";
                } catch (RuntimeException expected) {
                  result = "throws";
                }
                System.out.println("forward pass: " + each.getName() + " " + result);
              });
    }
  }
}
