export interface Limits {
  /** Requests of one connection that are served at a time; further ones wait unread, none is refused or dropped. */
  requestsInFlight: number;
  /** Above this many bytes in the channel its messages are queued, and deltas merged, in the server. */
  highWaterBytes: number;
  /** A connection whose queue grows beyond either of these is closed. */
  queuedMessages: number;
  queuedBytes: number;
  /** How long `close` waits for requests in progress, and then for the threads. */
  closeMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestsInFlight: 128,
  highWaterBytes: 1024 * 1024,
  queuedMessages: 20_000,
  queuedBytes: 64 * 1024 * 1024,
  closeMs: 10_000,
};
