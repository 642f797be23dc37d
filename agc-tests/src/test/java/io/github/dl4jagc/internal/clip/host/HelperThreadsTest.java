package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Help that may come or not: what each caller can rely on. */
@Timeout(60)
class HelperThreadsTest {

  private static void awaitQuietly(CountDownLatch latch, long seconds) {
    try {
      latch.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs {@code helper} on a helper thread while {@code caller} runs here. A helper thread that is
   * about to be idle takes nothing, so it may need another try.
   */
  private static void runTogether(Runnable caller, Runnable helper) {
    CountDownLatch begun = new CountDownLatch(1);
    while (begun.getCount() > 0) {
      HelperThreads.run(
          List.of(
              () -> {
                awaitQuietly(begun, 1);
                if (begun.getCount() == 0) {
                  caller.run();
                }
              },
              () -> {
                begun.countDown();
                helper.run();
              }));
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Thread> helpers() {
    List<Thread> helpers = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(HelperThreads.NAME)) {
        helpers.add(thread);
      }
    }
    return helpers;
  }

  @Test
  void theCallerReturnsWhenItsHelperHasEnded() {
    AtomicInteger ended = new AtomicInteger();
    runTogether(
        () -> {},
        () -> {
          sleep(300);
          ended.incrementAndGet();
        });
    assertThat(ended).hasValue(1);
  }

  @Test
  void helpersAreDaemonsThatInheritNothingAndEndWhenIdle() throws InterruptedException {
    InheritableThreadLocal<Object> local = new InheritableThreadLocal<>();
    AtomicReference<Thread> helper = new AtomicReference<>();
    AtomicReference<Object> inherited = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              local.set("the caller's");
              runTogether(
                  () -> {},
                  () -> {
                    helper.set(Thread.currentThread());
                    inherited.set(local.get());
                  });
            });
    caller.setContextClassLoader(new ClassLoader() {});
    caller.start();
    caller.join();

    assertThat(inherited.get()).isNull();
    assertThat(helper.get().isDaemon()).isTrue();
    helper.get().join(TimeUnit.SECONDS.toMillis(HelperThreads.IDLE_SECONDS + 20));
    assertThat(helper.get().isAlive()).isFalse();
  }

  @Test
  void helpersLoadClassesAsTheLibraryDoes() {
    AtomicReference<ClassLoader> loader = new AtomicReference<>();
    runTogether(() -> {}, () -> loader.set(Thread.currentThread().getContextClassLoader()));
    assertThat(loader.get()).isSameAs(HelperThreads.class.getClassLoader());
  }

  @Test
  void aFailureOfAHelperReachesTheCaller() {
    for (Throwable failure : List.of(new IllegalStateException("a"), new StackOverflowError())) {
      AtomicInteger callersWork = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  runTogether(
                      callersWork::incrementAndGet,
                      () -> HelperThreadsTest.<RuntimeException>sneakyThrow(failure)))
          .isSameAs(failure);
      assertThat(callersWork).hasValue(1);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void aFailureOfTheCallerWaitsForItsHelper() {
    AtomicInteger ended = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("the caller's");
    assertThatThrownBy(
            () ->
                runTogether(
                    () -> {
                      throw failure;
                    },
                    () -> {
                      sleep(300);
                      ended.incrementAndGet();
                      throw new IllegalArgumentException("the helper's");
                    }))
        .isSameAs(failure);
    assertThat(ended).hasValue(1);
  }

  @Test
  void aHelperThatHasFailedHelpsAgain() {
    assertThatThrownBy(
            () ->
                runTogether(
                    () -> {},
                    () -> {
                      throw new IllegalStateException("once");
                    }))
        .hasMessage("once");
    AtomicInteger ended = new AtomicInteger();
    runTogether(() -> {}, ended::incrementAndGet);
    assertThat(ended).hasValue(1);
  }

  @Test
  void anInterruptedCallerWaitsAllTheSameAndStaysInterrupted() {
    AtomicInteger ended = new AtomicInteger();
    boolean interrupted;
    try {
      runTogether(
          () -> Thread.currentThread().interrupt(),
          () -> {
            sleep(300);
            ended.incrementAndGet();
          });
    } finally {
      interrupted = Thread.interrupted();
    }
    assertThat(ended).hasValue(1);
    assertThat(interrupted).isTrue();
  }

  @Test
  void whatFindsNoThreadIsNeitherWaitedForNorRunLater() throws InterruptedException {
    int helpers = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    CountDownLatch release = new CountDownLatch(1);
    List<Thread> busy = new ArrayList<>();
    try {
      CountDownLatch taken = new CountDownLatch(helpers);
      for (int i = 0; i < helpers; i++) {
        Thread thread =
            new Thread(
                () ->
                    runTogether(
                        () -> {},
                        () -> {
                          taken.countDown();
                          awaitQuietly(release, 50);
                        }));
        busy.add(thread);
        thread.start();
      }
      assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();

      List<String> ran = Collections.synchronizedList(new ArrayList<>());
      HelperThreads.run(
          List.of(() -> ran.add("caller"), () -> ran.add("helper"), () -> ran.add("helper")));
      assertThat(ran).containsExactly("caller");
      assertThat(helpers()).hasSize(helpers);

      release.countDown();
      for (Thread thread : busy) {
        thread.join();
      }
      runTogether(() -> {}, () -> ran.add("another"));
      assertThat(ran).containsExactly("caller", "another");
    } finally {
      release.countDown();
    }
  }

  @Test
  void manyCallersAtOnceAllReturnWithTheirWorkDone() throws Exception {
    int callers = 16;
    CyclicBarrier start = new CyclicBarrier(callers);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  for (int round = 0; round < 500; round++) {
                    AtomicInteger left = new AtomicInteger(20);
                    AtomicInteger done = new AtomicInteger();
                    Runnable worker =
                        () -> {
                          while (left.getAndDecrement() > 0) {
                            done.incrementAndGet();
                          }
                        };
                    HelperThreads.run(Collections.nCopies(4, worker));
                    assertThat(done).hasValue(20);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
