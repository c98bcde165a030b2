package dev.chatgate.gateway.wiring;

import dev.chatgate.Background;
import dev.chatgate.aws.client.AwsClients;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;

/**
 * The AWS clients, made by a thread of their own.
 *
 * @param clients what that thread makes
 */
public record AwsClientsFuture(CompletableFuture<AwsClients> clients) {
  private static final Logger LOG = System.getLogger(AwsClientsFuture.class.getName());

  /**
   * Begins. A third of the work is the JDK's TLS with the authorities that it trusts: another
   * thread loads that meanwhile.
   */
  public static AwsClientsFuture begun() {
    var _ = beside("tls", AwsClientsFuture::loadTls);
    var clients = new CompletableFuture<AwsClients>();
    clients.completeAsync(AwsClientsFuture::make, work -> beside("aws-clients", work));
    return new AwsClientsFuture(clients);
  }

  private static Thread beside(String name, Runnable work) {
    return Thread.ofPlatform().name(name).daemon().start(Background.contained(name, work));
  }

  /** Without it the clients' making fails, and says so. */
  private static void loadTls() {
    try {
      var _ = SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      LOG.log(Level.WARNING, "no TLS: {0}", e.toString());
    }
  }

  /** They are there already: a stand-in's. */
  public static AwsClientsFuture made(AwsClients clients) {
    return new AwsClientsFuture(CompletableFuture.completedFuture(clients));
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
