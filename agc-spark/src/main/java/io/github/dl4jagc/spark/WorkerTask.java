package io.github.dl4jagc.spark;

import io.github.dl4jagc.AgcReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.shade.guava.collect.MapMaker;

/**
 * A running task of one listener on this worker. At its end it adds to its copy of the accumulator
 * what the networks that it trained have clipped since the last such report on them.
 *
 * <p>A task has a network of its own in parameter averaging. In SharedTraining one task of an
 * executor trains for all of them, with a network that may outlive it and that holds the first
 * task's listener, and in threads that belong to no task where a node has several workers. Then the
 * oldest running task counts: the one that trains is running as long as anything is trained. What
 * it ends in the middle of is handed on to the next one, so nothing is lost.
 */
final class WorkerTask implements TaskCompletionListener {

  /** The tasks that run in this JVM, the oldest first. Guarded by itself, as all else here. */
  private static final List<WorkerTask> RUNNING = new ArrayList<>();

  /** What tasks have reported of a network, by the accumulator's id. Keeps no network alive. */
  private static final Map<Model, Map<Long, AgcReport>> REPORTED =
      new MapMaker().weakKeys().makeMap();

  private final long task;
  private final AgcAccumulator accumulator;
  private final long start = System.nanoTime();
  private final Set<Model> trained = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Of these, the ones that threads of no task train: they may outlast this task. */
  private final Set<Model> trainedElsewhere = Collections.newSetFromMap(new IdentityHashMap<>());

  private WorkerTask(long task, AgcAccumulator accumulator) {
    this.task = task;
    this.accumulator = accumulator;
  }

  /** A task has read its copy of the listener. */
  static void start(TaskContext context, AgcAccumulator accumulator) {
    WorkerTask task = new WorkerTask(context.taskAttemptId(), accumulator);
    synchronized (RUNNING) {
      RUNNING.add(task);
    }
    context.addTaskCompletionListener(task);
  }

  /** A network is about to be updated. Does nothing if no task of the listener runs any more. */
  static void trains(AgcAccumulator accumulator, Model network) {
    TaskContext context = TaskContext.get();
    synchronized (RUNNING) {
      WorkerTask task = runningTask(context, accumulator);
      if (task != null) {
        task.trained.add(network);
        if (context == null) {
          task.trainedElsewhere.add(network);
        }
      }
    }
  }

  private static WorkerTask runningTask(TaskContext context, AgcAccumulator accumulator) {
    for (WorkerTask running : RUNNING) {
      if (running.accumulator.id() == accumulator.id()
          && (context == null || running.task == context.taskAttemptId())) {
        return running;
      }
    }
    return null;
  }

  /** Reports, whether the task failed or not: Spark drops what a failed task has added. */
  @Override
  public void onTaskCompletion(TaskContext context) {
    synchronized (RUNNING) {
      RUNNING.remove(this);
      Duration workerTime = Duration.ofNanos(System.nanoTime() - start);
      trained.stream()
          .flatMap(network -> unreported(network).stream())
          .reduce(AgcReport::merge)
          .ifPresent(report -> accumulator.add(TaskFigures.of(context, report, workerTime)));
      WorkerTask next = runningTask(null, accumulator);
      if (next != null) {
        next.trained.addAll(trainedElsewhere);
        next.trainedElsewhere.addAll(trainedElsewhere);
      }
    }
  }

  /** What a network has clipped since the last report on it; empty if it was not trained since. */
  private Optional<AgcReport> unreported(Model network) {
    AgcReport now = AgcReport.of(network);
    AgcReport before =
        REPORTED.computeIfAbsent(network, key -> new HashMap<>()).put(accumulator.id(), now);
    return before == null
        ? Optional.of(now)
        : Optional.of(now.since(before)).filter(since -> since.total().iterations() > 0);
  }
}
