import type {
  OnCall,
  OverrideKind,
  OverrideRule,
  Rotation,
  ScheduleRules,
  Shift,
} from '#lib/model/on-call.ts';
import { DAY_MS, instantOf, parseWallTime, wallTimeAt } from '#lib/model/zoned-time.ts';
import { isWithin, type Stretch, stretchesBetween } from './weekly-windows.ts';

const NOBODY: OnCall = { userId: null, source: 'none', key: 'none' };
const UNIT_MS = { hours: 3_600_000, days: DAY_MS, weeks: 7 * DAY_MS };

const shiftLength = ({ shift }: Rotation) => shift.length * UNIT_MS[shift.unit];

/** The instant of a hand-off: a whole number of shifts after the first by the clock on the wall (alerting S83). */
function handOff(rotation: Rotation, zone: string, turn: number): number {
  return instantOf(zone, parseWallTime(rotation.startsAt) + turn * shiftLength(rotation));
}

/** Which turn it is, whatever the restrictions say; negative before the first hand-off. */
function turnAt(rotation: Rotation, zone: string, at: number): number {
  const since = wallTimeAt(zone, at) - parseWallTime(rotation.startsAt);
  let turn = Math.floor(since / shiftLength(rotation));
  while (handOff(rotation, zone, turn + 1) <= at) turn += 1;
  return turn;
}

function hasEnded(rotation: Rotation, zone: string, at: number): boolean {
  return rotation.endsAt !== null && at >= instantOf(zone, parseWallTime(rotation.endsAt));
}

function byRotation(rotation: Rotation, layer: number, zone: string, at: number): OnCall | null {
  const turn = turnAt(rotation, zone, at);
  if (turn < 0 || hasEnded(rotation, zone, at)) return null;
  if (rotation.restrictions.length > 0 && !isWithin(rotation.restrictions, zone, at)) return null;
  const userId = rotation.participants[turn % rotation.participants.length];
  return userId === undefined ? null : { userId, source: 'rotation', key: `rotation:${layer}:${turn}` };
}

/** The newest stretch of a kind that applies to whoever stands below it. */
function applyOverrides(
  below: OnCall,
  kind: OverrideKind,
  overrides: readonly OverrideRule[],
  at: number,
): OnCall {
  let winner: OverrideRule | null = null;
  for (const override of overrides) {
    if (override.kind !== kind || at < override.startsAt || at >= override.endsAt) continue;
    if (override.replacesUserId !== null && override.replacesUserId !== below.userId) continue;
    const newer =
      winner === null ||
      override.createdAt > winner.createdAt ||
      (override.createdAt === winner.createdAt && override.id > winner.id);
    if (newer) winner = override;
  }
  return winner ? { userId: winner.userId, source: kind, key: `${kind}:${winner.id}` } : below;
}

/**
 * Who is on call at an instant (Unix milliseconds), past or future: override above temporary schedule above
 * rotations, of which the last that has somebody counts (alerting S84). Pure: the same answer whenever it is
 * asked.
 */
export function resolveOnCall(
  schedule: ScheduleRules,
  overrides: readonly OverrideRule[],
  at: number,
): OnCall {
  let onCall = NOBODY;
  for (let layer = schedule.rotations.length - 1; layer >= 0 && onCall === NOBODY; layer -= 1) {
    const rotation = schedule.rotations[layer];
    if (rotation) onCall = byRotation(rotation, layer, schedule.timeZone, at) ?? NOBODY;
  }
  return applyOverrides(applyOverrides(onCall, 'temporary', overrides, at), 'override', overrides, at);
}

function rotationChanges(rotation: Rotation, zone: string, { startsAt, endsAt }: Stretch): number[] {
  const changes = stretchesBetween(rotation.restrictions, zone, startsAt, endsAt).flatMap((window) => [
    window.startsAt,
    window.endsAt,
  ]);
  if (rotation.endsAt !== null) changes.push(instantOf(zone, parseWallTime(rotation.endsAt)));
  for (let turn = Math.max(0, turnAt(rotation, zone, startsAt)); ; turn += 1) {
    const at = handOff(rotation, zone, turn);
    if (at >= endsAt) return changes;
    changes.push(at);
  }
}

/** A wider stretch that cuts none of the shifts which touch this one. */
function whole(schedule: ScheduleRules, overrides: readonly OverrideRule[], stretch: Stretch): Stretch {
  const { startsAt, endsAt } = stretch;
  const running = schedule.rotations
    .filter((rotation) => !hasEnded(rotation, schedule.timeZone, startsAt))
    .map((rotation) => ({
      startsAt: handOff(
        rotation,
        schedule.timeZone,
        Math.max(0, turnAt(rotation, schedule.timeZone, startsAt)),
      ),
      endsAt: handOff(rotation, schedule.timeZone, turnAt(rotation, schedule.timeZone, endsAt) + 1),
    }));
  const near = overrides.filter((override) => override.startsAt < endsAt && override.endsAt > startsAt);
  const all = [...running, ...near];
  return {
    startsAt: Math.min(startsAt, ...all.map((one) => one.startsAt)),
    endsAt: Math.max(endsAt, ...all.map((one) => one.endsAt)),
  };
}

/**
 * All shifts that touch the time between two instants (Unix milliseconds), without a hole: a gap is a shift of
 * nobody. Shifts of people are whole, also where they begin or end outside; a gap may be cut.
 */
export function shiftsBetween(
  schedule: ScheduleRules,
  overrides: readonly OverrideRule[],
  from: number,
  to: number,
): Shift[] {
  const { startsAt, endsAt } = whole(schedule, overrides, { startsAt: from, endsAt: to });
  const changes = [
    startsAt,
    ...overrides.flatMap((override) => [override.startsAt, override.endsAt]),
    ...schedule.rotations.flatMap((rotation) =>
      rotationChanges(rotation, schedule.timeZone, { startsAt, endsAt }),
    ),
  ].filter((at) => at >= startsAt && at < endsAt);
  const shifts: Shift[] = [];
  for (const at of [...new Set(changes)].toSorted((a, b) => a - b)) {
    const onCall = resolveOnCall(schedule, overrides, at);
    const last = shifts.at(-1);
    if (last?.key === onCall.key) continue;
    if (last) last.endsAt = at;
    shifts.push({ ...onCall, startsAt: at, endsAt });
  }
  return shifts.filter((shift) => shift.startsAt < to && shift.endsAt > from);
}
