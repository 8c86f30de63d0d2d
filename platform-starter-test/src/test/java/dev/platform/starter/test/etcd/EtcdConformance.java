package dev.platform.starter.test.etcd;

import org.junit.jupiter.api.Nested;

/**
 * The behaviour that clients rely on. Runs on the embedded server and on a real etcd; where they
 * differ, the real etcd is right.
 */
abstract class EtcdConformance {

  abstract EtcdServer etcd();

  @Nested
  class Reads extends ReadConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class Writes extends WriteConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class Transactions extends TxnConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class Leases extends LeaseConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class Watches extends WatchConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class WatchEdges extends WatchEdgeConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }

  @Nested
  class Faults extends FaultConformance {
    @Override
    EtcdServer etcd() {
      return EtcdConformance.this.etcd();
    }
  }
}
