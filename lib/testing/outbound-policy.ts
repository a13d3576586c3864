import type { OutboundPolicy } from '#lib/model/outbound.ts';

/** A policy with these ranges opened, on every port: receivers of tests listen where the system lets them. */
export const opened = (...ranges: string[]): OutboundPolicy => ({ ranges, ports: [[1, 65_535]] });

/** What tests usually reach: receivers beside them. */
export const LOOPBACK: OutboundPolicy = opened('127.0.0.0/8', '::1/128');
