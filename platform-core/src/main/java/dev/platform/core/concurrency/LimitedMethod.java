package dev.platform.core.concurrency;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;

/**
 * What is known of a method before it is called.
 *
 * @param share which part of the limit its calls find
 * @param refusal how they end when that is full
 * @param shed how many did
 */
record LimitedMethod(double share, Status refusal, Counter shed) {}
