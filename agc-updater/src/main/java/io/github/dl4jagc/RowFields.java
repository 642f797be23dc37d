package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.AgcReport.Statistics;
import io.github.dl4jagc.internal.clip.ClipCounter;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.stats.ParameterStatistics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The rows of reports as named fields, and of what was counted. A statistic is counted in {@link
 * ClipCounter}, added up in {@link Statistics}, and named here.
 */
final class RowFields {

  private final Map<String, ?> fields;

  private RowFields(Map<String, ?> fields) {
    this.fields = fields;
  }

  static Map<String, Object> of(ReportRow row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("layer", row.layer());
    fields.put("parameter", row.parameter());
    fields.put("kind", row.kind());
    fields.put("units", row.units());
    fields.put("leftAlone", row.leftAlone().orElse(null));
    ReportRow.Rule rule = row.rule().orElse(null);
    fields.put("form", rule == null ? null : rule.form());
    fields.put("threshold", rule == null ? null : rule.threshold());
    fields.put("nonFiniteGradients", rule == null ? null : rule.policy());
    fields.put("observeOnly", rule == null ? null : rule.observed());
    fields.put("learningRate", Double.isNaN(row.learningRate()) ? null : row.learningRate());
    Statistics total = row.total();
    boolean none = total.iterations() == 0;
    boolean noRatio = total.ratios().count() == 0;
    fields.put("iterations", none ? null : total.iterations());
    fields.put("seen", none ? null : total.units());
    fields.put("clipped", none ? null : total.clippedUnits());
    fields.put("observed", none ? null : total.observedUnits());
    fields.put("nonFinite", none ? null : total.nonFiniteUnits());
    fields.put("share", none ? null : total.clippedShare());
    fields.put("largestRatio", noRatio ? null : total.largestRatio());
    fields.put("smallestScale", noRatio ? null : total.smallestScale());
    fields.put("ratios", noRatio ? null : total.ratios().encoded());
    return fields;
  }

  /** A row of what was counted. */
  static ReportRow row(ParameterStatistics of) {
    ClippingRule rule = of.rule;
    return new ReportRow(
        of.layer,
        of.parameter,
        of.kind,
        of.units,
        of.leftAlone,
        rule == null
            ? null
            : new ReportRow.Rule(
                rule.form(), rule.threshold(), rule.nonFiniteGradients(), rule.observeOnly()),
        of.learningRate,
        statistics(of.latest),
        statistics(of.total));
  }

  private static Statistics statistics(ClipCounter counter) {
    return new Statistics(
        counter.iterations,
        counter.clippedUnits,
        counter.observedUnits,
        counter.nonFiniteUnits,
        counter.largestRatio,
        counter.smallestScale,
        RatioHistogram.of(counter.ratios.toArray()));
  }

  static ReportRow row(Map<String, ?> fields) {
    return new RowFields(fields).row();
  }

  private ReportRow row() {
    return new ReportRow(
        text("layer"),
        text("parameter"),
        constant("kind", ParameterKind.class),
        count("units"),
        has("leftAlone") ? text("leftAlone") : null,
        has("form") ? rule() : null,
        numberOr("learningRate", Double.NaN),
        Statistics.NONE,
        has("iterations") ? statistics() : Statistics.NONE);
  }

  private ReportRow.Rule rule() {
    return new ReportRow.Rule(
        constant("form", ClippingForm.class),
        parsed("threshold", "a number >= 0", Double::parseDouble, threshold -> threshold >= 0),
        constant("nonFiniteGradients", NonFiniteGradients.class),
        parsed(
            "observeOnly",
            "true or false",
            Map.of("true", true, "false", false)::get,
            Objects::nonNull));
  }

  private Statistics statistics() {
    String form = "such as \"80:3 81:12\": bins and their counts";
    RatioHistogram ratios =
        has("ratios")
            ? parsed("ratios", form, RatioHistogram::decoded, each -> true)
            : RatioHistogram.EMPTY;
    Statistics statistics =
        new Statistics(
            count("iterations"),
            count("clipped"),
            count("observed"),
            count("nonFinite"),
            numberOr("largestRatio", Statistics.NONE.largestRatio()),
            numberOr("smallestScale", Statistics.NONE.smallestScale()),
            ratios);
    if (statistics.units() != count("seen") || statistics.units() < 0) {
      throw bad("seen", "the sum of the ratios and of \"nonFinite\", " + statistics.units());
    }
    if (statistics.clippedUnits() > ratios.count()) {
      throw bad("clipped", "at most the sum of the ratios, " + ratios.count());
    }
    if (statistics.observedUnits() > statistics.clippedUnits()) {
      throw bad("observed", "at most \"clipped\"");
    }
    return statistics;
  }

  private boolean has(String name) {
    return !Objects.toString(fields.get(name), "").isEmpty();
  }

  private String text(String name) {
    if (!fields.containsKey(name)) {
      throw bad(name, "there");
    }
    return Objects.toString(fields.get(name), "");
  }

  private long count(String name) {
    return parsed(name, "a whole number >= 0", Long::parseLong, count -> count >= 0);
  }

  private double numberOr(String name, double absent) {
    return has(name)
        ? parsed(name, "a number", Double::parseDouble, number -> !number.isNaN())
        : absent;
  }

  private <E extends Enum<E>> E constant(String name, Class<E> type) {
    String bound = "a " + type.getSimpleName();
    return parsed(name, bound, text -> Enum.valueOf(type, text), each -> true);
  }

  private <T> T parsed(String name, String bound, Function<String, T> parser, Predicate<T> isGood) {
    String text = text(name);
    try {
      T value = parser.apply(text);
      if (isGood.test(value)) {
        return value;
      }
    } catch (RuntimeException e) {
      // is as a value that is not good
    }
    throw bad(name, bound);
  }

  private IllegalArgumentException bad(String name, String bound) {
    return BAD_ARGUMENT.argument("{} must be {}, got {}", name, bound, fields.get(name));
  }
}
