import type { ShiftView } from '#lib/model/on-call-view.ts';
import { momentWords } from './moments.ts';
import { nextHolder } from './next-holder.ts';
import { unableReason } from './unable-words.ts';

/**
 * Who it is, or that there is nobody; who has left reaches nobody either, who lost every device is not reached by push,
 * and who may not acknowledge is told and can stop nothing.
 */
export function PersonName({ shift }: { shift: ShiftView }) {
  if (!shift.person) return <span className="font-medium text-critical-text">Nobody</span>;
  const unable = unableReason(shift.person);
  return (
    <>
      <span className="font-medium text-ink wrap-anywhere">{shift.person.name}</span>
      {!shift.person.isPresent && <span className="text-critical-text"> has left the team</span>}
      {shift.person.isPresent && shift.person.lostDevices && (
        <span className="text-critical-text"> (no reachable device)</span>
      )}
      {unable !== null && <span className="text-critical-text"> ({unable})</span>}
    </>
  );
}

/** Who has the pager of a schedule, and who takes it when, in a sentence. */
export function NowAndNext({ zone, shifts }: { zone: string; shifts: readonly ShiftView[] }) {
  const [now] = shifts;
  if (!now) return null;
  const next = nextHolder(shifts);
  return (
    <>
      <PersonName shift={now} />
      {now.person ? ' has the pager' : ' is on call'}
      {next ? (
        <>
          {` until ${momentWords(zone, next.startsAt)}, then `}
          <PersonName shift={next} />.
        </>
      ) : (
        ' for the whole week to come.'
      )}
    </>
  );
}
