package io.github.dl4jagc.internal.check;

/** Makes what is logged once per process due again. */
public final class LoggedMessages {

  private LoggedMessages() {}

  public static void forget() {
    WarnOnce.forget();
  }
}
