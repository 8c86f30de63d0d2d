package dev.platform.starter.test.collapse;

import java.time.Duration;

/**
 * What became of the requests that were due within a short time.
 *
 * @param at when that time began, after the begin of the cell
 * @param offered how many were due
 * @param good how many of these had a good answer in time
 */
public record GoodputPoint(Duration at, int offered, int good) {

  /** The good ones' share, from 0 to 1; 1 if none was due. */
  public double share() {
    return offered == 0 ? 1 : (double) good / offered;
  }
}
