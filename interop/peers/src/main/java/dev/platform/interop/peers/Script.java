package dev.platform.interop.peers;

/**
 * A story of trouble, for all participants at the same time.
 *
 * @param name on the command line
 * @param title in the table
 * @param setting what etcd they have
 * @param watchers whether the trouble is one for the watchers, too
 * @param trouble what happens; it is over when this returns
 */
record Script(String name, String title, Setting setting, boolean watchers, Trouble trouble) {

  /** What etcd a script has. */
  enum Setting {
    ONE_MEMBER,
    THREE_MEMBERS,
    /** One member; instances and watchers reach it through a proxy each. */
    BEHIND_PROXIES
  }

  /** What happens. */
  @FunctionalInterface
  interface Trouble {
    void happen(Stage stage) throws Exception;
  }
}
