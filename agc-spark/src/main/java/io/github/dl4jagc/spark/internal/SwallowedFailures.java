package io.github.dl4jagc.spark.internal;

import io.github.dl4jagc.FailureObserver;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Fails a task whose training AGC has stopped. DL4J 1.0.0-M2's SharedTraining catches every
 * exception of the task that trains, and lets the task end well; only other tasks that wait on the
 * same executor at that moment fail. So a job could end well without having trained.
 */
public final class SwallowedFailures implements FailureObserver {

  /** For {@link java.util.ServiceLoader}. */
  public SwallowedFailures() {}

  @Override
  public void onFailure(RuntimeException failure) {
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener(new FailTask(failure));
    }
  }

  private static final class FailTask implements TaskCompletionListener {

    private final RuntimeException failure;

    private FailTask(RuntimeException failure) {
      this.failure = failure;
    }

    @Override
    public void onTaskCompletion(TaskContext task) {
      if (!task.isFailed()) {
        throw failure;
      }
    }
  }
}
