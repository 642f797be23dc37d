package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textCannotBecomeMarkupOrTurnTheTextAroundIt() {
    assertThat(Html.escape("</script>\"'&")).isEqualTo("&lt;/script&gt;&quot;&#39;&amp;");
    assertThat(Html.escape("a\u202eb\u2066c\u0000d")).isEqualTo("a\ufffdb\ufffdc\ufffdd");
    assertThat(Html.escape("two\nlines")).isEqualTo("two\nlines");
  }

  @Test
  void longNamesAreCutAtTheBeginning() {
    assertThat(Html.shortened("x".repeat(30))).hasSize(30).doesNotContain("\u2026");
    assertThat(Html.shortened("a".repeat(200) + "end")).hasSize(30).endsWith("end");
  }

  @Test
  void whatIsFilledInIsNotTakenForAPlaceholder() {
    assertThat(Html.page(HtmlTest.class, "page.html", Map.of("a", "{{b}} $1", "b", "x")))
        .isEqualTo("{{b}} $1 x\n");
  }

  @Test
  void listsAreEscaped() {
    assertThat(Html.list(List.of("<"))).contains("<li>&lt;</li>");
  }
}
