package dev.platform.books;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the fault of the classes around it; called from outside of them. */
public final class FaultSearch {

  private FaultSearch() {}

  /**
   * Searches single orders, then pairs, until the books are wrong.
   *
   * @param url of the server
   * @param nanos how long to search at most
   * @return how many histories it took, and the story; null if nothing was found
   */
  public static String @Nullable [] find(String url, Long nanos) throws SQLException {
    long end = System.nanoTime() + nanos;
    int histories = 0;
    try (Databases databases = new Databases(url)) {
      List<Search> searches = new ArrayList<>();
      Scenario.single()
          .forEach(each -> searches.add(new Search(databases, each, Search.Limits.one())));
      Scenario.pairs()
          .forEach(each -> searches.add(new Search(databases, each, Search.Limits.onlySwitches())));
      for (Search search : searches) {
        search.run(end);
        histories += search.histories();
        if (search.violation() != null) {
          return new String[] {Integer.toString(histories), search.violation()};
        }
      }
      return null;
    }
  }
}
