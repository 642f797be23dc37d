package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNIT_DIMENSIONS;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.UnitLayoutProvider;
import io.github.dl4jagc.internal.check.Services;
import io.github.dl4jagc.internal.units.Units;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What the registered {@link UnitLayoutProvider}s say. Those that the class loader of the layer
 * sees come first, so that a layer has the same units in whatever thread it is trained.
 */
final class Providers {

  private final Map<ClassLoader, List<UnitLayoutProvider>> byLoader = new HashMap<>();

  /** The units of a parameter; {@code null} if no provider knows its layer. */
  Units unitsOf(InnerParameter of, long[] shape) {
    return first(
        of,
        provider -> {
          int[] dimensions =
              ask(provider, it -> it.unitDimensions(of.layer, of.name, shape.clone()));
          return dimensions == null ? null : units(provider, of, shape, dimensions);
        });
  }

  /** The kind of a parameter; {@code null} if no provider says it. */
  ParameterKind kindOf(InnerParameter of) {
    return first(of, provider -> ask(provider, it -> it.parameterKind(of.layer, of.name)));
  }

  private <T> T first(InnerParameter of, Function<UnitLayoutProvider, T> answer) {
    ClassLoader library = Providers.class.getClassLoader();
    return byLoader
        .computeIfAbsent(
            of.layer.getClass().getClassLoader(),
            ofLayer -> Services.of(UnitLayoutProvider.class, ofLayer, library))
        .stream()
        .map(answer)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
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
