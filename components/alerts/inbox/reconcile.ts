/**
 * Alerts as people work on them: the inbox, one alert, their figures.
 *
 * This file decides what is shown when answers and events cross: of everything heard about an alert the highest
 * version counts, so that a late answer never brings back what is over (reliability F26).
 */
import type { AlertStatus, Severity } from '#lib/model/alert.ts';
import type { AlertRow } from '#lib/model/alert-view.ts';

/** What an event or the answer to an act says of an alert. */
export interface AlertNews {
  version: number;
  status: AlertStatus;
  severity?: Severity;
  title?: string;
}

/** Heard about alerts, the latest of each. */
export type NewsBook = ReadonlyMap<string, AlertNews>;

/** As many as are remembered; more than any inbox shows. */
const REMEMBERED = 5000;

/** Notes news; older ones change nothing. Returns the same book when nothing changed. */
export function noteNews(book: NewsBook, alertId: string, news: AlertNews): NewsBook {
  const known = book.get(alertId);
  if (known && known.version >= news.version) return book;
  const next = new Map(book);
  next.delete(alertId);
  next.set(alertId, news);
  if (next.size > REMEMBERED) next.delete(next.keys().next().value ?? '');
  return next;
}

/** A row with what was heard later than it was read. */
function withNews(row: AlertRow, news: AlertNews | undefined): AlertRow {
  if (!news || news.version <= row.version) return row;
  const { status, version, severity = row.severity, title = row.title } = news;
  return { ...row, status, version, severity, title };
}

/** What passes the chosen tab at this moment. */
export function shownRows(
  rows: readonly AlertRow[],
  book: NewsBook,
  statuses: readonly AlertStatus[],
): AlertRow[] {
  return rows.map((row) => withNews(row, book.get(row.id))).filter(({ status }) => statuses.includes(status));
}

/** Rows of a new answer; of each the newer of what was read before and now. */
export function mergeAnswer(known: readonly AlertRow[], answer: readonly AlertRow[]): AlertRow[] {
  const before = new Map(known.map((row) => [row.id, row]));
  return answer.map((row) => {
    const old = before.get(row.id);
    return old && old.version > row.version ? old : row;
  });
}
