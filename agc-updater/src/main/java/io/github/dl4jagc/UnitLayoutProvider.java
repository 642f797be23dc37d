package io.github.dl4jagc;

import org.deeplearning4j.nn.api.TrainingConfig;

/**
 * Tells the library what the units of a custom layer's parameters are.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the implementation, which needs a public
 * constructor without arguments, in {@code META-INF/services/io.github.dl4jagc.UnitLayoutProvider}.
 * Providers are asked about every layer whose class is not one of DL4J's own, before the library
 * looks at the superclasses of that layer: those that the class loader of the layer sees, then
 * those that the library's sees, then those of the thread's context loader. The first answer that
 * is not {@code null} is taken. One that throws does not know the layer, with a warning.
 *
 * <pre>{@code
 * public final class MyUnits implements UnitLayoutProvider {
 *   public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
 *     if (!(layer instanceof MyLayer)) return null;      // not mine
 *     return parameter.equals("W") ? new int[] {0} : new int[0];
 *   }
 * }
 * }</pre>
 */
public interface UnitLayoutProvider {

  /**
   * The dimensions of a parameter that tell its units apart. Norms run over all other dimensions.
   *
   * @param layer the configuration of the layer or graph vertex that has the parameter
   * @param parameter the parameter's name within the layer, such as {@code "W"}; inside a {@code
   *     Bidirectional} layer without its {@code f} or {@code b} prefix
   * @param shape the parameter's shape; must not be changed
   * @return the unit dimensions, each in {@code [0, shape.length)}; an empty array if the whole
   *     parameter is one unit; {@code null} if this provider does not know the layer
   */
  int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape);

  /**
   * What a parameter is to its layer, if the layer's {@code ParamInitializer} does not say so.
   *
   * @param layer the configuration of the layer or graph vertex that has the parameter
   * @param parameter the parameter's name within the layer, as in {@link #unitDimensions}
   * @return the kind; {@code null}, the default, to leave it to the layer
   */
  default ParameterKind parameterKind(TrainingConfig layer, String parameter) {
    return null;
  }
}
