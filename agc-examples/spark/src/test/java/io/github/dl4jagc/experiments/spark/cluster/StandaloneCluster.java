package io.github.dl4jagc.experiments.spark.cluster;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.nd4j.common.primitives.Pair;

/**
 * A Spark standalone cluster of this machine: a master, and workers with one core each, which start
 * executors in JVMs of their own. Every process listens on 127.0.0.1 alone, and is ended by its id.
 */
final class StandaloneCluster implements AutoCloseable {

  private static final Path SPARK_HOME = Path.of(System.getProperty("spark.home.directory"));
  private static final String PROGRAM = System.getProperty("spark.program.jar");
  private static final List<String> JVM_FLAGS =
      List.of(System.getProperty("spark.jvm.flags").trim().split("\\s+"));
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final String url;
  private final List<Process> started = new CopyOnWriteArrayList<>();
  private final List<Process> workers = new ArrayList<>();

  /**
   * Starts a master.
   *
   * @param folder takes the logs and the executors' work
   */
  StandaloneCluster(Path folder) throws IOException {
    this.folder = folder;
    // Also where this JVM is ended before its tests are over.
    Runtime.getRuntime().addShutdownHook(new Thread(this::endAll));
    int port = freePort();
    this.url = "spark://" + HOST + ":" + port;
    start(
        "master",
        "org.apache.spark.deploy.master.Master",
        "--host",
        HOST,
        "--port",
        String.valueOf(port),
        "--webui-port",
        "0");
    awaitInLog("master", "New state: ALIVE");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Adds a worker, and waits until the master knows it. */
  void addWorker() throws IOException {
    String name = "worker" + (workers.size() + 1);
    workers.add(
        start(
            name,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            HOST,
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "2g",
            "--work-dir",
            folder.resolve(name).toString(),
            url));
    awaitInLog(name, "Successfully registered with master");
  }

  /**
   * Submits a job as spark-submit does.
   *
   * @param name of its log
   * @param mainClass in the packed program or in {@code jars}
   * @param jars to be brought along, or an empty list
   * @param arguments of the main class
   */
  Submitted submit(String name, String mainClass, List<Path> jars, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                url,
                "--conf",
                "spark.driver.host=" + HOST,
                "--conf",
                "spark.driver.bindAddress=" + HOST,
                "--conf",
                "spark.ui.enabled=false",
                "--executor-memory",
                "1g",
                "--class",
                mainClass));
    if (!jars.isEmpty()) {
      command.add("--jars");
      command.add(jars.stream().map(Path::toString).collect(Collectors.joining(",")));
    }
    command.add(PROGRAM);
    command.addAll(List.of(arguments));
    return new Submitted(start(name, command.toArray(String[]::new)), log(name));
  }

  /** The JVMs of the executors that run now, by worker. */
  List<Pair<Process, ProcessHandle>> executors() {
    List<Pair<Process, ProcessHandle>> executors = new ArrayList<>();
    for (Process worker : workers) {
      worker.descendants().map(executor -> Pair.of(worker, executor)).forEach(executors::add);
    }
    return executors;
  }

  private Process start(String name, String... mainClassAndArguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_FLAGS);
    command.add("-Xmx1g");
    command.add("-classpath");
    command.add(SPARK_HOME.resolve("jars") + File.separator + "*");
    command.addAll(List.of(mainClassAndArguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", SPARK_HOME.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log(name).toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private void awaitInLog(String name, String text) {
    await(name + ": " + text)
        .atMost(PATIENCE)
        .until(() -> Files.exists(log(name)) && Files.readString(log(name)).contains(text));
  }

  /** Ends every process that this cluster started, and those that they started. */
  @Override
  public void close() throws InterruptedException {
    endAll();
    for (Process process : started) {
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private void endAll() {
    for (Process process : started) {
      List<ProcessHandle> executors = process.descendants().collect(Collectors.toList());
      process.destroyForcibly(); // first, or it starts executors anew
      executors.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** A job that was submitted. */
  static final class Submitted {

    private final Process driver;
    private final Path log;

    private Submitted(Process driver, Path log) {
      this.driver = driver;
      this.log = log;
    }

    /** What the driver has printed so far. */
    String output() throws IOException {
      return Files.readString(log);
    }

    /** Waits for a line that matches. */
    void awaitLine(String pattern) {
      await(pattern + " in " + log)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !driver.isAlive() || output().lines().anyMatch(l -> l.matches(pattern)));
    }

    /** Waits for the end, and returns the exit code; a job that lasts too long is ended. */
    int exitCode() throws InterruptedException {
      if (!driver.waitFor(100, TimeUnit.SECONDS)) {
        driver.destroyForcibly();
        throw new AssertionError("the job did not end: see " + log);
      }
      return driver.exitValue();
    }
  }
}
