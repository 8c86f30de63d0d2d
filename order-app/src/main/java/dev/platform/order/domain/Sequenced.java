package dev.platform.order.domain;

/** An entry of a {@link SequencedLog}. */
public interface Sequenced {

  /** The entry's place in its log, from 1. */
  long sequence();
}
