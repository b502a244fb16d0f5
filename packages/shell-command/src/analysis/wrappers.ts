import { type OptionSpec, readOptions, spec } from './options.ts';
import type { Field } from './values.ts';

/** A program that runs the command among its operands. */
interface Wrapper {
  readonly options: OptionSpec;
  /** Operands before the command. */
  readonly skip: number;
  /** `NAME=value` operands before the command set variables. */
  readonly assigns: boolean;
  /** The operands are joined and read by a shell. */
  readonly joins: boolean;
  /** This option carries a script. */
  readonly script: string | null;
}

function wrapper(options: OptionSpec, more: Partial<Omit<Wrapper, 'options'>> = {}): Wrapper {
  return { options, skip: 0, assigns: false, joins: false, script: null, ...more };
}

const SUDO_LONG =
  'askpass background bell chdir= close-from= command-timeout= group= host= login non-interactive preserve-env prompt= ' +
  'chroot= role= set-home shell stdin type= user= validate version list edit remove-timestamp reset-timestamp';
const SU = spec(
  'c:fg:G:lmps:w:PT',
  'command= fast group= supp-group= login preserve-environment shell= whitelist-environment= pty',
);

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ['arch', wrapper(spec('a:de:h0123456789xi_rm', ''))],
  ['builtin', wrapper(spec())],
  ['caffeinate', wrapper(spec('disumt:w:'))],
  ['chroot', wrapper(spec('', 'groups= userspec= skip-chdir'), { skip: 1 })],
  ['chrt', wrapper(spec('abdfiorRmvT:P:D:p'), { skip: 1 })],
  ['command', wrapper(spec('pvV'))],
  ['doas', wrapper(spec('a:C:Lnsu:'), { assigns: true })],
  ['env', wrapper(spec('i0u:C:S:v', 'ignore-environment null unset= chdir= split-string= debug'), { assigns: true })],
  ['exec', wrapper(spec('cla:'))],
  ['firejail', wrapper(spec())],
  [
    'flock',
    wrapper(spec('sxenuoFE:w:c:v', 'shared exclusive nonblock unlock close no-fork timeout= wait= command= verbose'), {
      skip: 1,
      script: 'c',
    }),
  ],
  ['gtimeout', wrapper(spec('k:s:vp', 'kill-after= signal= verbose foreground preserve-status'), { skip: 1 })],
  ['ionice', wrapper(spec('c:n:p:P:u:t', 'class= classdata= ignore'))],
  ['ltrace', wrapper(spec('a:A:bcCD:e:F:fhil:n:o:p:rs:StTu:w:x:'))],
  ['nice', wrapper(spec('n:0123456789', 'adjustment='))],
  ['nocorrect', wrapper(spec())],
  ['noglob', wrapper(spec())],
  ['nohup', wrapper(spec())],
  [
    'nsenter',
    wrapper(
      spec(
        'at:mupinCUTS:G:r::w::FZ',
        'target= all mount uts ipc net pid cgroup user time setuid= setgid= root= wd= no-fork preserve-credentials',
      ),
    ),
  ],
  ['prlimit', wrapper(spec('p:o:c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::'))],
  ['proxychains', wrapper(spec('qf:'))],
  ['rlwrap', wrapper(spec('acNirm'))],
  ['runuser', wrapper({ ...SU, short: `${SU.short}u:`, long: [...SU.long, 'user='] }, { script: 'c' })],
  ['setarch', wrapper(spec('vRFZLXBIST3', ''), { skip: 1 })],
  ['setpriv', wrapper(spec('d', 'reuid= regid= clear-groups keep-groups init-groups no-new-privs'))],
  ['setsid', wrapper(spec('cfw', 'ctty fork wait'))],
  ['stdbuf', wrapper(spec('i:o:e:', 'input= output= error='))],
  ['strace', wrapper(spec('a:b:cCdDe:E:fFhiI:kno:O:p:P:qrs:S:tTu:U:vVwxX:yYzZ'))],
  ['sudo', wrapper(spec('AbBC:c:D:Eeg:h:HiKkl::NnPp:R:r:SsT:t:U:u:Vv', SUDO_LONG), { assigns: true })],
  [
    'systemd-run',
    wrapper(
      spec('dE:GH:M:p:Pqrstu:', 'user system scope unit= property= pty pipe wait quiet collect setenv= uid= gid='),
    ),
  ],
  ['taskset', wrapper(spec('acp'), { skip: 1 })],
  ['time', wrapper(spec('af:o:pqvV', 'append format= output= portability quiet verbose'))],
  ['timeout', wrapper(spec('k:s:vfp', 'kill-after= signal= verbose foreground preserve-status'), { skip: 1 })],
  ['toybox', wrapper(spec())],
  ['torsocks', wrapper(spec())],
  ['busybox', wrapper(spec())],
  ['unbuffer', wrapper(spec('p'))],
  [
    'unshare',
    wrapper(
      spec(
        'mupinUCTfrcS:G:R:w:',
        'mount uts ipc net pid user cgroup time fork map-root-user map-current-user root= wd= setuid= setgid= mount-proc kill-child propagation=',
      ),
    ),
  ],
  ['valgrind', wrapper(spec())],
  [
    'watch',
    wrapper(
      spec('bcdegn:prtwx', 'beep color differences errexit chgexit interval= precise no-rerun no-title no-wrap exec'),
      { joins: true },
    ),
  ],
  ['xvfb-run', wrapper(spec('ae:f:hln:p:s:w:'))],
]);

/** Wrappers that leave a harmless command harmless. */
export const HARMLESS_WRAPPERS: ReadonlySet<string> = new Set(
  'bash sh dash ash ksh zsh builtin busybox command env eval exec find ionice nice nohup setsid stdbuf time timeout xargs'.split(
    ' ',
  ),
);

export type Unwrapped =
  | {
      readonly type: 'command';
      readonly fields: readonly Field[];
      readonly settings: readonly Field[];
      readonly exact: boolean;
    }
  | { readonly type: 'script'; readonly text: Field; readonly args: readonly Field[]; readonly exact: boolean };

/** What a wrapper runs; null for programs that are none, or are given nothing to run. */
export function unwrap(program: string, args: readonly Field[]): Unwrapped | null {
  const known = WRAPPERS.get(program);
  if (!known) return null;
  const options = readOptions(args, known.options);
  const script = options.found.find(({ name }) => {
    if (program === 'env') return name === 'S' || name === 'split-string';
    return name === known.script || (known.script === 'c' && name === 'command');
  });
  let { exact } = options;
  if (program === 'command' && options.found.some(({ name }) => name === 'v' || name === 'V')) return null;
  if (program === 'env' && script?.value) {
    return { type: 'script', text: script.value, args: options.rest, exact };
  }
  if (script?.value) return { type: 'script', text: script.value, args: [], exact };
  const settings: Field[] = [];
  let rest = options.rest;
  while (known.assigns && rest[0] && /^[A-Za-z_][\w.]*=/.test(rest[0].text)) {
    settings.push(rest[0]);
    rest = rest.slice(1);
  }
  rest = rest.slice(known.skip);
  if (program === 'flock' && rest[0]?.text === '-c' && rest[1])
    return { type: 'script', text: rest[1], args: [], exact };
  const [first, ...others] = rest;
  if (!first) return null;
  if (first.text.startsWith('\0')) exact = false;
  if (!known.joins) return { type: 'command', fields: rest, settings, exact };
  const text = others.reduce(
    (joined, each) => ({ ...joined, text: `${joined.text} ${each.text}`, taint: joined.taint | each.taint }),
    first,
  );
  return { type: 'script', text, args: [], exact };
}

/** `su [options] [-] [user] [args]`: the script of `-c`. */
export function suScript(args: readonly Field[]): Field | null {
  let rest = args;
  while (rest.length > 0) {
    const options = readOptions(rest, SU);
    const script = options.found.find(({ name }) => name === 'c' || name === 'command');
    if (script) return script.value;
    rest = options.rest.slice(1);
  }
  return null;
}
