import { RequestFailure } from '#components/live/ask.ts';
import type { AlertStatus } from '#lib/model/alert.ts';
import type { AlertCounts, AlertRow } from '#lib/model/alert-view.ts';
import type { TeamEvent } from '#lib/model/event.ts';
import type { Query } from '#lib/model/paths.ts';
import { readAlertCounts, readAlerts } from './ask.ts';
import { mergeAnswer, type NewsBook, noteNews, shownRows } from './reconcile.ts';

export interface InboxState {
  rows: readonly AlertRow[];
  counts: AlertCounts;
  /** More than are loaded match; where the next page starts. */
  nextCursor: string | null;
  loading: boolean;
  /** Why it could not be read again; what is shown stays. */
  failure: RequestFailure | null;
}

/** What the page was rendered with. */
export interface InboxStart {
  items: readonly AlertRow[];
  nextCursor: string | null;
  counts: AlertCounts;
}

/** After one reading the next waits this long, so that a storm of events asks once a second. */
const REST_MS = 1000;

/** The alerts that one filter shows, kept true by events and read again after them. Lives beside React. */
export class InboxStore {
  #book: NewsBook = new Map();
  #rows: readonly AlertRow[];
  #state: InboxState;
  #listeners = new Set<() => void>();
  #query: Query;
  #statuses: readonly AlertStatus[];
  #running = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;

  constructor(query: Query, statuses: readonly AlertStatus[], start: InboxStart) {
    this.#query = query;
    this.#statuses = statuses;
    this.#rows = start.items;
    const { counts, nextCursor } = start;
    this.#state = { rows: start.items, counts, nextCursor, loading: false, failure: null };
  }

  state = (): InboxState => this.#state;

  /**
   * Whether a row that is no longer among the loaded ones is known to have left the list. What newer ones pushed below
   * them is still there, unless something was heard of it.
   */
  hasLeft = (row: AlertRow): boolean =>
    this.#state.nextCursor === null || shownRows([row], this.#book, this.#statuses).length === 0;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows another part of the inbox; what is on the way for the last one is dropped. */
  show(query: Query, statuses: readonly AlertStatus[]): void {
    if (JSON.stringify([query, statuses]) === JSON.stringify([this.#query, this.#statuses])) return;
    this.#query = query;
    this.#statuses = statuses;
    this.#generation++;
    this.#rows = [];
    this.#running = false;
    this.#set({ rows: [], nextCursor: null, loading: true });
    this.refresh();
  }

  hear(event: TeamEvent | { type: 'resync' }): void {
    if (event.type === 'alert.changed') {
      const { alertId, version, status, severity, title } = event;
      this.note(alertId, { version, status, severity, title });
      this.refresh();
    } else if (event.type === 'alerts.changed' || event.type === 'resync') this.refresh();
  }

  /** Takes what an answer or an event said of one alert. */
  note(alertId: string, news: Parameters<typeof noteNews>[2]): void {
    const book = noteNews(this.#book, alertId, news);
    if (book === this.#book) return;
    this.#book = book;
    this.#set({});
  }

  /** Reads again, at most once a second; asked during a reading, once more after it. */
  refresh(): void {
    this.#again = true;
    if (this.#running || this.#timer !== undefined) return;
    void this.#read();
  }

  async #read(): Promise<void> {
    this.#running = true;
    this.#again = false;
    const generation = this.#generation;
    try {
      const [page, counts] = await Promise.all([this.#readRows(), readAlertCounts()]);
      if (generation !== this.#generation) return;
      this.#rows = mergeAnswer(this.#rows, page.items);
      this.#set({ counts, nextCursor: page.nextCursor, loading: false, failure: null });
    } catch (error) {
      if (generation !== this.#generation) return;
      const failure = error instanceof RequestFailure ? error : new RequestFailure(String(error), null);
      this.#set({ loading: false, failure });
    } finally {
      if (generation === this.#generation) this.#rest();
    }
  }

  /** As many rows as are shown, so that what was loaded stays. */
  #readRows() {
    const limit = Math.min(500, Math.max(Number(this.#query.limit), this.#rows.length));
    return readAlerts({ ...this.#query, limit });
  }

  #rest(): void {
    this.#running = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#again) void this.#read();
    }, REST_MS);
  }

  async more(): Promise<void> {
    const { nextCursor } = this.#state;
    if (nextCursor === null) return;
    const generation = this.#generation;
    const page = await readAlerts({ ...this.#query, cursor: nextCursor });
    if (generation !== this.#generation) return;
    const loaded = new Set(this.#rows.map(({ id }) => id));
    this.#rows = [...this.#rows, ...page.items.filter(({ id }) => !loaded.has(id))];
    this.#set({ nextCursor: page.nextCursor });
  }

  #set(change: Partial<InboxState>): void {
    const rows = shownRows(this.#rows, this.#book, this.#statuses);
    this.#state = { ...this.#state, ...change, rows };
    for (const listener of this.#listeners) listener();
  }
}
