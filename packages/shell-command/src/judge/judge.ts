import { isSystemPath as isSystemProgram, programOf } from '../analysis/invocation.ts';
import { namesSecret } from '../analysis/secrets.ts';
import { isKnown, Taint } from '../analysis/values.ts';
import type { Ran, Redirection } from '../analysis/ran.ts';
import { HARMLESS_WRAPPERS } from '../analysis/wrappers.ts';
import { walk } from '../analyze.ts';
import { isHarmlessTarget, isPersonalSetup, isSystemPath } from './arguments.ts';
import { looksDestructive } from './code.ts';
import { isDestructive } from './destructive.ts';
import { isHarmless, isHarmlessSetting } from './harmless.ts';

/** `safe`: only looks. `ask`: changes something, or cannot be read. `dangerous`: destroys, locks out, escapes or hands out secrets. */
export type Verdict = 'safe' | 'ask' | 'dangerous';

/**
 * What a careful human would say about a command line. Safe only when everything that can run is known and known to be harmless, and
 * nothing is written. Dangerous however it is wrapped or spelled, as long as it can be followed; what cannot is `ask`. Never throws.
 */
export function judge(argv: readonly string[], platform: string = process.platform): Verdict {
  const { ran, reasons, alarms } = walk(argv);
  if (alarms.length > 0 || ran.some((each) => isDangerousRun(each, platform))) return 'dangerous';
  if (reasons.length > 0) return 'ask';
  return ran.every((each) => isSafeRun(each, platform)) ? 'safe' : 'ask';
}

function isDangerousRun({ fields, via, redirects, stdin, code }: Ran, platform: string): boolean {
  if (redirects.some(isDangerousRedirect)) return true;
  if (code.some(({ text }) => looksDestructive(text))) return true;
  const [first, ...rest] = fields;
  if (!first) return false;
  const program = programOf(first.text);
  const args = rest.map(({ text }) => text);
  if (isHarmless(program, rest, platform)) return false;
  if (isDestructive(program, args, via)) return true;
  if (isRootShell(program, via)) return true;
  if (!SENDS.has(program)) return false;
  const taint = rest.reduce((bits, each) => bits | each.taint, stdin.taint);
  return (
    (taint & (Taint.secret | Taint.shell)) !== 0 ||
    args.some((arg) => sendsSecret(program, arg)) ||
    redirects.some(readsSecret)
  );
}

/** Programs that carry what they get to other machines. */
const SENDS = new Set(
  'curl wget dig nslookup host ping nc ncat netcat socat telnet ssh scp sftp ftp rsync rclone http https mail mailx sendmail mutt aws gsutil'.split(
    ' ',
  ),
);

function sendsSecret(program: string, arg: string): boolean {
  if (program === 'ssh') return false;
  if (program === 'curl' && /@(?:~|\/etc\/|\/home\/|\/root\/)/.test(arg)) return true;
  return namesSecret(arg);
}

function readsSecret({ operator, target }: Redirection): boolean {
  return operator === '<' && namesSecret(target.text);
}

function isRootShell(program: string, via: readonly string[]): boolean {
  return (
    via.some((name) => name === 'sudo' || name === 'doas' || name === 'nsenter') &&
    /^(?:su|(?:ba|z|da|k|a)?sh|fish)$/.test(program)
  );
}

const WRITES = /^(?:&?>>?|>\||<>|>&)$/;

function isDangerousRedirect({ operator, target }: Redirection): boolean {
  if (!WRITES.test(operator)) return false;
  const path = target.text;
  if (/^\/dev\/(?:tcp|udp)\//.test(path)) return false;
  if (isSystemPath(path) || path.endsWith('.ssh/authorized_keys')) return true;
  return (
    !operator.endsWith('>>') &&
    (isPersonalSetup(path) || /(?:^|\/)\.git\/(?:config|HEAD|index|refs\/.*|hooks\/.*)$/.test(path))
  );
}

function isSafeRun({ fields, via, redirects, env, code }: Ran, platform: string): boolean {
  const isWrapped = via.every((name) => HARMLESS_WRAPPERS.has(name));
  if (!isWrapped || code.length > 0 || !redirects.every(isSafeRedirect)) return false;
  const [first, ...args] = fields;
  const exported = first !== undefined;
  if (!env.every(({ name, value }) => isHarmlessSetting(name, value.text, exported))) return false;
  if (!first) return true;
  if (!isKnown(first) || !isSystemProgram(first.text)) return false;
  // What is not sent elsewhere goes to nohup.out.
  if (via.includes('nohup') && !redirects.some(({ operator }) => WRITES.test(operator))) return false;
  if (args.some(({ taint }) => taint & Taint.secret)) return false;
  if (args.some((arg) => namesSecret(arg.text)) && !SHOWS_NAMES.has(programOf(first.text))) return false;
  const listed = via.includes('find') || via.includes('xargs');
  const words = args.map((arg) => (listed ? arg : { ...arg, taint: arg.taint & ~Taint.listed }));
  return isHarmless(programOf(first.text), words, platform);
}

const SHOWS_NAMES = new Set(
  'ls echo printf test [ stat find basename dirname realpath readlink git which file'.split(' '),
);

function isSafeRedirect({ operator, target }: Redirection): boolean {
  if (operator.startsWith('<<')) return true;
  if (operator === '>&' || operator === '<&')
    return /^(?:\d+-?|-)$/.test(target.text) || (operator === '>&' && isHarmlessTarget(target.text));
  if (operator === '<')
    return isKnown(target) && !namesSecret(target.text) && !/^\/dev\/(?:tcp|udp)\//.test(target.text);
  return WRITES.test(operator) && operator !== '<>' && isHarmlessTarget(target.text);
}
