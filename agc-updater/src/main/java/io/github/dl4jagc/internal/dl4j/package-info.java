/** Networks: all that knows DL4J's classes below its API, updater blocks and configurations. */
package io.github.dl4jagc.internal.dl4j;
