package com.example.jpa;

import org.springframework.data.jpa.repository.JpaRepository;

interface Prices extends JpaRepository<Price, String> {}
