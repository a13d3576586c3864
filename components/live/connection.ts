import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import {
  type Bye,
  type ConnectionState,
  type HandshakeRefusal,
  LIVE_EVENTS,
  type LiveTokenAnswer,
  type SubscribeAnswer,
  type SubscribeRefusal,
  viewKey,
} from '#lib/model/live.ts';
import type { UnsubscribeRequest } from '#lib/model/live-schema.ts';

/** How a view takes what arrives for it. */
export interface ViewSink {
  load(snapshot: unknown): void;
  apply(delta: unknown): void;
}

interface View {
  request: UnsubscribeRequest;
  sink: ViewSink;
  users: number;
  /** Kept while the page is hidden. */
  always: boolean;
  epoch: string | null;
  seq: number;
  pending: boolean;
  /** How often it was said that there is no such thing. */
  refusals: number;
}

export interface ConnectionStatus {
  state: ConnectionState;
  /** Milliseconds since something was last heard from the server; null before the first word. */
  ageMs: number | null;
  /** Why it is not live, in words; null when it is. */
  reason: string | null;
}

/** Nothing heard for this long on an open connection: the shown values are stale. */
const STALE_AFTER_MS = 15_000;
const ACK_TIMEOUT_MS = 10_000;
/** An agent that was made this moment is not known everywhere yet: it is asked for again, this often at most. */
const MAX_REFUSALS = 5;
/** A hidden page gives up its frequent views after this long. */
const HIDDEN_AFTER_MS = 10_000;

/** What fetches a token, or says that there is no session any more, or that it gets none. */
export type TokenSource = () => Promise<{ token: string } | 'signed-out' | 'refused'>;

/** The token source of a page: the web's own route, with the page's session. */
export function pageTokenSource(teamId: string): TokenSource {
  return async () => {
    const response = await fetch('/api/live-token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ teamId }),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401) return 'signed-out';
    if (response.status === 403) return 'refused';
    if (!response.ok) throw new Error(`no live token: status ${response.status}`);
    const { token } = (await response.json()) as LiveTokenAnswer;
    return { token };
  };
}

/**
 * One connection of a page to the realtime service. Views are subscribed while somebody uses them; every
 * lost number is answered by asking again from where the view stood, or for a snapshot.
 */
export class LiveConnection {
  readonly #url: string;
  readonly #token: TokenSource;
  readonly #transport: Partial<ManagerOptions>;
  #socket: Socket | undefined;
  #views = new Map<string, View>();
  #listeners = new Set<() => void>();
  #status: ConnectionStatus = { state: 'connecting', ageMs: null, reason: null };
  #heardAt: number | null = null;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #hidden = false;
  #running = false;
  /** Set when the server said to stay away; only the person coming back to the page tries again. */
  #away = false;
  #generation = 0;

  /** @param transport what a client that is no browser must add, such as its origin */
  constructor(url: string, token: TokenSource, transport: Partial<ManagerOptions> = {}) {
    this.#url = url;
    this.#token = token;
    this.#transport = transport;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#retry);
    clearTimeout(this.#hiddenTimer);
    this.#drop();
  }

  /** Takes word from beside the connection that the session of this page has ended. */
  signedOut(): void {
    if (this.#running && this.#status.state !== 'signed-out')
      this.#stayAway('signed-out', 'You are signed out.');
  }

  status = (): ConnectionStatus => this.#status;

  onStatus = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Looks at the age of the data; called once a second by the provider. */
  tick(): void {
    const ageMs = this.#heardAt === null ? null : Math.round(performance.now() - this.#heardAt);
    const { state, reason } = this.#status;
    const expects = this.#views.size > 0 && !this.#hidden;
    if (state === 'live' && ageMs !== null && ageMs > STALE_AFTER_MS && expects) {
      this.#set('stale', 'Nothing was heard for a while.', ageMs);
      this.#lost('The connection went silent.');
    } else this.#set(state, reason, ageMs);
  }

  /** Holds a view until the returned function is called. `always` keeps it while the page is hidden. */
  hold(request: UnsubscribeRequest, makeSink: () => ViewSink, always = false): () => void {
    const key = viewKey(request);
    let view = this.#views.get(key);
    if (!view) {
      view = {
        request,
        sink: makeSink(),
        users: 0,
        always,
        epoch: null,
        seq: 0,
        pending: false,
        refusals: 0,
      };
      this.#views.set(key, view);
      this.#subscribe(key, view);
    }
    view.users++;
    return () => this.#release(key);
  }

  /** Tells whether the page can be seen; a hidden one keeps only what must not be missed. */
  setHidden(hidden: boolean): void {
    clearTimeout(this.#hiddenTimer);
    if (hidden) {
      this.#hiddenTimer = setTimeout(() => this.#pause(), HIDDEN_AFTER_MS);
      return;
    }
    const wasHidden = this.#hidden;
    this.#hidden = false;
    if (this.#away && this.#status.state !== 'signed-out') {
      this.#away = false;
      void this.#connect();
    } else if (wasHidden) this.#subscribeAll();
  }

  #pause(): void {
    this.#hidden = true;
    for (const view of this.#views.values()) {
      if (!view.always) this.#socket?.emit(LIVE_EVENTS.unsubscribe, view.request);
    }
  }

  #release(key: string): void {
    const view = this.#views.get(key);
    if (!view || --view.users > 0) return;
    // A page change releases and uses the same view within one turn; only then is it really over.
    setTimeout(() => {
      if (view.users > 0 || this.#views.get(key) !== view) return;
      this.#views.delete(key);
      this.#socket?.emit(LIVE_EVENTS.unsubscribe, view.request);
    }, 1000);
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#running || this.#away) return;
    const generation = ++this.#generation;
    let answer: Awaited<ReturnType<TokenSource>>;
    try {
      answer = await this.#token();
    } catch {
      if (generation === this.#generation) this.#later('The console does not answer.');
      return;
    }
    if (generation !== this.#generation || !this.#running) return;
    if (answer === 'signed-out') this.signedOut();
    else if (answer === 'refused') this.#refused();
    else this.#open(answer.token);
  }

  /**
   * Who lost this team leaves its page as if signed out. A page that was never live stays: it would lead back to itself
   * for ever, as where the console does not trust the address that it is looked at by.
   */
  #refused(): void {
    if (this.#heardAt === null) this.#stayAway('stale', 'The console gives this page no live values.');
    else this.#stayAway('signed-out', 'You are not in this team any more.');
  }

  #open(token: string): void {
    const socket = io(this.#url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: 10_000,
      ...this.#transport,
      auth: { token },
    });
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.on('connect', () => current() && this.#connected());
    socket.on('connect_error', (error: Error & { data?: HandshakeRefusal }) => {
      if (current()) this.#later('The realtime service does not answer.', error.data?.retryAfterMs);
    });
    socket.io.on('ping', () => current() && this.#heard());
    socket.on('disconnect', () => current() && this.#lost('The connection was lost.'));
    socket.on(LIVE_EVENTS.bye, (bye: Bye) => current() && this.#bye(bye));
    socket.on(LIVE_EVENTS.delta, (text: string) => current() && this.#onDelta(text));
    socket.on(LIVE_EVENTS.snapshot, (text: string) => current() && this.#onSnapshot(text));
  }

  #connected(): void {
    this.#attempts = 0;
    this.#heard();
    this.#set('live', null, 0);
    this.#subscribeAll();
  }

  #subscribeAll(): void {
    for (const [key, view] of this.#views) this.#subscribe(key, view);
  }

  #subscribe(key: string, view: View, fresh = false): void {
    const socket = this.#socket;
    if (!socket?.connected || view.pending || (this.#hidden && !view.always)) return;
    view.pending = true;
    const since = view.epoch === null || fresh ? undefined : { epoch: view.epoch, seq: view.seq };
    socket
      .timeout(ACK_TIMEOUT_MS)
      .emit(
        LIVE_EVENTS.subscribe,
        { ...view.request, since },
        (error: Error | null, answer: SubscribeAnswer) => {
          view.pending = false;
          if (this.#socket !== socket || this.#views.get(key) !== view) return;
          if (error) this.#lost('The realtime service does not answer.');
          else if (answer.ok) this.#take(view, answer);
          else if (isForNow(answer.code, view))
            setTimeout(() => this.#subscribe(key, view, true), 1000 + Math.random() * 2000);
        },
      );
  }

  #take(view: View, answer: Extract<SubscribeAnswer, { ok: true }>): void {
    view.refusals = 0;
    if ('snapshot' in answer) this.#onSnapshot(answer.snapshot);
    else for (const delta of answer.deltas) this.#onDelta(delta);
  }

  #onSnapshot(text: string): void {
    const message = JSON.parse(text) as { k: string; e: string; s: number };
    this.#heard();
    const view = this.#views.get(message.k);
    if (!view) return;
    view.epoch = message.e;
    view.seq = message.s;
    view.sink.load(message);
  }

  #onDelta(text: string): void {
    const message = JSON.parse(text) as { k: string; e: string; s: number };
    this.#heard();
    const view = this.#views.get(message.k);
    if (!view || view.epoch === null) return;
    if (message.e === view.epoch && message.s <= view.seq) return;
    if (message.e !== view.epoch || message.s !== view.seq + 1) {
      this.#subscribe(message.k, view, message.e !== view.epoch);
      return;
    }
    view.seq = message.s;
    view.sink.apply(message);
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }

  #bye(bye: Bye): void {
    if (bye.reason === 'revoked') this.#stayAway('signed-out', bye.message);
    else if (bye.reason === 'replaced') this.#stayAway('stale', bye.message);
  }

  #stayAway(state: ConnectionState, reason: string): void {
    this.#away = true;
    this.#drop();
    this.#set(state, reason, this.#status.ageMs);
  }

  #lost(reason: string): void {
    this.#later(reason);
  }

  /** Tries again after a random part of a growing delay, so that a thousand pages do not come at once. */
  #later(reason: string, afterMs = 0): void {
    this.#drop();
    if (!this.#running || this.#away) return;
    const ceiling = Math.min(10_000, 500 * 2 ** this.#attempts++);
    const waitMs = afterMs + ceiling * (0.25 + 0.75 * Math.random());
    if (this.#heardAt !== null || this.#attempts > 1) this.#set('reconnecting', reason, this.#status.ageMs);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#generation++;
    for (const view of this.#views.values()) view.pending = false;
    socket?.removeAllListeners();
    socket?.disconnect();
  }

  #set(state: ConnectionState, reason: string | null, ageMs: number | null): void {
    const before = this.#status;
    if (before.state === state && before.reason === reason && before.ageMs === ageMs) return;
    this.#status = { state, reason, ageMs };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether a view that was refused may be had a moment later. */
function isForNow(code: SubscribeRefusal, view: View): boolean {
  if (code === 'not_found') return ++view.refusals <= MAX_REFUSALS;
  return code === 'rate_limited' || code === 'unavailable';
}
