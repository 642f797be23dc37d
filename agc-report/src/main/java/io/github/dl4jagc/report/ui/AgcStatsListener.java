package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.report.RunReport;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.core.util.UIDProvider;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.shade.guava.collect.MapMaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what AGC does in a tab of DL4J's training UI, while a network trains. An {@link
 * AgcListener}: it binds the updaters, so that the network needs no other one.
 *
 * <pre>{@code
 * StatsStorage storage = new InMemoryStatsStorage();
 * UIServer.getInstance().attach(storage);
 * net.setListeners(new StatsListener(storage), new AgcStatsListener(storage, 10));
 * }</pre>
 *
 * <p>It reports to any {@link StatsStorageRouter}: in memory, to a file ({@code FileStatsStorage}),
 * to another machine's UI ({@code RemoteUIStatsStorageRouter}), from Spark's workers. A report that
 * cannot be stored does not end the training: it is logged as an error, once; the next one has its
 * counts too.
 *
 * @serial exclude
 */
public final class AgcStatsListener extends AgcListener implements RoutingIterationListener {

  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(AgcStatsListener.class);

  /**
   * A network's counts go on as long as it exists: that is a run. By identity, and without keeping
   * the networks alive.
   */
  private static final ConcurrentMap<Model, RunReport> RUNS = new MapMaker().weakKeys().makeMap();

  /** Storages take two updates of one millisecond for the same. */
  private static final AtomicLong LAST_TIME = new AtomicLong();

  private final int frequency;

  /** Of a network without a {@code StatsListener}. */
  private final String ownSession;

  /** {@code null}: that of the listener beside this one. */
  private String sessionId;

  private String workerId;

  /** Who deserialises this, as Spark does, sets another one. */
  private transient StatsStorageRouter router;

  /** Sessions that the router knows; {@code null} in a copy. */
  private transient Set<String> announced;

  private transient volatile boolean failed;

  /**
   * A listener that belongs to the session of the {@code StatsListener} beside it on the same
   * network, so that the UI shows both as one; without one, to a session of its own.
   *
   * @param router where the reports go
   * @param frequency iterations from one report to the next, at least 1
   * @throws IllegalArgumentException if {@code router} is null or {@code frequency} below 1
   */
  public AgcStatsListener(StatsStorageRouter router, int frequency) {
    this(router, frequency, null);
  }

  /**
   * A listener that belongs to a given session.
   *
   * @param router where the reports go
   * @param frequency iterations from one report to the next, at least 1
   * @param sessionId what the UI lists the training as; {@code null}: as in the other constructor
   * @throws IllegalArgumentException if {@code router} is null or {@code frequency} below 1
   */
  public AgcStatsListener(StatsStorageRouter router, int frequency, String sessionId) {
    if (router == null) {
      throw BAD_ARGUMENT.argument(
          "router must be a StatsStorageRouter, such as new InMemoryStatsStorage(), got null");
    }
    if (frequency < 1) {
      throw BAD_ARGUMENT.argument(
          "frequency must be >= 1, got {}; new AgcListener() binds without reporting", frequency);
    }
    this.router = router;
    this.frequency = frequency;
    this.ownSession = UUID.randomUUID().toString();
    this.sessionId = sessionId;
    this.workerId = UIDProvider.getJVMUID() + "_" + Thread.currentThread().getId();
  }

  private AgcStatsListener(AgcStatsListener other) {
    router = other.router;
    frequency = other.frequency;
    ownSession = other.ownSession;
    sessionId = other.sessionId;
    workerId = other.workerId;
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    if (router == null || iteration % frequency != 0) {
      return;
    }
    AgcReport report = AgcReport.of(model);
    if (report.total().units() == 0) {
      return; // nothing of the network is clipped: onGradientCalculation has said so
    }
    try {
      put(model, iteration, epoch, report);
    } catch (RuntimeException e) {
      if (!failed) {
        failed = true;
        log.error(
            STATISTICS_CANNOT_BE_WRITTEN.message(
                "AGC cannot store its statistics of iteration {} for the UI: {}. Training goes on,"
                    + " and the next report is tried.",
                iteration,
                e));
      }
    }
  }

  private void put(Model model, int iteration, int epoch, AgcReport report) {
    RunReport run = RUNS.computeIfAbsent(model, key -> RunReport.begin(model, ""));
    String session = session(model);
    AgcStatsUpdate update =
        new AgcStatsUpdate(
            session,
            workerId,
            LAST_TIME.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis())),
            run.at(model, iteration, epoch, report));
    if (announced().add(session)) {
      router.putStaticInfo(update); // without one, storages do not list the session
    }
    router.putUpdate(update);
  }

  private synchronized Set<String> announced() {
    if (announced == null) {
      announced = ConcurrentHashMap.newKeySet();
    }
    return announced;
  }

  private String session(Model model) {
    return sessionId != null
        ? sessionId
        : listeners(model).stream()
            .filter(each -> each instanceof RoutingIterationListener)
            .filter(each -> !(each instanceof AgcStatsListener))
            .map(each -> ((RoutingIterationListener) each).getSessionID())
            .findFirst()
            .orElse(ownSession);
  }

  private static Collection<TrainingListener> listeners(Model model) {
    return model instanceof MultiLayerNetwork
        ? ((MultiLayerNetwork) model).getListeners()
        : model instanceof ComputationGraph ? ((ComputationGraph) model).getListeners() : Set.of();
  }

  @Override
  public StatsStorageRouter getStorageRouter() {
    return router;
  }

  @Override
  public synchronized void setStorageRouter(StatsStorageRouter router) {
    this.router = router;
    announced = null;
  }

  @Override
  public String getWorkerID() {
    return workerId;
  }

  @Override
  public void setWorkerID(String workerId) {
    this.workerId = workerId;
  }

  /**
   * {@return the session that was given or set, else that of a network without another listener}
   */
  @Override
  public String getSessionID() {
    return sessionId == null ? ownSession : sessionId;
  }

  /**
   * Sets the session. ParallelWrapper and Spark set a copy's to that of the listener that it was
   * copied from: where none was given, the copy too belongs to that of the listener beside it.
   */
  @Override
  public void setSessionID(String sessionId) {
    this.sessionId = ownSession.equals(sessionId) ? null : sessionId;
  }

  @Override
  public AgcStatsListener clone() {
    return new AgcStatsListener(this);
  }
}
