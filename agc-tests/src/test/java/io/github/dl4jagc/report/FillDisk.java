package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A program: appends reports to the file that its argument names, and prints how many it could. */
final class FillDisk {

  private FillDisk() {}

  public static void main(String[] arguments) {
    FiguresFile file = FiguresFile.of(Path.of(arguments[0]), FiguresFormat.CSV);
    file.open();
    Object network = new Object();
    int written = 0;
    int failed = 0;
    for (int iteration = 0; iteration < 200; iteration++) {
      AgcReport.Statistics figures = new AgcReport.Statistics(1, 4, 2, 0, 0.02, 0.5);
      try {
        file.append(network, List.of(row(iteration, "W", figures), row(iteration, "b", figures)));
        written++;
      } catch (UncheckedIOException e) {
        failed++;
      }
    }
    System.out.println(written + " written, " + failed + " failed");
  }

  private static FigureRow row(int iteration, String parameter, AgcReport.Statistics figures) {
    return new FigureRow(
        iteration,
        0,
        0.5,
        0.1,
        new AgcReport.Row("a layer with a long name", parameter, 4, null, figures, figures));
  }
}
