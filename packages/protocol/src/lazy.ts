import { z } from 'zod';

/**
 * A schema that is built on first use and kept: building all schemas at load would cost every start tens of
 * milliseconds, though a process uses only a few.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: build(make) };
    return made.value;
  };
}

/** A lazy schema with the name it has in error texts and in the exported schemas. */
export function named<T extends z.ZodType>(name: string, make: () => T): () => T {
  return lazy(() => make().meta({ id: name }));
}

/** Interpreted schemas start faster than compiled ones; zod decides which when a schema is built. */
function build<T>(make: () => T): T {
  z.config({ jitless: true });
  return make();
}
