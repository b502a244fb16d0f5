import { hasOption, isPersonalSetup, isRootOrHome, isSystemPath, plainArguments, tidyPath } from './arguments.ts';
import { isDestructiveTool } from './tools.ts';

/** True when a program with these arguments destroys, locks out or escapes. Arguments may hold unknown pieces. */
export function isDestructive(program: string, args: readonly string[], via: readonly string[]): boolean {
  return (
    ALWAYS.has(program) ||
    program.startsWith('mkfs.') ||
    isDestructiveCall(program, args, via) ||
    isDestructiveTool(program, args)
  );
}

const ALWAYS = new Set(
  (
    'mkfs mke2fs mkswap fdisk sfdisk cfdisk parted gdisk sgdisk wipefs blkdiscard shred srm wipe scrub trash-empty shutdown reboot halt ' +
    'poweroff telinit userdel useradd adduser deluser usermod groupdel groupmod passwd chpasswd visudo vipw chattr setfacl insmod rmmod modprobe ' +
    'dropdb dropuser pkexec kexec format diskpart cipher vssadmin bcdedit'
  ).split(' '),
);

function isDestructiveCall(program: string, args: readonly string[], via: readonly string[]): boolean {
  const operands = plainArguments(args);
  const anyOf = (test: (path: string) => boolean) => operands.some(test);
  switch (program) {
    case 'rm':
      // What find and xargs hand over is many files, unseen.
      if (via.some((name) => name === 'find' || name === 'xargs')) return true;
      return (
        hasOption(args, 'rRf', 'recursive', 'force', 'no-preserve-root') ||
        anyOf((path) => isRootOrHome(path) || isEverything(path))
      );
    case 'unlink':
    case 'rmdir':
    case 'truncate':
      return anyOf((path) => isSystemPath(path) || isRootOrHome(path) || isPersonalSetup(path));
    case 'del':
    case 'erase':
    case 'rd':
      return args.some((arg) => /^\/[sqf]$/i.test(arg));
    case 'find':
      return args.includes('-delete');
    case 'dd':
      return args.some((arg) => arg.startsWith('of=') && isSystemPath(arg.slice(3)));
    case 'sed':
    case 'gsed':
    case 'perl':
    case 'ruby':
      return hasOption(args, 'i', 'in-place') && anyOf(isSystemPath);
    case 'mv':
      return (
        anyOf((path) => isRootOrHome(path) || isSystemPath(path) || isPersonalSetup(path)) ||
        tidyPath(operands.at(-1) ?? '') === '/dev/null'
      );
    case 'cp':
    case 'install':
    case 'ln': {
      const target = operands.at(-1) ?? '';
      return isPersonalSetup(target) || (isSystemPath(target) && !target.startsWith('/opt/'));
    }
    case 'tee':
      return (
        anyOf((path) => isSystemPath(path) || path.endsWith('.ssh/authorized_keys')) ||
        (!hasOption(args, 'a', 'append') && anyOf(isPersonalSetup))
      );
    case 'rsync':
      return args.some((arg) => /^--(?:del(?:ete.*)?|remove-source-files)$/.test(arg));
    case 'chmod':
      return isDestructiveMode(args, operands);
    case 'chown':
    case 'chgrp':
      return hasOption(args, 'R', 'recursive') || operands.slice(1).some(isSystemPath);
    case 'kill':
      return isDestructiveKill(args);
    case 'killall':
    case 'killall5':
      return hasOption(args, '9') || args.some((arg) => /KILL/.test(arg)) || program === 'killall5';
    case 'pkill':
      return (
        hasOption(args, '9u') || args.some((arg) => /KILL/.test(arg)) || operands.some((name) => /^[.*]+$/.test(name))
      );
    case 'init':
      return /^[06]$/.test(operands[0] ?? '');
    case 'crontab':
      return hasOption(args, 'r') || operands.length > 0 || args.includes('-');
    case 'at':
    case 'batch':
      return operands.length > 0;
    case 'history':
      return hasOption(args, 'c');
    default:
      return false;
  }
}

function isEverything(path: string): boolean {
  return /^(?:.*\/)?\*$/.test(path) || /^\.{1,2}\/?$/.test(path);
}

function isDestructiveMode(args: readonly string[], operands: readonly string[]): boolean {
  const [mode = '', ...paths] = operands;
  if (/^[2467][0-7]{3}$/.test(mode) || /^[ugoa]*\+[rwx]*s/.test(mode)) return true;
  if (paths.some((path) => isSystemPath(path) || isRootOrHome(path))) return true;
  if (!hasOption(args, 'R', 'recursive')) return false;
  return /^(?:0*777|0*666|0+|0*[0-3]00|[augo]*[+=][rwx]*w[rwx]*)$/.test(mode) && !/^u[+=]/.test(mode);
}

function isDestructiveKill(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const targets =
    end >= 0 ? args.slice(end + 1) : args.slice(args[0]?.startsWith('-') ? (args[0] === '-s' ? 2 : 1) : 0);
  return targets.some((target) => target === '-1' || target === '1');
}
