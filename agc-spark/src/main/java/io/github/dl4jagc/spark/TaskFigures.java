package io.github.dl4jagc.spark;

import io.github.dl4jagc.AgcReport;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.spark.TaskContext;

/** What one task has clipped, and in what time. Immutable. */
final class TaskFigures implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The figures of no task at all. */
  static final TaskFigures NONE =
      new TaskFigures(-1, -1, -1, -1, new AgcReport(List.of()), Duration.ZERO);

  private final int stage;
  private final int partition;
  private final int stageAttempt;
  private final int taskAttempt;
  private final AgcReport report;
  private final Duration workerTime;

  TaskFigures(
      int stage,
      int partition,
      int stageAttempt,
      int taskAttempt,
      AgcReport report,
      Duration workerTime) {
    this.stage = stage;
    this.partition = partition;
    this.stageAttempt = stageAttempt;
    this.taskAttempt = taskAttempt;
    this.report = report;
    this.workerTime = workerTime;
  }

  static TaskFigures of(TaskContext task, AgcReport report, Duration workerTime) {
    return new TaskFigures(
        task.stageId(),
        task.partitionId(),
        task.stageAttemptNumber(),
        task.attemptNumber(),
        report,
        workerTime);
  }

  /** The stage, of which there is one for each averaging round or epoch. */
  int stage() {
    return stage;
  }

  /** The partition, whose data are trained once in a stage however often its task is tried. */
  int partition() {
    return partition;
  }

  AgcReport report() {
    return report;
  }

  Duration workerTime() {
    return workerTime;
  }

  /** Of two tries of the same partition in the same stage the one that began later. */
  TaskFigures latestTry(TaskFigures other) {
    boolean otherIsLater =
        stageAttempt == other.stageAttempt
            ? other.taskAttempt >= taskAttempt
            : other.stageAttempt > stageAttempt;
    return otherIsLater ? other : this;
  }

  /** The figures of this and another partition together; of no partition in particular. */
  TaskFigures plus(TaskFigures other) {
    return new TaskFigures(
        -1, -1, -1, -1, report.merge(other.report), workerTime.plus(other.workerTime));
  }

  /** The same with totals only: there is a later iteration in another stage. */
  TaskFigures withoutLatest() {
    return new TaskFigures(
        stage, partition, stageAttempt, taskAttempt, report.withoutLatest(), workerTime);
  }
}
