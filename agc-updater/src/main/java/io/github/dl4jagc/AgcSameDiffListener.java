package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOTHING_IS_CLIPPED;
import static io.github.dl4jagc.internal.check.Troubleshooting.UNIT_DIMENSIONS;

import io.github.dl4jagc.internal.samediff.SameDiffBinder;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every {@link AgcGradientNormalization} of a SameDiff graph the variables to clip against.
 *
 * <p>Each variable is a parameter of its own, and {@link AgcOptions#excludeLayers excludeLayers}
 * takes variable names. Its units are those named in the constructor, else those of the operations
 * on the way to the loss that use it (docs/samediff.md lists them), else, with a warning, guessed
 * by its shape.
 */
public class AgcSameDiffListener extends BaseListener {

  private static final Logger log = LoggerFactory.getLogger(AgcSameDiffListener.class);

  private final Map<String, int[]> unitDimensions;

  /**
   * The graph whose updaters do not exist yet when its first iteration starts. By thread; and weak,
   * as nothing is called at the end of an iteration that fails.
   */
  private final ThreadLocal<WeakReference<SameDiff>> toBind = new ThreadLocal<>();

  private volatile boolean warned;

  /** A listener that finds the units of all variables by the operations that consume them. */
  public AgcSameDiffListener() {
    this(Map.of());
  }

  /**
   * A listener with units by variable name; these win over what the operations say.
   *
   * @param unitDimensions for each variable that is named, the dimensions that tell units apart;
   *     none if the whole variable is one unit. Copied
   * @throws IllegalArgumentException if it is null, or has a null name or value
   */
  public AgcSameDiffListener(Map<String, int[]> unitDimensions) {
    UNIT_DIMENSIONS.require(
        unitDimensions != null, "unitDimensions must map variable names to dimensions, got null");
    this.unitDimensions = new HashMap<>();
    unitDimensions.forEach(
        (name, dimensions) -> {
          UNIT_DIMENSIONS.require(
              name != null && dimensions != null,
              "unitDimensions must have no null name or value, got one at \"{}\"",
              name);
          this.unitDimensions.put(name, dimensions.clone());
        });
  }

  @Override
  public boolean isActive(Operation operation) {
    return operation == Operation.TRAINING;
  }

  @Override
  public void iterationStart(SameDiff sd, At at, MultiDataSet data, long etlTimeMs) {
    toBind.remove();
    if (sd.getUpdaterMap() == null) {
      toBind.set(new WeakReference<>(sd)); // before the very first iteration SameDiff has made none
    } else {
      bind(sd);
    }
  }

  @Override
  public void preOpExecution(SameDiff gradients, At at, SameDiffOp op, OpContext context) {
    WeakReference<SameDiff> reference = toBind.get();
    SameDiff graph = reference == null ? null : reference.get();
    if (graph != null && graph.getUpdaterMap() != null) {
      toBind.remove();
      bind(graph);
    }
  }

  @Override
  public void iterationDone(SameDiff sd, At at, MultiDataSet data, Loss loss) {
    toBind.remove();
  }

  private void bind(SameDiff graph) {
    if (!SameDiffBinder.bind(graph, unitDimensions) && !warned) {
      warned = true;
      log.warn(
          NOTHING_IS_CLIPPED.message(
              "AgcSameDiffListener is set on a graph whose updater is not an"
                  + " AgcGradientNormalization: nothing will be clipped. Write .updater(new"
                  + " AgcGradientNormalization(...)) in its TrainingConfig."));
    }
  }
}
