package io.github.dl4jagc.testing;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.factory.DataBufferFactory;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Notes the ND4J operations that are executed and counts the buffers that are made while it is
 * open, by stand-ins of ND4J's executioner and of its factory of buffers, which pass everything on.
 */
public final class OperationWatch implements AutoCloseable {

  private interface Call {
    void seen(String method, Object[] arguments);
  }

  private final List<Object> operations = new ArrayList<>();
  private int buffers;
  private final Object executioner;
  private final Object bufferFactory;

  public OperationWatch() throws ReflectiveOperationException {
    Nd4j.scalar(1); // ND4J itself has begun
    executioner = field("OP_EXECUTIONER_INSTANCE").get(null);
    bufferFactory = field("DATA_BUFFER_FACTORY_INSTANCE").get(null);
    field("OP_EXECUTIONER_INSTANCE")
        .set(
            null,
            standIn(
                OpExecutioner.class,
                executioner,
                (name, arguments) -> {
                  if (name.startsWith("exec")) {
                    operations.add(arguments[0]);
                  }
                }));
    field("DATA_BUFFER_FACTORY_INSTANCE")
        .set(
            null,
            standIn(
                DataBufferFactory.class,
                bufferFactory,
                (name, arguments) -> {
                  if (name.startsWith("create")) {
                    buffers++;
                  }
                }));
  }

  /** Each call of {@code exec}, of a legacy operation or a custom one. */
  public List<Object> operations() {
    return operations;
  }

  /** How many buffers were made. */
  public int buffers() {
    return buffers;
  }

  /** Forgets what was seen. */
  public void clear() {
    operations.clear();
    buffers = 0;
  }

  @Override
  public void close() throws ReflectiveOperationException {
    field("OP_EXECUTIONER_INSTANCE").set(null, executioner);
    field("DATA_BUFFER_FACTORY_INSTANCE").set(null, bufferFactory);
  }

  private static Object standIn(Class<?> type, Object original, Call call) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          call.seen(method.getName(), arguments);
          try {
            return method.invoke(original, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private static Field field(String name) throws NoSuchFieldException {
    Field field = Nd4j.class.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
