package io.github.dl4jagc.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.dl4jagc.internal.check.LoggedMessages;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Collects what the library logs while it is open, instead of printing it. What is logged once per
 * process is logged once in each of these.
 */
public final class LogCapture implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.dl4jagc");
  private final Level before = logger.getLevel();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<ILoggingEvent>() {
        @Override
        protected void append(ILoggingEvent event) {
          // Which implementation clips is said once, wherever that happens to be.
          if (!event.getFormattedMessage().startsWith("AGC clips ")) {
            messages.add(event.getLevel() + " " + event.getFormattedMessage());
          }
        }
      };

  public LogCapture() {
    LoggedMessages.forget();
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  public List<String> messages() {
    return messages;
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(before);
  }
}
