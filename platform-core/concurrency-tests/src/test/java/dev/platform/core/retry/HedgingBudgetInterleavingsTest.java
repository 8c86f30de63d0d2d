package dev.platform.core.retry;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.retry.RetrySettings.Budget;
import org.junit.jupiter.api.Test;

class HedgingBudgetInterleavingsTest {

  @Test
  void eachHedgeTakesItsTokenThoughManyAreSentAtOnce() {
    explore(
        () -> {
          HedgingBudget budget = new HedgingBudget(new Budget(4, 1));
          together(budget::hedged, budget::hedged);
          check(!budget.allowsMore(), "a hedge took none");
        });
  }

  @Test
  void answersReturnNoMoreThanThereWas() {
    explore(
        () -> {
          HedgingBudget budget = new HedgingBudget(new Budget(2, 1));
          budget.hedged();
          together(budget::answered, budget::answered);
          check(budget.allowsMore(), "nothing was returned");
          budget.hedged();
          check(!budget.allowsMore(), "more than all was returned");
        });
  }

  @Test
  void aHedgeAndAnAnswerAtOnceBothCount() {
    explore(
        () -> {
          HedgingBudget budget = new HedgingBudget(new Budget(4, 1));
          budget.hedged();
          together(budget::hedged, budget::answered);
          check(budget.allowsMore(), "the answer is lost");
          budget.hedged();
          check(!budget.allowsMore(), "the hedge is lost");
        });
  }
}
