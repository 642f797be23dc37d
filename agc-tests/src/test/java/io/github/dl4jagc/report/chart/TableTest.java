package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void textIsAlignedUnderAHeaderOfSeveralLines() {
    Table table =
        new Table(List.of("name", "of the\nunits"))
            .names(1)
            .row(List.of("a", "100"))
            .row(List.of("longer", "7"));
    assertThat(table.text().split(System.lineSeparator()))
        .containsExactly("name    of the", "         units", "a          100", "longer       7");
  }

  @Test
  void htmlIsEscapedAndHasAHeader() throws Exception {
    Svg html = new Svg(new Table(List.of("<b>", "n")).names(1).row(List.of("&", "1")).html());
    assertThat(html.all("//th").get(0).getTextContent()).isEqualTo("<b>");
    assertThat(html.all("//th").get(0).getAttribute("scope")).isEqualTo("col");
    assertThat(html.all("//td").get(0).getTextContent()).isEqualTo("&");
    assertThat(html.all("//td[@class='name']")).hasSize(1);
  }
}
