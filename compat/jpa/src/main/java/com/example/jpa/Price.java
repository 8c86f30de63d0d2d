package com.example.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
class Price {

  @Id String product;
  long cents;
}
