import type { DeploymentDetail, DeploymentEvent } from '#lib/model/deployment.ts';
import type { DeploymentStatus } from '#lib/model/deployment-status.ts';
import { deploymentRow } from '../rows.fixture.ts';

/** An entry of a timeline; what a test says nothing about is a worker's. */
export function deploymentEvent(values: Partial<DeploymentEvent> & { code: string }): DeploymentEvent {
  return {
    id: `event ${values.code} ${values.at ?? 0}`,
    at: 1_000_000,
    from: 'in_progress',
    to: 'in_progress',
    actor: { kind: 'system', name: 'worker' },
    message: '',
    ...values,
  };
}

const YES = { allowed: true } as const;

/** A deployment as its page gets it, with what a test says about it. */
export function deploymentDetail(values: Partial<DeploymentDetail> = {}): DeploymentDetail {
  return {
    ...deploymentRow(),
    container: 'agent',
    image: 'registry.example.test/checkout',
    changeCause: '',
    running: null,
    source: null,
    releaseNotes: null,
    autoRollback: true,
    approvals: { needed: 0, expiresAt: null, given: [] },
    progress: null,
    gate: null,
    deadlineAt: null,
    conflicts: [],
    suggestion: null,
    target: null,
    rolledBackBy: null,
    replaces: { version: '1.1.0', digest: null },
    isLeftPaused: false,
    next: null,
    manifest: null,
    previousManifest: null,
    events: [],
    can: { approve: YES, cancel: YES, pause: YES, resume: YES, rollBack: YES, force: YES, passGate: YES },
    ...values,
  };
}

/** The timeline of codes, each a minute after the one before. */
export function timelineOf(
  ...codes: (string | [code: string, from: DeploymentStatus, to: DeploymentStatus])[]
) {
  return codes.map((entry, index) => {
    const [code, from, to] = typeof entry === 'string' ? [entry] : entry;
    return deploymentEvent({
      code,
      at: 1_000_000 + index * 60_000,
      ...(from !== undefined && to !== undefined && { from, to }),
    });
  });
}
