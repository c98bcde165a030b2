package dev.chatgate.keyset;

class MemoryKeySetStoreTest extends KeySetStoreContract {
  MemoryKeySetStoreTest() {
    super(new MemoryKeySetStore());
  }
}
