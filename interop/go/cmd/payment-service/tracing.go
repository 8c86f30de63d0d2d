package main

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc/stats"
)

const exportEvery = 200 * time.Millisecond

// startTracing sends spans to a collector by OTLP over gRPC; the result sends what is left.
func startTracing(ctx context.Context, name, collector string) (func() error, error) {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	if collector == "" {
		return func() error { return nil }, nil
	}
	exporter, err := otlptracegrpc.New(ctx,
		otlptracegrpc.WithEndpointURL(collector), otlptracegrpc.WithInsecure())
	if err != nil {
		return nil, err
	}
	provider := trace.NewTracerProvider(
		trace.WithBatcher(exporter, trace.WithBatchTimeout(exportEvery)),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", name))))
	otel.SetTracerProvider(provider)
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return provider.Shutdown(ctx)
	}, nil
}

// isPayment leaves health checks without spans.
func isPayment(call *stats.RPCTagInfo) bool {
	return strings.HasPrefix(call.FullMethodName, "/payment.v1.")
}

var _ otelgrpc.Filter = isPayment
