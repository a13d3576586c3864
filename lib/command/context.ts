import type { Db } from '#db/client.ts';
import type { Clock } from '#lib/kernel/clock.ts';
import type { Log } from '#lib/kernel/log.ts';
import type { FeatureFlags, InstallationSettings } from '#lib/model/installation-settings.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import type { EventBus, Workers } from '#lib/ports/event-bus/port.ts';
import type { MetricReader } from '#lib/ports/metric-store/port.ts';

/** Seals secrets before they are stored; implemented by lib/secrets. */
export interface Sealer {
  seal(plain: string): string;
  /** Throws AppError `internal` when the text was sealed with an unknown key or altered. */
  open(sealed: string): string;
}

/** What verbs may need beside the database, made once per process by its compose file. */
export interface CommandDeps {
  sealer: Sealer;
  sessions: { idleMs: number; maxMs: number };
  agentLimits: { perUser: number; perTeam: number };
  /** Where requests to typed addresses may go. */
  outbound: OutboundPolicy;
  /** The one public address of the console; links in mails are made of it and of nothing that a request says. */
  appUrl: string;
  /** Which credentials of its own Pitwall may lend to clusters; absent: none (KUBERNETES_MODE). */
  kubernetesMode?: 'off' | 'in-cluster' | 'kubeconfig';
  /** Issuer of the identity provider that the environment names; absent: none. */
  environmentIssuer?: string;
  /** Whether a mail server is set up; absent in processes whose commands send no mail. */
  sendsMail?: () => Promise<boolean>;
  /** What browsers subscribe to web push with; absent where push is not set up. */
  pushPublicKey?: string;
  /** What the environment says of the settings that are changed while it runs; absent where none are changed. */
  installation?: InstallationSettings;
  /** A signed line of the head of a team's ledger, for keeping elsewhere; absent where nobody asks for one. */
  headLine?(teamId: string, head: { seq: number; hash: string }, at: Date): string;
  /** Absent in processes that ask nothing of workers. */
  workers?: Workers;
  /** Absent in processes that answer no metric queries. */
  metrics?: MetricReader;
}

/** Runs what is expensive for a team, so many at once; implemented by lib/limits. */
export interface HeavyWork {
  run<T>(teamId: string, work: () => Promise<T>): Promise<T>;
}

/** What a process lends to every command and query it executes. */
export interface CommandContext {
  db: Db;
  bus: EventBus;
  clock: Clock;
  log: Log;
  deps: CommandDeps;
  /**
   * The feature flags as they are in force. Only the web executes verbs on somebody's behalf; without flags a verb that
   * belongs to a feature is refused, so that no process opens by leaving them out what was switched off.
   */
  features?(): FeatureFlags | Promise<FeatureFlags>;
  /** Absent where nothing expensive is asked. */
  heavyWork?: HeavyWork;
}
