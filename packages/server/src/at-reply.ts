/**
 * A result that is made in the moment it is sent. What it shows and what a subscription made right after it brings then
 * fit together without gap or overlap.
 */
export class AtReply<T> {
  readonly make: () => T;
  constructor(make: () => T) {
    this.make = make;
  }
}
