package io.github.dl4jagc.report.ui;

import io.github.dl4jagc.report.ReportPage;
import io.github.dl4jagc.report.RunReport;
import io.github.dl4jagc.report.Runs;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** What the attached storages have of AGC, by session, and as JSON for the page. Thread-safe. */
final class Sessions {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final class Session {
    final Runs runs = new Runs("The training");
    final StatsStorage storage;

    /** Of so many reports. */
    private long changes;

    private ObjectNode parts;

    Session(StatsStorage storage) {
      this.storage = storage;
    }

    synchronized ObjectNode parts() {
      long now = runs.changes();
      if (now != changes) {
        parts = ReportPage.parts(runs).put("changes", now);
        changes = now;
      }
      return parts;
    }
  }

  /** In the order in which they came. */
  private final Map<String, Session> sessions = new LinkedHashMap<>();

  void read(StatsStorageEvent event) {
    StatsStorage storage = event.getStatsStorage();
    add(
        storage,
        storage.getUpdate(
            event.getSessionID(), event.getTypeID(), event.getWorkerID(), event.getTimestamp()));
  }

  void readAll(StatsStorage storage) {
    for (String session : storage.listSessionIDs()) {
      if (storage.listTypeIDsForSession(session).contains(AgcStatsUpdate.TYPE_ID)) {
        storage.getAllUpdatesAfter(session, AgcStatsUpdate.TYPE_ID, -1).stream()
            .sorted(Comparator.comparingLong(Persistable::getTimeStamp))
            .forEach(update -> add(storage, update));
      }
    }
  }

  private void add(StatsStorage storage, Persistable update) {
    if (update instanceof AgcStatsUpdate) {
      RunReport report = ((AgcStatsUpdate) update).report();
      Session session;
      synchronized (this) {
        session = sessions.computeIfAbsent(update.getSessionID(), id -> new Session(storage));
      }
      session.runs.addTotal(report);
    }
  }

  synchronized void remove(StatsStorage storage) {
    sessions.values().removeIf(session -> session.storage == storage);
  }

  synchronized boolean has(String id) {
    return sessions.containsKey(id);
  }

  /**
   * What the page shows of a session.
   *
   * @param id of the session; the latest one if there is none of this name and {@code several} is
   *     false
   * @param several whether the UI has a path for each session
   * @param since the changes that the page has already: then there is nothing but their number
   */
  String json(String id, boolean several, String since) {
    ObjectNode json = JSON.createObjectNode();
    String shown;
    Session session;
    synchronized (this) {
      List<String> ids = List.copyOf(sessions.keySet());
      ids.forEach(json.putArray("sessions")::add);
      boolean known = several || sessions.containsKey(id) || ids.isEmpty();
      shown = known ? id : ids.get(ids.size() - 1);
      session = sessions.get(shown);
    }
    if (session != null) {
      json.put("session", shown);
      if (String.valueOf(session.runs.changes()).equals(since)) {
        json.put("changes", since);
      } else {
        json.setAll(session.parts());
      }
    }
    return json.toString();
  }
}
