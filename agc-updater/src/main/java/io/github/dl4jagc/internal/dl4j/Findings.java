package io.github.dl4jagc.internal.dl4j;

import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.check.Troubleshooting;
import io.github.dl4jagc.internal.check.WarnOnce;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is found of parameters, each finding with all parameters that it is of. */
final class Findings {

  private static final Logger log = LoggerFactory.getLogger(Findings.class);

  private final Map<String, List<Parameter>> parameters = new LinkedHashMap<>();

  void add(String finding, Parameter parameter) {
    parameters.computeIfAbsent(finding, key -> new ArrayList<>()).add(parameter);
  }

  /** Warns of each finding, once; {@code text} is given it, and its parameters in words. */
  void warn(Troubleshooting entry, BiFunction<String, String, String> text) {
    parameters.forEach(
        (finding, all) -> {
          if (WarnOnce.isDue(entry, finding, all)) {
            String more = all.size() == 1 ? "" : " and " + (all.size() - 1) + " more";
            log.warn(entry.message("AGC: {}", text.apply(finding, all.get(0) + more)));
          }
        });
  }
}
