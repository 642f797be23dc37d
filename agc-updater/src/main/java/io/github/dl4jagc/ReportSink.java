package io.github.dl4jagc;

import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;

/**
 * Takes the reports of an {@link AgcListener}: writes them to a file, sends them to where they are
 * watched. Serialised with the listener, as to the workers of Spark; called by as many threads as
 * train.
 */
@FunctionalInterface
public interface ReportSink extends Serializable {

  /**
   * Takes a report. An exception that this throws ends the training.
   *
   * @param model the network that the report is of
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @param report what was clipped: {@link AgcReport#of(Model)}; empty if nothing of the network
   *     has AGC
   */
  void accept(Model model, int iteration, int epoch, AgcReport report);

  /** {@return whether a report is wanted, asked once before each is made; true by default} */
  default boolean isDue() {
    return true;
  }
}
