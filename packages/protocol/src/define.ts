import { z } from 'zod';
import { lazy } from './lazy.ts';

export type Schema<T = unknown> = () => z.ZodType<T>;

/** One row of the client's method table. */
export interface Method<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  doc: string;
  params: () => P;
  result: () => R;
  /** The whole method needs the experimental capability. */
  experimental?: boolean;
  /** Fields that need it, with the name the refusal uses for them. */
  experimentalFields?: Readonly<Record<string, string>>;
}

export function method<P extends z.ZodType, R extends z.ZodType>(row: Method<P, R>): Method<P, R> {
  return row;
}

export interface Notification<P extends z.ZodType = z.ZodType> {
  doc: string;
  params: () => P;
}

export function notification<P extends z.ZodType>(row: Notification<P>): Notification<P> {
  return row;
}

export interface ServerRequestRow<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  doc: string;
  params: () => P;
  result: () => R;
}

export function serverRequest<P extends z.ZodType, R extends z.ZodType>(
  row: ServerRequestRow<P, R>,
): ServerRequestRow<P, R> {
  return row;
}

/** For methods that take nothing: absent, null and any object are fine. */
export const NoParams = lazy(() => z.looseObject({}).meta({ text: 'unit' }).nullish());
