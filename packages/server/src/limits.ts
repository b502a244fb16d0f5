export interface Limits {
  /** Requests of one connection that are served at a time; further ones wait unread, none is refused or dropped. */
  requestsInFlight: number;
  /** Above this many bytes in the channel its messages are queued, and deltas merged, in the server. */
  highWaterBytes: number;
  /** A connection whose queue grows beyond either of these is closed. */
  queuedMessages: number;
  queuedBytes: number;
  /** How long a thread stays loaded that nobody follows and that does nothing. */
  unloadMs: number;
  /** The same for one that cannot be loaded again: it leaves no file, or no turn has begun in it. */
  dropMs: number;
  /** How long `close` waits for requests in progress, and then for the threads. */
  closeMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestsInFlight: 128,
  highWaterBytes: 1024 * 1024,
  queuedMessages: 20_000,
  queuedBytes: 64 * 1024 * 1024,
  unloadMs: 30_000,
  dropMs: 30 * 60_000,
  closeMs: 10_000,
};
