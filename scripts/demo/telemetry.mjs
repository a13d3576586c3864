/** OpenTelemetry as any user would set it up: the standard exporters, configured by OTEL_EXPORTER_OTLP_*. */
import { OpenTelemetry } from '@ai-sdk/otel';
import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { registerTelemetry } from 'ai';

/** Registers tracing and metrics for one service; returns how to flush and how to end both. */
export function startTelemetry(serviceName, serviceVersion) {
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    'service.version': serviceVersion,
    'service.instance.id': `${serviceName}-1`,
    'deployment.environment.name': process.env.DEMO_ENVIRONMENT ?? 'production',
  });
  const tracing = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 250 })],
  });
  tracing.register();
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis: 5000,
  });
  const metering = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(metering);
  registerTelemetry(new OpenTelemetry({ agentSpanName: 'functionId' }));
  return {
    flush: () => Promise.all([tracing.forceFlush(), metering.forceFlush()]),
    stop: async () => {
      await Promise.allSettled([tracing.shutdown(), metering.shutdown()]);
    },
  };
}
