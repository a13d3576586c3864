import type { OverrideRule, ScheduleRules, Shift } from '#lib/model/on-call.ts';
import type { OverlapView } from '#lib/model/on-call-view.ts';
import type { Stretch } from './weekly-windows.ts';
import { shiftsBetween } from './who-is-on-call.ts';

/** More than this many overlaps tell a person nothing more. */
const OVERLAPS_SHOWN = 100;

/**
 * Shifts as they count for a schedule that was made at an instant (Unix milliseconds): before it no rotation was
 * missing. What overrides say of that time stays.
 */
export function sinceMade(shifts: readonly Shift[], madeAt: number): Shift[] {
  return shifts
    .filter(({ source, endsAt }) => source !== 'none' || endsAt > madeAt)
    .map((shift) =>
      shift.source === 'none' ? { ...shift, startsAt: Math.max(shift.startsAt, madeAt) } : shift,
    );
}

/** Parts of a stretch in which nobody is on call. */
export function gapsOf(shifts: readonly Shift[], { startsAt, endsAt }: Stretch): Stretch[] {
  return shifts
    .filter((shift) => shift.userId === null)
    .map((shift) => ({
      startsAt: Math.max(startsAt, shift.startsAt),
      endsAt: Math.min(endsAt, shift.endsAt),
    }))
    .filter((gap) => gap.startsAt < gap.endsAt);
}

interface Layer {
  name: string;
  stretches: Stretch[];
}

function meet(upper: Layer, lower: Layer): OverlapView[] {
  return upper.stretches.flatMap((one) =>
    lower.stretches.flatMap((other) => {
      const startsAt = Math.max(one.startsAt, other.startsAt);
      const endsAt = Math.min(one.endsAt, other.endsAt);
      return startsAt < endsAt ? [{ startsAt, endsAt, upper: upper.name, lower: lower.name }] : [];
    }),
  );
}

/** Neighbours as one stretch: for an overlap it does not matter whose turn it is. */
function joined(shifts: readonly Shift[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { userId, startsAt, endsAt } of shifts) {
    if (userId === null) continue;
    const last = stretches.at(-1);
    if (last?.endsAt === startsAt) last.endsAt = endsAt;
    else stretches.push({ startsAt, endsAt });
  }
  return stretches;
}

/**
 * Where two rotations, or two overrides of the same kind, both have somebody: the upper one counts, which may
 * or may not be what was meant.
 */
export function overlapsOf(
  schedule: ScheduleRules,
  overrides: readonly OverrideRule[],
  { startsAt, endsAt }: Stretch,
): OverlapView[] {
  const cut = (stretches: readonly Stretch[]) =>
    meet({ name: '', stretches: [{ startsAt, endsAt }] }, { name: '', stretches: [...stretches] });
  const layers = schedule.rotations.map((rotation) => ({
    name: rotation.name,
    stretches: cut(joined(shiftsBetween({ ...schedule, rotations: [rotation] }, [], startsAt, endsAt))),
  }));
  const stacked = overrides
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map((override) => ({ kind: override.kind, name: override.kind, stretches: cut([override]) }));
  const pairs = <L extends Layer>(all: readonly L[]) =>
    all.flatMap((upper, i) => all.slice(0, i).map((lower) => [upper, lower] as const));
  return [...pairs(layers), ...pairs(stacked).filter(([upper, lower]) => upper.kind === lower.kind)]
    .flatMap(([upper, lower]) => meet(upper, lower))
    .toSorted((a, b) => a.startsAt - b.startsAt)
    .slice(0, OVERLAPS_SHOWN);
}
