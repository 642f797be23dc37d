package io.github.dl4jagc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.AgcReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Checks one real {@code fit} of a network with {@code AgcGradientNormalization(new Sgd(1))}
 * against the oracle, parameter by parameter. Gradients and shapes come from DL4J's own tables, so
 * nothing of the library's reading of a network is trusted.
 */
public final class NetworkCheck {

  /** Marks a parameter that must be updated by its gradient as it is. */
  public static final int[] NOT_CLIPPED = null;

  /** Marks a parameter that must not change at all. */
  public static final int[] FROZEN = {-1};

  private NetworkCheck() {}

  /**
   * @param net trains in DOUBLE, with SGD at learning rate 1
   * @param data one minibatch
   * @param threshold the clipping threshold of the network's settings
   * @param units expected unit dimensions of every parameter, by the name in the parameter table
   */
  public static void assertFitClips(
      Model net, MultiDataSet data, double threshold, Map<String, int[]> units) {
    Map<String, INDArray> before = copies(paramTable(net));
    Map<String, INDArray> gradients = meanGradients(net, data);
    assertThat(units.keySet()).containsExactlyInAnyOrderElementsOf(before.keySet());

    fit(net, data);

    for (Map.Entry<String, INDArray> parameter : paramTable(net).entrySet()) {
      String name = parameter.getKey();
      INDArray old = before.get(name);
      double[] expected = expected(old, gradients.get(name), threshold, units.get(name));
      double[] update = Oracle.values(old.sub(parameter.getValue()));
      for (int i = 0; i < expected.length; i++) {
        assertThat(update[i])
            .as("%s, element %d", name, i)
            .isCloseTo(expected[i], within(1e-9 * Math.abs(expected[i]) + 1e-14));
      }
    }
  }

  private static double[] expected(
      INDArray weights, INDArray gradient, double threshold, int[] units) {
    if (units == FROZEN) {
      return new double[(int) weights.length()];
    }
    return units == NOT_CLIPPED
        ? Oracle.values(gradient)
        : Oracle.clip(weights, gradient, threshold, 1e-3, units);
  }

  public static void fit(Model net, MultiDataSet data) {
    if (net instanceof MultiLayerNetwork) {
      ((MultiLayerNetwork) net)
          .fit(
              data.getFeatures(0),
              data.getLabels(0),
              data.getFeaturesMaskArray(0),
              data.getLabelsMaskArray(0));
    } else {
      ((ComputationGraph) net).fit(data);
    }
  }

  /** What DL4J computes on a copy of the network, divided by the minibatch size where it would. */
  public static Map<String, INDArray> meanGradients(Model net, MultiDataSet data) {
    Model copy =
        net instanceof MultiLayerNetwork
            ? ((MultiLayerNetwork) net).clone()
            : ((ComputationGraph) net).clone();
    computeGradient(copy, data);
    Map<String, INDArray> gradients = new LinkedHashMap<>(copy.gradient().gradientForVariable());
    gradients.values().removeIf(Objects::isNull); // those of frozen layers
    gradients = copies(gradients);
    for (String name : gradients.keySet()) {
      int split = name.lastIndexOf('_');
      String layer = name.substring(0, split);
      String parameter = name.substring(split + 1);
      boolean divided =
          copy instanceof MultiLayerNetwork
              ? ((MultiLayerNetwork) copy)
                  .getLayer(Integer.parseInt(layer))
                  .updaterDivideByMinibatch(parameter)
              : ((ComputationGraph) copy).getVertex(layer).updaterDivideByMinibatch(parameter);
      if (divided && copy.conf().isMiniBatch()) {
        gradients.get(name).divi(data.getFeatures(0).size(0));
      }
    }
    return gradients;
  }

  public static void computeGradient(Model net, MultiDataSet data) {
    if (net instanceof MultiLayerNetwork) {
      MultiLayerNetwork mln = (MultiLayerNetwork) net;
      mln.setInput(data.getFeatures(0));
      mln.setLabels(data.getLabels(0));
      mln.setLayerMaskArrays(data.getFeaturesMaskArray(0), data.getLabelsMaskArray(0));
      mln.computeGradientAndScore();
    } else {
      ComputationGraph graph = (ComputationGraph) net;
      graph.setInputs(data.getFeatures());
      graph.setLabels(data.getLabels());
      graph.setLayerMaskArrays(data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
      graph.computeGradientAndScore();
    }
  }

  /** The rest of DL4J's training step: updater, then the step. */
  public static void update(Model net, int iteration) {
    Gradient gradient = net.gradient();
    int batch = net.batchSize();
    if (net instanceof MultiLayerNetwork) {
      ((MultiLayerNetwork) net)
          .getUpdater()
          .update(
              (MultiLayerNetwork) net,
              gradient,
              iteration,
              0,
              batch,
              LayerWorkspaceMgr.noWorkspaces());
    } else {
      ((ComputationGraph) net)
          .getUpdater()
          .update(gradient, iteration, 0, batch, LayerWorkspaceMgr.noWorkspaces());
    }
    net.params().subi(gradient.gradient());
  }

  public static Map<String, INDArray> paramTable(Model net) {
    return net.paramTable(false);
  }

  public static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    arrays.forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  public static void assertSameParameters(Model actual, Model expected) {
    assertThat(Oracle.values(actual.params()))
        .containsExactly(Oracle.values(expected.params()), within(1e-9));
  }

  /** That a training could tell AGC from its absence, and from one that clips everything. */
  public static void assertClippedSome(Model net) {
    AgcReport.Statistics total = AgcReport.of(net).total();
    assertThat(total.clippedUnits()).isBetween(1L, total.units() - 1);
  }
}
