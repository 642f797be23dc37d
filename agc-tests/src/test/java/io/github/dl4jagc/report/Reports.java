package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Reports of runs that no network made, and the page of them. */
final class Reports {

  static final double THRESHOLD = 0.02;

  private Reports() {}

  /** One row of weights, or of what else the changes say. */
  static ReportRow row(Object... changes) {
    Map<String, Object> fields =
        new LinkedHashMap<>(
            Map.of(
                "layer",
                "a",
                "parameter",
                "W",
                "kind",
                "WEIGHT",
                "units",
                10,
                "form",
                "GRADIENT",
                "threshold",
                0.1,
                "nonFiniteGradients",
                "ZERO",
                "observeOnly",
                false));
    fields.putAll(
        Map.of(
            "learningRate",
            0.5,
            "iterations",
            1,
            "seen",
            10,
            "clipped",
            2,
            "observed",
            0,
            "nonFinite",
            0,
            "largestRatio",
            1.1,
            "smallestScale",
            0.09,
            "ratios",
            "58:8 81:2"));
    for (int i = 0; i < changes.length; i += 2) {
      fields.put((String) changes[i], changes[i + 1]);
    }
    return ReportRow.of(fields);
  }

  static ReportRow leftAlone(String layer, String reason) {
    return ReportRow.of(
        Map.of(
            "layer", layer, "parameter", "W", "kind", "WEIGHT", "units", 3, "leftAlone", reason));
  }

  static RunReport report(int iteration, double score, ReportRow... rows) {
    return report("first", "", iteration, score, rows);
  }

  static RunReport report(
      String run, String resumes, int iteration, double score, ReportRow... rows) {
    return new RunReport(
        run,
        Instant.parse("2026-11-28T10:00:00Z"),
        resumes,
        iteration,
        0,
        score,
        "Sgd(learningRate=0.5)",
        32,
        new AgcReport(List.of(rows)));
  }

  static String html(RunReport... reports) {
    Runs runs = new Runs("The list");
    List.of(reports).forEach(runs::add);
    return ReportPage.of(Path.of("statistics.csv"), runs);
  }

  /** Reports as a training might give them: much is clipped at first, in the first layers most. */
  static RunReport[] training(int layers, int reports, int every) {
    Random random = new Random(layers);
    RunReport[] training = new RunReport[reports];
    for (int report = 0; report < reports; report++) {
      double done = (double) report / reports;
      List<ReportRow> rows = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        double ratio =
            0.2
                * Math.exp(-4 * done - 3.0 * layer / layers + 0.4 * random.nextGaussian())
                * (layer % 7 == 3 ? 0.05 : 1);
        for (String parameter : new String[] {"W", "b"}) {
          int units = parameter.equals("W") ? 64 : 1;
          double share = Math.max(0, Math.min(1, Math.log(ratio / THRESHOLD) / 2));
          long clipped = Math.round(share * units);
          int bin = RatioHistogram.binOf(ratio);
          rows.add(
              row(
                  "layer", "stage" + layer / 8 + "/block" + layer % 8,
                  "parameter", parameter,
                  "kind", parameter.equals("W") ? "WEIGHT" : "BIAS",
                  "units", units,
                  "seen", units,
                  "threshold", THRESHOLD,
                  "learningRate", 0.1 * (1 + Math.cos(Math.PI * done)) / 2,
                  "clipped", clipped,
                  "largestRatio", ratio,
                  "smallestScale", clipped == 0 ? 1 : THRESHOLD / ratio,
                  "ratios", bin - 8 + ":" + (units - clipped) + " " + bin + ":" + clipped));
        }
      }
      double score = 0.3 + 2 * Math.exp(-5 * done) + 0.1 * random.nextGaussian();
      training[report] = report(report * every, score, rows.toArray(new ReportRow[0]));
    }
    return training;
  }
}
