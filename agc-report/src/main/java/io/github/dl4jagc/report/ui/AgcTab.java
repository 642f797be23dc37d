package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.nd4j.common.resources.strumpf.StrumpfResolver;

/**
 * Puts the tab "AGC" into the navigation of DL4J's training pages, which is written into their
 * templates: the UI reads these as resources, and asks this resolver before the built-in one, which
 * it is but for these. The template is the original one with a line more, or unchanged if it is
 * another than expected.
 */
public final class AgcTab extends StrumpfResolver {

  /** Less than the built-in one's, which is 100. */
  private static final int PRIORITY = 50;

  private static final Pattern TEMPLATE =
      Pattern.compile("templates/Training(Overview|Model|System)\\.html\\.ftl");

  /** The line of the last one of the tabs. */
  private static final Pattern SYSTEM = Pattern.compile("(?m)^([ \\t]*)<li.*href=\"system\".*$");

  private static final String TAB =
      "<li class=\"nav-item\"><a class=\"nav-link\" href=\"agc\">"
          + "<i class=\"nav-icon cui-graph\"></i>AGC</a></li>\n";

  /** Where templates lie with the tab in them; {@code null}: none was asked for yet. */
  private Path folder;

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public boolean exists(String path) {
    return TEMPLATE.matcher(path).matches() && super.exists(path);
  }

  static String withTab(String template) {
    return SYSTEM.matcher(template).replaceFirst("$1" + TAB + "$0");
  }

  @Override
  public synchronized File asFile(String path) {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("agc-ui");
        folder.toFile().deleteOnExit();
      }
      Path file = folder.resolve(Path.of(path).getFileName());
      if (!Files.exists(file)) {
        Files.writeString(file, withTab(Files.readString(super.asFile(path).toPath())));
        file.toFile().deleteOnExit();
      }
      return file.toFile();
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message("Cannot copy DL4J's {}", path), e);
    }
  }
}
