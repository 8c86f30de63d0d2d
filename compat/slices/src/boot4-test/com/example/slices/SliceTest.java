package com.example.slices;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.when;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import com.example.price.v1.GetPriceResponse;
import com.example.price.v1.PriceServiceGrpc.PriceServiceBlockingStub;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

@WebMvcTest(ShopApplication.PriceController.class)
class SliceTest {

  @MockitoBean private PriceServiceBlockingStub prices;
  @Autowired private MockMvc mvc;

  @Test
  void aSliceHasTheControllerAndAMockedStub() throws Exception {
    when(prices.getPrice(any())).thenReturn(GetPriceResponse.newBuilder().setCents(7).build());

    mvc.perform(get("/price")).andExpect(content().string("7"));
  }
}
