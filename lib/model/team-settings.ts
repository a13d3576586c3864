/** How many days raw points, spans or logs may be kept. */
export const MIN_RETENTION_DAYS = 1;
export const MAX_RETENTION_DAYS = 365;

/** What a team decides about its own telemetry. */
export interface TeamSettingsView {
  /** Null: as long as the installation keeps them (`METRICS_RETENTION_DAYS`). */
  rawRetentionDays: number | null;
  spanRetentionDays: number;
  logRetentionDays: number;
}
