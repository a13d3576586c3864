import { clsx } from 'clsx';
import type { ShiftView } from '#lib/model/on-call-view.ts';
import { stretchWords } from './moments.ts';
import type { Piece } from './week-rows.ts';

const COLOURS = 8;
/** Percent of a row from which a name has room on a phone, and anywhere. */
const NAMED = 14;
const NAMED_WIDE = 3;

/** The colour of a person: by their place among all who are in the schedule, so it stays from week to week. */
function colourOf(shift: ShiftView, order: readonly string[]): string {
  const place = order.indexOf(shift.person?.id ?? '');
  return `var(--series-${(Math.max(place, 0) % COLOURS) + 1})`;
}

/** A piece of a shift on its row. Nobody on call is red and hatched; overrides are slanted. */
export function ShiftPiece(props: { piece: Piece<ShiftView>; zone: string; order: readonly string[] }) {
  const { piece, zone, order } = props;
  const { of: shift, left, width } = piece;
  const name = shift.person?.name ?? 'Nobody';
  const words = `${name}, ${stretchWords(zone, shift)}`;
  return (
    <span
      title={words}
      className={clsx(
        'absolute inset-y-0 flex items-center overflow-hidden border-r border-surface px-1.5 text-xs whitespace-nowrap',
        shift.person ? 'bg-sunken text-ink' : 'bg-critical-tint text-critical-text',
        shift.source === 'override' && 'italic',
      )}
      style={{
        left: `${left}%`,
        width: `${width}%`,
        ...(shift.person && { boxShadow: `inset 0 -3px 0 ${colourOf(shift, order)}` }),
        ...(!shift.person && {
          backgroundImage:
            'repeating-linear-gradient(135deg, transparent 0 6px, color-mix(in srgb, var(--critical) 12%, transparent) 6px 8px)',
        }),
      }}
    >
      <span className="sr-only">{words}</span>
      <span
        aria-hidden="true"
        className={clsx('truncate', width < NAMED && 'max-sm:hidden', width < NAMED_WIDE && 'hidden')}
      >
        {name}
      </span>
    </span>
  );
}
