package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** How updaters get at weights, and that they keep them whatever DL4J does in between. */
class BindingTest {

  private static final double THRESHOLD = 1e-3;

  private static AgcGradientNormalization agc() {
    return new AgcGradientNormalization(new Nesterovs(0.5, 0.9), THRESHOLD);
  }

  private static long clipped(MultiLayerNetwork net) {
    return AgcReport.of(net).latest().clippedUnits();
  }

  @Test
  void neverBoundUpdaterDoesNotTrainAndSaysWhatToWrite() {
    MultiLayerNetwork net = Networks.dense(agc());
    INDArray before = net.params().dup();
    assertThatThrownBy(() -> NetworkCheck.fit(net, Networks.denseData(8, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("net.addListeners(new AgcListener())")
        .hasMessageContaining("Agc.attach(net)");
    assertSameValues(net.params(), before);

    net.addListeners(new AgcListener()); // the remedy works on the same network
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(net.params()).isNotEqualTo(before);
    assertThat(clipped(net)).isPositive();
  }

  @Test
  void attachBindsAtOnceAndAddsOneListener() {
    MultiLayerNetwork net = Networks.dense(agc());
    AgcListener listener = Agc.attach(net);
    assertThat(Agc.attach(net)).isSameAs(listener);
    assertThat(net.getListeners()).containsExactly(listener);
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    NetworkCheck.update(net, 0); // no listener is called on this path
    assertThat(clipped(net)).isPositive();
  }

  @Test
  void attachKeepsAListenerThatIsThere() {
    ComputationGraph net = Networks.denseGraph(agc());
    AgcListener own = new AgcListener(10);
    net.setListeners(own, new CollectScoresIterationListener());
    assertThat(Agc.attach(net)).isSameAs(own);
    assertThat(net.getListeners()).hasSize(2);
  }

  @Test
  void attachRefusesNull() {
    assertThatThrownBy(() -> Agc.attach((MultiLayerNetwork) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("net must not be null");
    assertThatThrownBy(() -> Agc.attach((ComputationGraph) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("net must not be null");
  }

  @Test
  void attachInitialisesANetworkAsAddListenersDoes() {
    MultiLayerNetwork net = Networks.dense(agc());
    MultiLayerNetwork attached = new MultiLayerNetwork(net.getLayerWiseConfigurations().clone());
    Agc.attach(attached);
    attached.init(); // too late to do anything, as after addListeners
    NetworkCheck.fit(attached, Networks.denseData(8, 1));
    net.init();
    net.addListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(attached.params()).isEqualTo(net.params());

    ComputationGraph graph =
        new ComputationGraph(Networks.denseGraph(agc()).getConfiguration().clone());
    Agc.attach(graph);
    graph.init();
    NetworkCheck.fit(graph, Networks.denseData(8, 1));
    assertThat(AgcReport.of(graph).total().iterations()).isEqualTo(1);
  }

  @Test
  void networkIsAttachedAfterJavaSerialisationThatLeavesItsListenersNull() throws Exception {
    MultiLayerNetwork net = serialised(Networks.dense(agc()));
    assertThat(net.getListeners()).isNull();
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(1);
    net.addListeners(new CollectScoresIterationListener());
    assertThat(net.getListeners()).hasSize(2);

    ComputationGraph graph = serialised(Networks.denseGraph(agc()));
    assertThat(graph.getListeners()).isNull();
    AgcListener listener = Agc.attach(graph);
    assertThat(graph.getListeners()).containsExactly(listener);
  }

  @SuppressWarnings("unchecked")
  private static <T> T serialised(T net) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(net);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  private static final String GONE = "is no longer called: setListeners(..) replaces all listeners";

  @Test
  void droppedListenerIsWarnedOfOnceAndNamedWhereTrainingEnds() {
    MultiLayerNetwork net = Networks.dense(agc());
    ComputationGraph graph = Networks.denseGraph(agc());
    for (Model each : List.of(net, graph)) {
      each.setListeners(new AgcListener());
      try (LogCapture log = new LogCapture()) {
        NetworkCheck.fit(each, Networks.denseData(8, 1));
        assertThat(log.messages()).isEmpty();
        each.setListeners(new CollectScoresIterationListener());
        NetworkCheck.fit(each, Networks.denseData(8, 2));
        NetworkCheck.fit(each, Networks.denseData(8, 3));
        assertThat(log.messages())
            .singleElement()
            .asString()
            .startsWith("WARN")
            .contains(GONE, "Agc.attach(net)");
      }
      assertThat(AgcReport.of(each).total().iterations()).isEqualTo(3);
    }
    net.setLearningRate(0.01);
    assertThatThrownBy(() -> NetworkCheck.fit(net, Networks.denseData(8, 4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("never bound")
        .hasMessageContaining("setListeners(..) has replaced it")
        .hasMessageContaining("Agc.clip");
  }

  @Test
  void listenersThatComeAndGoWithAgcsAmongThemAreNothingToWarnOf() {
    MultiLayerNetwork net = Networks.dense(agc());
    try (LogCapture log = new LogCapture()) {
      Agc.attach(net);
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      net.setListeners(new CollectScoresIterationListener(), new AgcListener());
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      net.setLearningRate(0.01);
      NetworkCheck.fit(net, Networks.denseData(8, 3));
      NetworkCheck.fit(net, Networks.denseData(8, 4));
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void survivesANewLearningRateAndKeepsItsTotals() {
    MultiLayerNetwork net = Networks.dense(agc());
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    Object updater = net.getUpdater();
    net.setLearningRate(0.01);
    assertThat(net.getUpdater()).as("DL4J replaces the updater").isNotSameAs(updater);
    assertThat(net.getLearningRate(0)).isEqualTo(0.01);
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    AgcReport report = AgcReport.of(net);
    assertThat(report.total().iterations()).isEqualTo(2);
    assertThat(report.latest().clippedUnits()).isPositive();
  }

  @Test
  void survivesSetUpdaterNullAndInit() {
    MultiLayerNetwork net = Networks.dense(agc());
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    net.setUpdater(null);
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    assertThat(clipped(net)).isPositive();
    net.init();
    NetworkCheck.fit(net, Networks.denseData(8, 3));
    assertThat(clipped(net)).isPositive();
  }

  @Test
  void cloneNeedsAListenerOfItsOwnAndHasFiguresOfItsOwn() {
    MultiLayerNetwork net = Networks.dense(agc());
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork copy = net.clone();
    assertThatThrownBy(() -> NetworkCheck.fit(copy, Networks.denseData(8, 2)))
        .isInstanceOf(IllegalStateException.class);
    Agc.attach(copy);
    NetworkCheck.fit(copy, Networks.denseData(8, 2));
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    assertSameValues(copy.params(), net.params());
    assertThat(AgcReport.of(copy).total().iterations()).isEqualTo(1);
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(2);
  }

  @Test
  void attachMakesAListenerOfACloneWorkThatDl4jListsButDoesNotCall() {
    ComputationGraph net = Networks.denseGraph(agc());
    AgcListener listener = Agc.attach(net);
    ComputationGraph copy = net.clone();
    assertThat(copy.getListeners()).containsExactly(listener);
    assertThatThrownBy(() -> NetworkCheck.fit(copy, Networks.denseData(8, 1)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Agc.attach(copy)).isSameAs(listener);
    NetworkCheck.fit(copy, Networks.denseData(8, 1));
    copy.setLearningRate(0.1); // to be bound again, by the listener
    NetworkCheck.fit(copy, Networks.denseData(8, 2));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(AgcReport.of(copy).total().iterations()).isEqualTo(2);
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(1);
    assertThat(net.getListeners()).containsExactly(listener);
  }

  @Test
  void oneListenerServesTwoNetworksTrainedInTurn() {
    AgcListener listener = new AgcListener();
    MultiLayerNetwork one = Networks.dense(agc());
    ComputationGraph other = Networks.denseGraph(agc());
    one.setListeners(listener);
    other.setListeners(listener);
    for (int i = 0; i < 3; i++) {
      NetworkCheck.fit(one, Networks.denseData(8, i));
      NetworkCheck.fit(other, Networks.denseData(8, i));
    }
    assertSameValues(other.params(), one.params());
    assertThat(AgcReport.of(one).total().clippedUnits())
        .isEqualTo(AgcReport.of(other).total().clippedUnits())
        .isPositive();
  }

  @Test
  void oneListenerServesNetworksOnSeveralThreads() throws Exception {
    AgcListener listener = new AgcListener(2);
    MultiLayerNetwork alone = Networks.dense(agc());
    alone.setListeners(new AgcListener());
    List<MultiLayerNetwork> together = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      together.add(Networks.dense(agc()));
      together.get(i).setListeners(listener);
    }
    for (int step = 0; step < 10; step++) {
      NetworkCheck.fit(alone, Networks.denseData(8, step));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (MultiLayerNetwork net : together) {
        running.add(
            threads.submit(
                () -> {
                  for (int step = 0; step < 10; step++) {
                    NetworkCheck.fit(net, Networks.denseData(8, step));
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    for (MultiLayerNetwork net : together) {
      assertThat(Oracle.values(net.params()))
          .containsExactly(Oracle.values(alone.params()), within(1e-12));
      assertThat(AgcReport.of(net).total().clippedUnits())
          .isEqualTo(AgcReport.of(alone).total().clippedUnits());
    }
  }

  @Test
  void oneConfigurationObjectSharedByTwoNetworksClipsEachByItsOwnWeights() {
    AgcGradientNormalization shared = new AgcGradientNormalization(new Sgd(0.5), THRESHOLD);
    MultiLayerNetwork one = Networks.dense(shared);
    MultiLayerNetwork other =
        new MultiLayerNetwork(one.getLayerWiseConfigurations()); // not even a copy
    other.init();
    other.params().muli(10);
    one.setListeners(new AgcListener());
    other.setListeners(new AgcListener());
    for (MultiLayerNetwork net : List.of(one, other)) {
      MultiDataSet data = Networks.denseData(8, 3);
      INDArray before = net.getParam("0_W").dup();
      INDArray gradient = NetworkCheck.meanGradients(net, data).get("0_W");
      NetworkCheck.fit(net, data);
      double[] expected = Oracle.clip(before, gradient, THRESHOLD, 1e-3, 1);
      assertRelativelyClose(before.sub(net.getParam("0_W")).muli(2), expected, 1e-8);
    }
  }

  @Test
  void externalGradientArrayIsClippedWhereItIs() {
    MultiLayerNetwork learner = Networks.dense(new AgcGradientNormalization(new NoOp(), THRESHOLD));
    Agc.attach(learner);
    for (int step = 0; step < 3; step++) { // a new array each time
      MultiLayerNetwork worker = learner.clone();
      NetworkCheck.computeGradient(worker, Networks.denseData(8, step));
      INDArray mean = worker.gradient().getGradientFor("0_W").div(8);
      learner
          .getUpdater()
          .update(
              learner,
              worker.gradient(),
              step,
              0,
              8,
              org.deeplearning4j.nn.workspace.LayerWorkspaceMgr.noWorkspaces());
      assertRelativelyClose(
          worker.gradient().getGradientFor("0_W"),
          Oracle.clip(learner.getParam("0_W"), mean, THRESHOLD, 1e-3, 1),
          1e-10);
    }
  }

  @Test
  void exceptionThatEndsATrainingIsLoggedBeforeItLeaves() {
    MultiLayerNetwork net = Networks.dense(agc());
    try (LogCapture log = new LogCapture()) {
      assertThatThrownBy(() -> NetworkCheck.fit(net, Networks.denseData(8, 1)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("ERROR AGC ends this training")
          .contains("was never bound to its network")
          .endsWith("/docs/troubleshooting.md#hidden-exceptions)");
    }
  }

  @Test
  void listenerOnANetworkWithoutAgcWarnsOnce() {
    MultiLayerNetwork net = Networks.dense(new Adam(0.01));
    net.setListeners(new AgcListener());
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      assertThat(log.messages())
          .hasSize(1)
          .first()
          .asString()
          .startsWith("WARN")
          .contains("no layer has an AgcGradientNormalization");
    }
  }

  @Test
  void removedListenerIsNoHarmUntilTheUpdaterIsReplaced() {
    MultiLayerNetwork net = Networks.dense(agc());
    Agc.attach(net);
    net.setListeners(new CollectScoresIterationListener());
    assertThatCode(() -> NetworkCheck.fit(net, Networks.denseData(8, 1)))
        .doesNotThrowAnyException();
    assertThat(clipped(net)).isPositive();
    net.setLearningRate(0.1);
    assertThatThrownBy(() -> NetworkCheck.fit(net, Networks.denseData(8, 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("addListeners");
  }

  @Test
  void listenerSurvivesSerialisation() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new AgcListener(7));
    }
    AgcListener copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (AgcListener) in.readObject();
    }
    MultiLayerNetwork net = Networks.dense(agc());
    net.setListeners(copy);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(clipped(net)).isPositive();
  }
}
