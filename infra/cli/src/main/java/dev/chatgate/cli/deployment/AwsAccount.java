package dev.chatgate.cli.deployment;

/** Access to the AWS account that the options select, without a stack. */
public final class AwsAccount implements AutoCloseable {
  private final AwsClientFactory clients;
  private final String regionSource;
  private final String credentialsSource;

  AwsAccount(AwsClientFactory clients, String regionSource, String credentialsSource) {
    this.clients = clients;
    this.regionSource = regionSource;
    this.credentialsSource = credentialsSource;
  }

  /** Requests in the selected region, with the selected credentials. */
  public SignedRequests requests() {
    return clients.signedRequests();
  }

  /** Where the region comes from, for people. */
  public String regionSource() {
    return regionSource;
  }

  /** Where the credentials come from, for people. */
  public String credentialsSource() {
    return credentialsSource;
  }

  @Override
  public void close() {
    clients.close();
  }
}
