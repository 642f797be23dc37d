/**
 * Networks: all that knows DL4J's classes below its API, updater blocks and layer configurations.
 * It gives a network's updaters weights and units to clip against, and copies networks with and
 * without AGC.
 */
package io.github.dl4jagc.internal.dl4j;
