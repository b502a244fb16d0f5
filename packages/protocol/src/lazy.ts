/**
 * A schema that is built on first use and kept: building all schemas at load would cost every start tens of
 * milliseconds, though a process uses only a few.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
