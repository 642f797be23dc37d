package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOTHING_IS_CLIPPED;
import static io.github.dl4jagc.internal.check.Troubleshooting.SETTINGS_ARE_REPLACED;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.dl4j.UpdatersInside;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AGC around updaters that exist, with other settings, or taken off again. */
final class Wrapping {

  private static final Logger log = LoggerFactory.getLogger(Wrapping.class);

  private Wrapping() {}

  /** A copy in which every updater has AGC with these settings. What they replace is logged. */
  static <T> T with(AgcSettings settings, Function<UpdatersInside.Change, T> copying) {
    Checks.notNull(settings, "settings", BAD_ARGUMENT);
    Map<AgcSettings, Set<String>> replaced = new LinkedHashMap<>();
    Set<String> plain = new LinkedHashSet<>();
    T copy =
        copying.apply(
            (layer, updater) -> {
              if (updater instanceof AgcGradientNormalization) {
                AgcSettings old = ((AgcGradientNormalization) updater).settings();
                replaced.computeIfAbsent(old, key -> new LinkedHashSet<>()).add(layer);
              } else {
                plain.add(layer);
              }
              return new AgcGradientNormalization(without(layer, updater), settings);
            });
    replaced.remove(settings);
    if (!replaced.isEmpty()) {
      log.warn(
          SETTINGS_ARE_REPLACED.message(
              "AGC: wrap replaces settings by ({}): {}.{} To change some options and keep the"
                  + " others, write Agc.withSettings(net, settings ->"
                  + " settings.toBuilder()...build())",
              settings,
              replaced.entrySet().stream()
                  .map(each -> "those of " + each.getValue() + " were (" + each.getKey() + ")")
                  .collect(Collectors.joining("; ")),
              plain.isEmpty() ? "" : " Layers with plain updaters get AGC: " + plain + "."));
    }
    return copy;
  }

  /** A copy in which AGC has other settings where there is any, and there has to be. */
  static <T> T withChanged(
      UnaryOperator<AgcSettings> change, Function<UpdatersInside.Change, T> copying) {
    Checks.notNull(change, "change", BAD_ARGUMENT);
    AtomicBoolean any = new AtomicBoolean();
    T copy =
        copying.apply(
            (layer, updater) -> {
              if (!(updater instanceof AgcGradientNormalization)) {
                return updater;
              }
              any.set(true);
              AgcGradientNormalization agc = (AgcGradientNormalization) updater;
              AgcSettings changed = change.apply(agc.settings());
              return new AgcGradientNormalization(
                  agc.inner(), Checks.notNull(changed, "What change returns", BAD_ARGUMENT));
            });
    NOTHING_IS_CLIPPED.require(
        any.get(),
        "net must have an AgcGradientNormalization whose settings can change, got none in any"
            + " layer: write Agc.wrap(net, settings)");
    return copy;
  }

  /** An updater without AGC, as an {@link UpdatersInside.Change}. */
  static IUpdater without(String layer, IUpdater updater) {
    return updater instanceof AgcGradientNormalization
        ? ((AgcGradientNormalization) updater).inner()
        : updater;
  }
}
