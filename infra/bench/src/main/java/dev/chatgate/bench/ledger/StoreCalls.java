package dev.chatgate.bench.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Counts requests to DynamoDB by operation, and the write units that the store reports. */
final class StoreCalls implements ExecutionInterceptor {
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final DoubleAdder units = new DoubleAdder();

  /** Number of requests by operation since {@link #reset}. */
  Map<String, Long> calls() {
    var counts = new TreeMap<String, Long>();
    calls.forEach((operation, count) -> counts.put(operation, count.sum()));
    return counts;
  }

  /** Write units of successful writes, as reported by the store. */
  double units() {
    return units.sum();
  }

  /** Resets the counters. */
  void reset() {
    calls.clear();
    units.reset();
  }

  @Override
  public SdkRequest modifyRequest(
      Context.ModifyRequest context, ExecutionAttributes executionAttributes) {
    var request = context.request();
    var operation = request.getClass().getSimpleName().replace("Request", "");
    calls.computeIfAbsent(operation, _ -> new LongAdder()).increment();
    return switch (request) {
      case UpdateItemRequest update ->
          update.toBuilder().returnConsumedCapacity(ReturnConsumedCapacity.TOTAL).build();
      case PutItemRequest put ->
          put.toBuilder().returnConsumedCapacity(ReturnConsumedCapacity.TOTAL).build();
      default -> request;
    };
  }

  @Override
  public void afterExecution(
      Context.AfterExecution context, ExecutionAttributes executionAttributes) {
    var consumed = consumed(context.response());
    if (consumed != null) {
      units.add(consumed.capacityUnits());
    }
  }

  private static @Nullable ConsumedCapacity consumed(SdkResponse response) {
    return switch (response) {
      case UpdateItemResponse update -> update.consumedCapacity();
      case PutItemResponse put -> put.consumedCapacity();
      default -> null;
    };
  }
}
