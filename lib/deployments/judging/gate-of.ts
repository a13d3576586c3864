/**
 * Gates of deployments: how a version is to be judged, at which looks, and what has come of it. Judging itself is done by
 * lib/pipeline/deploy.
 *
 * This file says which gate a deployment gets out of what its policy says and what was asked for.
 */
import { AppError } from '#lib/kernel/errors.ts';
import {
  type AskedGate,
  DEFAULT_GATE,
  type DeploymentGate,
  type KeptGate,
} from '#lib/model/deployment-gate.ts';
import type { GateDefinition } from '#lib/model/gate.ts';

interface Issue {
  path: string;
  message: string;
}

/** From the laxest on. */
const NO_DATA = ['ignore', 'pause', 'fail'];
const UNDECIDED = ['pass', 'pause', 'fail'];
const isLaxer = (order: readonly string[], asked: string, wanted: string) =>
  order.indexOf(asked) < order.indexOf(wanted);

function laxerMetrics(asked: GateDefinition, wanted: GateDefinition): Issue[] {
  return wanted.metrics.flatMap((row) => {
    const path = 'gate.definition.metrics';
    const own = asked.metrics.find(({ metric }) => metric === row.metric);
    if (!own) return [{ path, message: `The policy of this environment judges ${row.metric}.` }];
    if (own.margin > row.margin)
      return [{ path, message: `The policy of this environment allows ${row.margin} for ${row.metric}.` }];
    return isLaxer(NO_DATA, own.noData, row.noData)
      ? [{ path, message: `${row.metric} without data: the policy of this environment says ${row.noData}.` }]
      : [];
  });
}

function laxerQueries(asked: GateDefinition, wanted: GateDefinition): Issue[] {
  return wanted.queries.flatMap((row) => {
    const path = 'gate.definition.queries';
    const own = asked.queries.find(
      ({ source, template }) => source === row.source && template === row.template,
    );
    const isKept =
      own && !isLaxer(NO_DATA, own.noData, row.noData) && !isLaxer(NO_DATA, own.onError, row.onError);
    return isKept
      ? []
      : [{ path, message: `The policy of this environment asks ${row.template} of ${row.source}.` }];
  });
}

/** Where a gate asks less than a policy does. */
function laxer(asked: DeploymentGate, wanted: DeploymentGate): Issue[] {
  const [own, ours] = [asked.definition, wanted.definition];
  const issues = [...laxerMetrics(own, ours), ...laxerQueries(own, ours)];
  const must = (isKept: boolean, path: string, message: string) => {
    if (!isKept) issues.push({ path: `gate.${path}`, message });
  };
  must(
    own.confidence === ours.confidence,
    'definition.confidence',
    `The policy of this environment says ${ours.confidence}.`,
  );
  must(
    own.minimumRuns >= ours.minimumRuns,
    'definition.minimumRuns',
    `The policy of this environment wants ${ours.minimumRuns} runs at least.`,
  );
  must(
    own.passes === ours.passes || own.passes === 'when_proven',
    'definition.passes',
    'The policy of this environment wants it proven.',
  );
  must(
    asked.durationSeconds >= wanted.durationSeconds,
    'durationSeconds',
    `The policy of this environment judges for ${wanted.durationSeconds} s.`,
  );
  must(
    !isLaxer(UNDECIDED, asked.onUndecided, wanted.onUndecided),
    'onUndecided',
    `The policy of this environment says ${wanted.onUndecided}.`,
  );
  return issues;
}

/** Without what was left out, so that it does not replace anything. */
function given<T extends object>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

const invalid = (issues: Issue[]) => new AppError('invalid', 'Some values are not valid.', { issues });

/**
 * The gate of a deployment: as its policy has it, and whatever was asked for that is no less strict. Where the policy
 * has none, anything may be asked for.
 *
 * @param tag of the image: what telemetry calls the version unless something else was said
 * @throws AppError `invalid` at each field that would be less strict, and for a version that is compared with itself
 */
export function gateOf(
  policy: DeploymentGate | null,
  asked: AskedGate | undefined,
  tag: string,
): KeptGate | null {
  if (asked === undefined) return policy;
  const message = 'A version is compared with another one.';
  if (asked.baselineVersion === (asked.version ?? tag))
    throw invalid([{ path: 'gate.baselineVersion', message }]);
  const gate: KeptGate = { ...(policy ?? DEFAULT_GATE), ...given(asked) };
  const issues = policy === null ? [] : laxer(gate, policy);
  if (issues.length > 0) throw invalid(issues);
  return gate;
}
