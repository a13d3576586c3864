const DAY_SECONDS = 86_400;
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const second = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/**
 * Words under a time axis, in the viewer's zone: clock times, a date where a day begins or steps are days.
 *
 * @param splits Unix seconds
 * @param stepSeconds distance of two splits
 */
export function tickWords(splits: readonly number[], stepSeconds: number): string[] {
  return splits.map((split) => {
    const moment = new Date(split * 1000);
    const midnight = moment.getHours() === 0 && moment.getMinutes() === 0 && moment.getSeconds() === 0;
    if (stepSeconds >= DAY_SECONDS || midnight) return day.format(moment);
    return stepSeconds < 60 ? second.format(moment) : minute.format(moment);
  });
}
