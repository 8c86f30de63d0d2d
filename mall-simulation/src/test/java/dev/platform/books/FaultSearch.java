package dev.platform.books;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the fault of the classes around it; called from outside of them. */
public final class FaultSearch {

  private static final int SOME = 10;

  private FaultSearch() {}

  /**
   * Searches in all scenarios by turns, until the books are wrong.
   *
   * @param url of the server
   * @param scenario a part of the names of those to search in
   * @param nanos how long to search at most
   * @return how many histories it took, and the story; null if nothing was found
   */
  public static String @Nullable [] find(String url, String scenario, Long nanos)
      throws SQLException {
    long end = System.nanoTime() + nanos;
    int histories = 0;
    try (Databases databases = new Databases(url)) {
      List<Search> searches = new ArrayList<>();
      Scenario.single()
          .forEach(each -> searches.add(new Search(databases, each, Search.Limits.one())));
      Scenario.pairs()
          .forEach(each -> searches.add(new Search(databases, each, Search.Limits.onlySwitches())));
      searches.removeIf(each -> !each.scenario().name().contains(scenario));
      // At first each as it goes without trouble.
      for (int count = 1; !searches.isEmpty() && System.nanoTime() - end < 0; count = SOME) {
        searches.removeIf(Search::isComplete);
        for (Search search : searches) {
          int before = search.histories();
          search.some(count);
          histories += search.histories() - before;
          if (search.violation() != null) {
            return new String[] {Integer.toString(histories), search.violation()};
          }
        }
      }
      return null;
    }
  }
}
