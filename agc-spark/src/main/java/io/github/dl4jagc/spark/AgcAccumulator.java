package io.github.dl4jagc.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * Collects the figures of all tasks on the driver. Spark merges an accumulator again whenever a
 * task runs again, so this one keeps them by stage and partition, where the latest try replaces the
 * others: merging the same figures twice changes nothing. Thread-safe, as Spark merges in one
 * thread and the value is read in another.
 */
final class AgcAccumulator extends AccumulatorV2<TaskFigures, TaskFigures> {

  private static final long serialVersionUID = 1L;

  /**
   * Stages that are kept apart. A stage can only run again while its job runs, and DL4J runs one
   * job after the other, of a few stages each, one of which trains; so the older ones are final and
   * need no more memory than their sum.
   */
  private static final int STAGES_KEPT = 16;

  private final TreeMap<Integer, Map<Integer, TaskFigures>> recent = new TreeMap<>();
  private TaskFigures older = TaskFigures.NONE;

  AgcAccumulator() {}

  @Override
  public synchronized boolean isZero() {
    return recent.isEmpty() && older == TaskFigures.NONE;
  }

  @Override
  public synchronized AgcAccumulator copy() {
    AgcAccumulator copy = new AgcAccumulator();
    recent.forEach((stage, partitions) -> copy.recent.put(stage, new HashMap<>(partitions)));
    copy.older = older;
    return copy;
  }

  @Override
  public synchronized void reset() {
    recent.clear();
    older = TaskFigures.NONE;
  }

  @Override
  public synchronized void add(TaskFigures task) {
    recent
        .computeIfAbsent(task.stage(), stage -> new HashMap<>())
        .merge(task.partition(), task, TaskFigures::latestTry);
    if (recent.size() > STAGES_KEPT) {
      for (TaskFigures last : recent.pollFirstEntry().getValue().values()) {
        older = older.plus(last.withoutLatest());
      }
    }
  }

  @Override
  public void merge(AccumulatorV2<TaskFigures, TaskFigures> other) {
    // Copied first: never two locks at a time.
    List<TaskFigures> tasks = ((AgcAccumulator) other).tasks();
    tasks.forEach(this::add);
  }

  /** The figures of a task's copy: all of them are of that task. */
  private synchronized List<TaskFigures> tasks() {
    List<TaskFigures> tasks = new ArrayList<>();
    recent.values().forEach(partitions -> tasks.addAll(partitions.values()));
    return tasks;
  }

  /** How many tasks' figures are kept apart. */
  synchronized int tasksKept() {
    return recent.values().stream().mapToInt(Map::size).sum();
  }

  @Override
  public synchronized TaskFigures value() {
    TaskFigures sum = older;
    for (Map.Entry<Integer, Map<Integer, TaskFigures>> stage : recent.entrySet()) {
      boolean latest = stage.getKey().equals(recent.lastKey());
      for (TaskFigures task : stage.getValue().values()) {
        sum = sum.plus(latest ? task : task.withoutLatest());
      }
    }
    return sum;
  }
}
