package dev.chatgate.streaming;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.Map;

/**
 * A handler with snapshot hooks. Depending on the environment, a hook looks up a host, waits for
 * the test, or fails.
 */
public final class HookedHandler implements StreamingHandler, Resource {

  private final Gate.Visitor gate;

  /** Registers this object. The context references it weakly, the runtime strongly. */
  public HookedHandler() throws IOException {
    gate = new Gate.Visitor(Integer.parseInt(System.getenv("TEST_GATE")));
    Core.getGlobalContext().register(this);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
    step("before");
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) throws Exception {
    step("after");
  }

  @Override
  public void handle(byte[] request, InvocationContext context, ResponseWriter response)
      throws IOException {
    response.head(200, Map.of());
    response.write(request);
    String seconds = Security.getProperty("networkaddress.cache.negative.ttl");
    response.write(("failed lookups: " + seconds).getBytes(StandardCharsets.UTF_8));
    response.end();
  }

  private void step(String name) throws Exception {
    gate.say(name);
    String host = System.getenv("TEST_LOOKUP");
    if (host != null) {
      gate.say(InetAddress.getByName(host).getHostAddress());
    }
    gate.pass();
    String fails = System.getenv().getOrDefault("TEST_FAILS", "");
    if (fails.equals(name + "-exception")) {
      throw new IllegalStateException("the hook " + name + " failed");
    }
    if (fails.equals(name + "-error")) {
      throw new AssertionError("the hook " + name + " failed badly");
    }
  }
}
