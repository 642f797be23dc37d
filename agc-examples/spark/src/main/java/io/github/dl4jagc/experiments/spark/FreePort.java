package io.github.dl4jagc.experiments.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/**
 * A UDP port for DL4J's parameter server: the one that was asked for on the driver, a free one on
 * each executor, where several may share a machine. DL4J asks more than once, and means the same
 * port each time; its own StaticPortSupplier always answers 49876.
 */
final class FreePort implements PortSupplier {

  private static final long serialVersionUID = 1L;

  /** The free port of this JVM; 0 as long as nobody has asked. */
  private static int free;

  private final int driverPort;

  /** False in the copies that executors read. */
  private transient boolean driver = true;

  /**
   * @param driverPort the driver's port; 0 for a free one
   */
  FreePort(int driverPort) {
    this.driverPort = driverPort;
  }

  @Override
  public int getPort() {
    return driver && driverPort > 0 ? driverPort : freePort();
  }

  private static synchronized int freePort() {
    if (free == 0) {
      try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(0))) {
        free = socket.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException("No free UDP port for the parameter server", e);
      }
    }
    return free;
  }
}
