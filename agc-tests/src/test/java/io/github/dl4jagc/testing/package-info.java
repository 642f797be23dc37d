/**
 * What tests share: the oracle, networks and data, checks of a training, and what runs programs and
 * reads logs. Nothing here trusts the library's reading of a network.
 */
package io.github.dl4jagc.testing;
