package dev.chatgate.aws.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class StoreClockInterceptorTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void anAnswersDatePutsAClockRightThatIsAnHourAhead() {
    var offsets = new ArrayList<Duration>();
    InstantSource ahead = () -> Instant.now().plus(HOUR);
    var clock = new StoreClock(ahead, offsets::add);
    try (var local = LocalDynamoDb.start();
        var watched = watched(local, clock)) {
      // The first answers may take longer than is believed.
      for (int call = 0; call < 10 && clock.confirmed().isEmpty(); call++) {
        watched.listTables();
      }
    }
    assertEquals(1, offsets.size());
    var error = offsets.getFirst().plus(HOUR).abs();
    assertTrue(error.compareTo(Duration.ofSeconds(5)) < 0, error.toString());
  }

  private static DynamoDbClient watched(LocalDynamoDb local, StoreClock clock) {
    return DynamoDbClient.builder()
        .endpointOverride(local.endpoint())
        .region(local.client().serviceClientConfiguration().region())
        .credentialsProvider(() -> AwsBasicCredentials.create("l", "l"))
        .httpClientBuilder(Apache5HttpClient.builder())
        .overrideConfiguration(o -> o.addExecutionInterceptor(new StoreClockInterceptor(clock)))
        .build();
  }
}
