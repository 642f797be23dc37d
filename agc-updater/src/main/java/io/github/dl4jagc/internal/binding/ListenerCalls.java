package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.LISTENER_IS_GONE;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of AGC's listener in one network or graph, one before each update: an updater stays
 * bound without them, so nobody would notice at first that the listener has been dropped.
 */
public final class ListenerCalls {

  private static final Logger log = LoggerFactory.getLogger(ListenerCalls.class);

  private int count;
  private boolean warned;

  synchronized void add() {
    count++;
  }

  /**
   * The number of calls now; warns, once, if it is that at an updater's {@code last} update. A loop
   * of one's own that never calls a listener is none of its business.
   */
  synchronized int since(int last) {
    if (count == last && count > 0 && !warned) {
      warned = true;
      log.warn(
          LISTENER_IS_GONE.message(
              "AGC still clips, but its AgcListener (AgcSameDiffListener) is no longer called:"
                  + " setListeners(..) replaces all listeners. Nothing is logged or written any"
                  + " more, and after the next setLearningRate, which makes a new updater, training"
                  + " ends in \"never bound\". After setListeners(..) write net.addListeners(new"
                  + " AgcListener()), or Agc.attach(net)."));
    }
    return count;
  }
}
