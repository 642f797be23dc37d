/** What the examples share: how options are read, errors told and numbers shown. */
package io.github.dl4jagc.experiments.support;
