/** A program to copy: one file, which trains with adaptive gradient clipping on Spark. */
package io.github.dl4jagc.examples.spark;
