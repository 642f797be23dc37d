package io.github.dl4jagc.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a class in a process of its own. */
public final class JavaProcess {

  private JavaProcess() {}

  /**
   * @param folder where the output is kept while the process runs
   * @return what it printed; ended after two minutes
   */
  public static String run(Path folder, String classPath, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("-cp", classPath, program.getName()));
    command.addAll(Arrays.asList(arguments));
    return run(folder, Map.of(), command);
  }

  /**
   * With the class path of this process.
   *
   * @param environment variables besides those of this process
   * @param options of the virtual machine
   */
  public static String run(
      Path folder,
      Map<String, String> environment,
      List<String> options,
      Class<?> program,
      String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(Arrays.asList(arguments));
    return run(folder, environment, command);
  }

  private static String run(Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }
}
