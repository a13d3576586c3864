/**
 * Rules: what decides, from a rule, the points of its source and the instances it had, which instances it
 * has now and what is to be told of them. Everything here is pure but the verbs (create, update, ...) and
 * the queries.
 *
 * This file holds the words that they share. Times are Unix milliseconds of the database's clock.
 */
import type { InstanceKind, InstanceState, Labels, Severity } from '#lib/model/alert.ts';
import type { Finding } from '#lib/model/alert-finding.ts';
import type { RuleDefinition } from '#lib/model/alert-rule-schema.ts';

export type Level = 'warning' | 'critical';

/** The windows of roll-ups are as long: what a rule looks at begins and ends with one. */
export const GRAIN_MS = 10_000;

/** A rule as its evaluation sees it. */
export interface Rule {
  id: string;
  teamId: string;
  name: string;
  version: number;
  definition: RuleDefinition;
}

/** One value of a rule's source. */
export interface RulePoint {
  /** What sets it apart from the other points of the rule: agent and environment, type, or nothing. */
  labels: Labels;
  agentId: string | null;
  /** What is shown. */
  value: number | null;
  /** What is held against the levels; null and NaN are no data (alerting S12). */
  judged: number | null;
}

export type RuleResult =
  | {
      kind: 'points';
      points: readonly RulePoint[];
      /** False where not all of the window was listened to: what has no data may have been missed. */
      isHeard: boolean;
    }
  /** There is nothing that should have data: no agent is watched. */
  | { kind: 'nothing_expected' }
  /** There is not enough history to judge by yet. */
  | { kind: 'learning'; reason: string }
  /** The source could not be asked. */
  | { kind: 'error'; reason: string };

/** An instance that is not normal. */
export interface RuleInstance {
  fingerprint: string;
  kind: InstanceKind;
  state: InstanceState;
  severity: Severity;
  labels: Labels;
  agentId: string | null;
  value: number | null;
  /** What the value was beyond when it last was, whatever the rule says by now; null where no value was. */
  threshold: number | null;
  /** First breaching evaluation of this stretch. */
  activeAtMs: number;
  firedAtMs: number | null;
  /** First clear evaluation since the last breach. */
  clearSinceMs: number | null;
  lastEvaluatedAtMs: number;
  missed: number;
}

export interface InstanceTransition {
  fingerprint: string;
  labels: Labels;
  from: InstanceState | 'normal';
  to: InstanceState | 'normal';
  severity: Severity;
  reason: string;
  value: number | null;
}

export interface RuleHealth {
  state: 'ok' | 'error' | 'learning';
  reason: string;
}

export interface RuleOutcome {
  /** All instances that the rule has now; those that are the same object as before did not change. */
  instances: RuleInstance[];
  transitions: InstanceTransition[];
  findings: Finding[];
  health: RuleHealth;
  /** The evaluation itself failed, for a reason that lies in the rule: nothing was concluded. */
  failed: boolean;
}

export const isFiring = (instance: RuleInstance | null): boolean =>
  instance !== null && instance.state !== 'pending';
