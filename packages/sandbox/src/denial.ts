import { constants } from 'node:os';
import type { ExitReport } from './execution.ts';

const TELLTALES = [
  'operation not permitted',
  'permission denied',
  'read-only file system',
  'seccomp',
  'sandbox',
  'landlock',
  'failed to write file',
];

/** A misused shell builtin, a program that is not executable, one that is not found. */
const ORDINARY_CODES = new Set([2, 126, 127]);

/**
 * Whether a failed command looks as if the sandbox was in its way; `confined` says whether there was one. Spec §15.6:
 * the words come before the exit code, so a plain "permission denied" counts as well.
 */
export function looksDenied(
  report: Pick<ExitReport, 'exitCode' | 'stdout' | 'stderr' | 'output'>,
  confined: boolean,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (!confined || report.exitCode === 0) return false;
  const texts = [report.stderr, report.stdout, report.output].map((text) => text.toLowerCase());
  if (TELLTALES.some((words) => texts.some((text) => text.includes(words)))) return true;
  if (ORDINARY_CODES.has(report.exitCode)) return false;
  return platform === 'linux' && report.exitCode === 128 + constants.signals.SIGSYS;
}
