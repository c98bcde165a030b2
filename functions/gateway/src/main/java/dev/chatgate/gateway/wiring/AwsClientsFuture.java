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
 * The AWS clients, created by a background thread.
 *
 * @param clients completed by that thread
 */
public record AwsClientsFuture(CompletableFuture<AwsClients> clients) {
  private static final Logger LOG = System.getLogger(AwsClientsFuture.class.getName());

  /**
   * Starts to create the clients. A third of the work is loading the JDK's TLS with its trusted
   * authorities, which a second thread does meanwhile.
   */
  public static AwsClientsFuture started() {
    var _ = startThread("tls", AwsClientsFuture::loadTls);
    var clients = new CompletableFuture<AwsClients>();
    clients.completeAsync(AwsClientsFuture::make, work -> startThread("aws-clients", work));
    return new AwsClientsFuture(clients);
  }

  private static Thread startThread(String name, Runnable work) {
    return Thread.ofPlatform().name(name).daemon().start(Background.loggingFailures(name, work));
  }

  /** Loads the JDK's TLS. If that fails, creating the clients fails too, with its own message. */
  private static void loadTls() {
    try {
      var _ = SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      LOG.log(Level.WARNING, "no TLS: {0}", e.toString());
    }
  }

  /** A completed future, for clients that exist already. */
  public static AwsClientsFuture completed(AwsClients clients) {
    return new AwsClientsFuture(CompletableFuture.completedFuture(clients));
  }

  /** Creates the clients and one DynamoDB client, which loads the classes that all of them need. */
  private static AwsClients make() {
    var clients = new AwsClients();
    var _ = clients.readingDynamoDb();
    return clients;
  }

  /**
   * Waits for the clients.
   *
   * @throws RuntimeException if creating them failed
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
