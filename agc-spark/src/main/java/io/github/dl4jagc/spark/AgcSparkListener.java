package io.github.dl4jagc.spark;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;

/**
 * An {@link AgcListener} for Spark training, with ParameterAveragingTrainingMaster as well as with
 * SharedTrainingMaster: it binds the updaters of the workers' networks, and brings back to the
 * driver what they clipped.
 *
 * <pre>{@code
 * AgcSparkListener listener = AgcSparkListener.register(sc);
 * sparkNet.setListeners(listener);
 * sparkNet.fit(data);
 * System.out.println(listener.report());
 * }</pre>
 *
 * <p>DL4J trains with copies of its listeners on the workers, and brings none back. So each task
 * adds its statistics to a Spark accumulator when it ends. They count once for each partition of
 * each averaging round or epoch: a task that fails counts nothing, and of a task that runs again
 * after it had ended, because its executor was lost, the latest run counts. In SharedTraining a
 * task may train the data of others on its executor. If it fails after that, their statistics are
 * lost with its own, but nothing is ever counted twice.
 *
 * @serial exclude
 */
public final class AgcSparkListener extends AgcListener {

  private static final long serialVersionUID = 1L;

  private final AgcAccumulator accumulator;

  /** Whether this is a task's copy. The driver may use its own for a local network meanwhile. */
  private transient boolean copyOfTask;

  private AgcSparkListener(AgcAccumulator accumulator) {
    this.accumulator = accumulator;
  }

  /**
   * A listener whose statistics come back to this driver. Networks that it is given to are counted
   * together; give each its own to tell them apart.
   *
   * @param sc the driver's context
   * @return a listener for {@code setListeners} of a Spark network
   */
  public static AgcSparkListener register(JavaSparkContext sc) {
    AgcAccumulator accumulator = new AgcAccumulator();
    sc.sc().register(accumulator);
    return new AgcSparkListener(accumulator);
  }

  /**
   * What the workers clipped since this listener was registered, merged by layer and parameter. To
   * be asked for on the driver, after {@code fit} or from another thread while it runs; tasks that
   * have not ended are not in it. {@code latest} is the last iteration of each partition of the
   * latest averaging round or epoch.
   *
   * @return a snapshot; empty if no task has ended yet
   */
  public AgcReport report() {
    return accumulator.value().report();
  }

  /**
   * The time that the workers' tasks took which the {@linkplain #report() report} counts, from
   * their start to their end: loading data and making the network included. With one training
   * thread per task, which is what DL4J has unless SharedTraining has several workers per node,
   * {@link AgcReport#clippingTime()} is a part of it.
   *
   * @return the sum over all training tasks
   */
  public Duration workerTime() {
    return accumulator.value().workerTime();
  }

  /**
   * Binds the network's updaters. DL4J calls this at every iteration, on the workers.
   *
   * @param model the network
   * @throws IllegalArgumentException if a layer that is to be excluded does not exist
   */
  @Override
  public void onGradientCalculation(Model model) {
    super.onGradientCalculation(model);
    if (copyOfTask) {
      WorkerTask.trains(accumulator, model);
    }
  }

  /** Reads a task's copy: from now on the task is known. */
  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    TaskContext task = TaskContext.get();
    copyOfTask = task != null;
    if (copyOfTask) {
      WorkerTask.start(task, accumulator);
    }
  }
}
