package com.example.consul;

import com.example.registries.Measurement;
import com.example.registries.OtherRegistry;

class MeasurementTest extends Measurement {

  @Override
  protected OtherRegistry other() {
    return new RealConsul();
  }
}
