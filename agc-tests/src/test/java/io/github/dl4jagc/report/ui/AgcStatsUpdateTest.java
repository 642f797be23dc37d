package io.github.dl4jagc.report.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgcStatsUpdateTest {

  private final AgcStatsUpdate update = StatsUpdates.of(3);

  private void isTheSame(AgcStatsUpdate read) {
    assertThat(read.getSessionID()).isEqualTo("session");
    assertThat(read.getWorkerID()).isEqualTo("worker");
    assertThat(read.getTypeID()).isEqualTo(update.getTypeID());
    assertThat(read.getTimeStamp()).isEqualTo(1234567890123L);
    RunReport report = read.report();
    assertThat(report.run).isEqualTo(update.report().run).hasSize(8);
    assertThat(report.started).isBetween(Instant.now().minusSeconds(3600), Instant.now());
    assertThat(report.iteration).isEqualTo(7);
    assertThat(report.epoch).isEqualTo(3);
    assertThat(report.score).isEqualTo(0.25);
    assertThat(report.text()).contains(",Sgd(learningRate=0.1),8,");
    assertThat(report.report.rows())
        .extracting(ReportRow::fields)
        .isEqualTo(
            StatsUpdates.report(3).rows().stream()
                .map(ReportRow::fields)
                .collect(Collectors.toList()))
        .hasSize(6);
    assertThat(report.report.total().iterations()).isEqualTo(3);
  }

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    assertThat(update.encode()).hasSize(update.encodingLengthBytes());
    AgcStatsUpdate read = new AgcStatsUpdate();
    read.decode(update.encode());
    isTheSame(read);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    update.encode(out);
    assertThat(out.toByteArray()).isEqualTo(update.encode());
  }

  @Test
  void itSaysItselfWhereItEnds() throws Exception {
    AgcStatsUpdate next = StatsUpdates.of(1);
    ByteBuffer two =
        ByteBuffer.allocate(update.encodingLengthBytes() + next.encodingLengthBytes() + 3);
    update.encode(two);
    next.encode(two);
    two.flip();
    AgcStatsUpdate first = new AgcStatsUpdate();
    first.decode(two);
    isTheSame(first);
    AgcStatsUpdate second = new AgcStatsUpdate();
    second.decode(two);
    assertThat(second.report().report.total().iterations()).isEqualTo(1);
    assertThat(two.remaining()).isZero();
    ByteArrayInputStream stream = new ByteArrayInputStream(two.array());
    new AgcStatsUpdate().decode(stream);
    second.decode(stream);
    assertThat(second.report().report.total().iterations()).isEqualTo(1);
    assertThat(stream.available()).isEqualTo(3);
  }

  /** Spark sends them so. */
  @Test
  void itIsSerialised() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(update);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      isTheSame((AgcStatsUpdate) in.readObject());
    }
  }

  @Test
  void anotherVersionIsRefusedByName() {
    byte[] bytes = update.encode();
    bytes[3] = 9;
    assertThatThrownBy(() -> new AgcStatsUpdate().decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have version 1, got 9");
  }

  @Test
  void halfAnUpdateIsRefused() {
    byte[] half = java.util.Arrays.copyOf(update.encode(), update.encodingLengthBytes() / 2);
    assertThatThrownBy(() -> new AgcStatsUpdate().decode(half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytes expected, got");
  }
}
