import { readJsonMetrics } from './otlp/json-metrics.ts';
import { type DecodedMetrics, MetricSink, type MetricsDecodeOptions } from './otlp/metric-sink.ts';
import { PointColumns } from './otlp/point-columns.ts';
import { readMetrics } from './otlp/proto-metrics.ts';

/** Decoding is synchronous, so one set of columns serves every request. */
const columns = new PointColumns();

/**
 * Decodes an ExportMetricsServiceRequest into columns. A point that cannot be accepted is refused alone,
 * with a reason; points without a recorded value are passed over. Attributes that make no series are summed over
 * (tables/series-attributes.ts).
 *
 * @throws AppError `invalid` when the request as a whole cannot be read
 */
export function decodeMetrics(bytes: Uint8Array, options: MetricsDecodeOptions): DecodedMetrics {
  columns.length = 0;
  const sink = new MetricSink(options, columns);
  if (options.encoding === 'json') readJsonMetrics(bytes, sink);
  else readMetrics(bytes, sink);
  return sink.finish();
}
