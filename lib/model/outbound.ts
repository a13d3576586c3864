/** First and last port of a span. */
export type PortSpan = readonly [first: number, last: number];

/** Where requests to addresses that people type may go, as an admin set it for the whole installation. */
export interface OutboundPolicy {
  /** CIDRs of private addresses that may be reached beside the public internet (OUTBOUND_ALLOW). */
  ranges: readonly string[];
  /** Ports that may be connected to, wherever they are (OUTBOUND_PORTS). */
  ports: readonly PortSpan[];
}
