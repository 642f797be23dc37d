package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNIT_DIMENSIONS;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.UnitLayoutProvider;
import io.github.dl4jagc.internal.check.Services;
import io.github.dl4jagc.internal.units.Units;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the registered {@link UnitLayoutProvider}s say. Those that the class loader of the layer
 * sees come first, so that a layer has the same units in whatever thread it is trained.
 */
final class Providers {

  private final Map<ClassLoader, List<UnitLayoutProvider>> byLoader = new HashMap<>();

  /** The units of a parameter; {@code null} if no provider knows its layer. */
  Units unitsOf(InnerParameter parameter, long[] shape) {
    for (UnitLayoutProvider provider : seenBy(parameter.layer.getClass().getClassLoader())) {
      int[] dimensions =
          ask(provider, it -> it.unitDimensions(parameter.layer, parameter.name, shape.clone()));
      if (dimensions != null) {
        return units(provider, parameter, shape, dimensions);
      }
    }
    return null;
  }

  /** The kind of a parameter; {@code null} if no provider says it. */
  ParameterKind kindOf(InnerParameter parameter) {
    for (UnitLayoutProvider provider : seenBy(parameter.layer.getClass().getClassLoader())) {
      ParameterKind kind = ask(provider, it -> it.parameterKind(parameter.layer, parameter.name));
      if (kind != null) {
        return kind;
      }
    }
    return null;
  }

  private List<UnitLayoutProvider> seenBy(ClassLoader loader) {
    return byLoader.computeIfAbsent(
        loader,
        key -> Services.of(UnitLayoutProvider.class, key, Providers.class.getClassLoader()));
  }

  /** A provider that fails knows nothing: it may have been asked about a layer of someone else. */
  private static <T> T ask(UnitLayoutProvider provider, Function<UnitLayoutProvider, T> question) {
    try {
      return question.apply(provider);
    } catch (RuntimeException | LinkageError e) {
      Services.warn("UnitLayoutProvider " + provider.getClass().getName(), e);
      return null;
    }
  }

  private static Units units(
      UnitLayoutProvider provider, InnerParameter parameter, long[] shape, int[] dimensions) {
    try {
      return Units.of(shape, dimensions);
    } catch (IllegalArgumentException e) {
      throw UNIT_DIMENSIONS.argument(
          "UnitLayoutProvider {} must name each dimension once, in [0, {}], for layer type {},"
              + " parameter \"{}\" of shape {}, got {}",
          provider.getClass().getName(),
          shape.length - 1,
          parameter.layer.getClass().getName(),
          parameter.name,
          shape,
          dimensions);
    }
  }
}
