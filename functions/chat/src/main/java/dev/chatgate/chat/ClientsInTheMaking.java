package dev.chatgate.chat;

import dev.chatgate.aws.AwsClients;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The AWS clients, made by a thread of their own.
 *
 * @param clients what that thread makes
 */
record ClientsInTheMaking(CompletableFuture<AwsClients> clients) {

  /** Begins. */
  static ClientsInTheMaking begun() {
    var clients = new CompletableFuture<AwsClients>();
    clients.completeAsync(
        ClientsInTheMaking::make,
        work -> Thread.ofPlatform().name("aws-clients").daemon().start(work));
    return new ClientsInTheMaking(clients);
  }

  /** They are there already: a stand-in's. */
  static ClientsInTheMaking made(AwsClients clients) {
    return new ClientsInTheMaking(CompletableFuture.completedFuture(clients));
  }

  /** The first client loads what all of them need. */
  private static AwsClients make() {
    var clients = new AwsClients();
    var _ = clients.readingDynamoDb();
    return clients;
  }

  /**
   * Waits for them.
   *
   * @throws RuntimeException what their making has thrown
   */
  AwsClients finished() {
    try {
      return clients.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
