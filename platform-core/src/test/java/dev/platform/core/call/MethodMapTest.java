package dev.platform.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodMapTest {

  private static final String METHOD = "shop_eu.v1.PriceService/GetPrice";

  @Test
  void findsAMethodOrServiceByTheNameOfAnEnvironmentVariable() {
    Map<String, Integer> settings =
        MethodMap.of(Map.of("shop.eu.v1.priceservice.getprice", 1, "shop.eu.v1.priceservice", 2));

    assertThat(settings.get(METHOD)).isEqualTo(1);
    assertThat(settings.containsKey(METHOD)).isTrue();
    assertThat(settings.getOrDefault("shop_eu.v1.PriceService", 0)).isEqualTo(2);
    assertThat(settings.get("shop_eu.v1.PriceService/SetPrice")).isNull();
    assertThat(settings).hasSize(2);
  }

  @Test
  void prefersTheExactName() {
    Map<String, Integer> settings =
        MethodMap.of(Map.of("shop.eu.v1.priceservice.getprice", 1, METHOD, 2));

    assertThat(settings.get(METHOD)).isEqualTo(2);
    assertThat(settings.get("shop_eu.v1.PriceService/Getprice")).isEqualTo(1);
  }

  @Test
  void findsNamesWithCapitalLettersOrASlashAsTheyAreOnly() {
    Map<String, Integer> settings = MethodMap.of(Map.of("a.B", 1, "c/d", 2));

    assertThat(settings.get("a.B")).isEqualTo(1);
    assertThat(settings.get("a.b")).isNull();
    assertThat(settings.get("a/B")).isNull();
    assertThat(settings.get("C/d")).isNull();
  }
}
