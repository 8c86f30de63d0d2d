package dev.platform.core.instance;

/** The format of an instance's value in etcd. */
public enum ValueFormat {
  /**
   * The JSON of etcd's own gRPC naming, {@code {"Op":0,"Addr":"10.0.1.5:50051","Metadata":{…}}},
   * which Go's official resolver reads.
   */
  GRPC,
  /**
   * Plain {@code host:port}, for readers that support nothing else. Metadata is in a second key.
   */
  ADDRESS
}
