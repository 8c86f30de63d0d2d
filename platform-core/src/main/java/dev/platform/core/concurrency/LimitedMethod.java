package dev.platform.core.concurrency;

import dev.platform.core.outcome.AnswerTimes;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;

/**
 * A method's share of the limit, and how its calls are refused.
 *
 * @param share which part of the limit its calls may use
 * @param refusal the status of refused calls
 * @param shed counts refused calls
 * @param times how long its answers took
 */
record LimitedMethod(double share, Status refusal, Counter shed, AnswerTimes times) {}
