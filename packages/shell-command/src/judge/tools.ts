import { isDestructiveGit } from './git.ts';
import { hasOption, isRootOrHome, plainArguments } from './arguments.ts';
import { looksDestructive, looksLikeDestructiveShell } from './code.ts';

const SERVICES_DOWN =
  /^(?:stop|disable|mask|isolate|kill|poweroff|reboot|halt|rescue|emergency|kexec|suspend|hibernate)$/;
const PACKAGE_REMOVES = /^(?:remove|purge|autoremove|erase|uninstall|dist-upgrade|--purge)$/;
const SQL = /\b(?:DROP\s+(?:TABLE|DATABASE|SCHEMA|USER|INDEX|VIEW)|TRUNCATE|DELETE\s+FROM)\b/i;
/** Programs that take commands of a shell or scripts among their arguments. */
const CARRIES_COMMANDS =
  /^(?:vim?|nvim|ex|view|emacs|tar|bsdtar|expect|osascript|[gmn]?awk|g?sed|make|gmake|less|man|screen|tmux|at|gdb|ed|zip|rsync|tcpdump|openssl|socat|capsh|entr|fzf|npx|npm|pnpm|yarn)$/;

/** Tools of the system, of packages, of data bases and of clouds, where a word of the arguments decides. */
export function isDestructiveTool(program: string, args: readonly string[]): boolean {
  const operands = plainArguments(args);
  const [verb = '', noun = ''] = operands;
  const line = args.join(' ');
  if (CARRIES_COMMANDS.test(program) && args.some(looksLikeDestructiveShell)) return true;
  switch (program) {
    case 'git':
      return isDestructiveGit(args);
    case 'rg':
      return args.some(
        (arg, at) => /^--pre=?/.test(arg) && /(?:^|\/)(?:rm|sh|bash)$/.test(arg.slice(6) || (args[at + 1] ?? '')),
      );
    case 'sudo':
    case 'doas':
      // Nothing named to run: a shell as root.
      return hasOption(args, 's', 'shell');
    case 'su':
      return false;
    case 'systemctl':
      return operands.some((word) => SERVICES_DOWN.test(word));
    case 'service':
      return noun === 'stop';
    case 'launchctl':
      return /^(?:unload|remove|bootout|disable)$/.test(verb);
    case 'iptables':
    case 'ip6tables':
      return hasOption(args, 'FXPD', 'flush', 'policy', 'delete');
    case 'nft':
      return /^(?:flush|delete)$/.test(verb);
    case 'ufw':
      return /^(?:disable|reset)$/.test(verb);
    case 'setenforce':
      return verb === '0' || /permissive/i.test(verb);
    case 'sysctl':
      return hasOption(args, 'w', 'write') || line.includes('=');
    case 'mount':
      return operands.length > 0;
    case 'umount':
      return operands.some(isRootOrHome) || hasOption(args, 'a');
    case 'swapoff':
      return hasOption(args, 'a', 'all');
    case 'diskutil':
      return /^(?:erase|partition|zero|secureErase|reformat|apfs)/i.test(verb);
    case 'cryptsetup':
      return /^(?:luksFormat|erase|luksErase|reencrypt)$/.test(verb);
    case 'hdparm':
      return /--security-erase|--trim-sector/.test(line);
    case 'apt':
    case 'apt-get':
    case 'aptitude':
    case 'yum':
    case 'dnf':
    case 'zypper':
    case 'apk':
      return PACKAGE_REMOVES.test(verb) || verb === 'del';
    case 'dpkg':
      return hasOption(args, 'rP', 'remove', 'purge');
    case 'pacman':
      return args.some((arg) => arg.startsWith('-R'));
    case 'brew':
      return /^(?:uninstall|remove|rm)$/.test(verb) && hasOption(args, 'f', 'force', 'zap');
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
      return (verb === 'publish' && !hasOption(args, '', 'dry-run')) || /^(?:unpublish|deprecate)$/.test(verb);
    case 'cargo':
    case 'poetry':
      return (verb === 'publish' && !hasOption(args, 'n', 'dry-run')) || verb === 'yank';
    case 'twine':
      return verb === 'upload';
    case 'gem':
      return verb === 'push' || verb === 'yank';
    case 'gh':
      return (
        operands.includes('delete') || operands.includes('delete-asset') || (verb === 'repo' && noun === 'archive')
      );
    case 'docker':
    case 'podman':
    case 'nerdctl':
      return isDestructiveContainer(args, operands);
    case 'kubectl':
    case 'oc':
      return /^(?:delete|drain|replace)$/.test(verb) && !/^replace$/.test(verb);
    case 'helm':
      return /^(?:uninstall|delete)$/.test(verb);
    case 'terraform':
    case 'tofu':
    case 'pulumi':
      return verb === 'destroy' || (verb === 'apply' && /-auto-approve|-destroy/.test(line));
    case 'aws':
      return /\b(?:rm|rb|delete-[\w-]+|terminate-[\w-]+)\b/.test(operands.slice(1, 3).join(' '));
    case 'gcloud':
    case 'az':
      return operands.includes('delete') || operands.includes('purge');
    case 'heroku':
      return /:destroy$|^pg:reset$/.test(verb);
    case 'psql':
    case 'mysql':
    case 'mariadb':
    case 'sqlite3':
    case 'clickhouse-client':
    case 'duckdb':
      return SQL.test(line);
    case 'redis-cli':
      return /\b(?:FLUSHALL|FLUSHDB|SHUTDOWN)\b/i.test(line);
    case 'mongo':
    case 'mongosh':
      return looksDestructive(line);
    case 'nc':
    case 'ncat':
    case 'netcat':
      return hasOption(args, 'ec', 'exec', 'sh-exec');
    case 'socat':
      return /\b(?:EXEC|SYSTEM):/i.test(line);
    case 'nsenter':
      return (
        /(?:^|\s)(?:-t|--target[= ])\s*1(?:\s|$)/.test(line) &&
        operands.length > 0 &&
        /(?:^|\s)(?:-m|-a|--mount|--all)/.test(line)
      );
    case 'powershell':
    case 'pwsh':
      return isDestructivePowerShell(line);
    case 'cmd':
      return /\b(?:del|erase|rd|rmdir|format)\b[^&|]*\s\/[sqf]\b/i.test(line) || /\bformat\s+[a-z]:/i.test(line);
    default:
      return false;
  }
}

function isDestructiveContainer(args: readonly string[], operands: readonly string[]): boolean {
  const line = args.join(' ');
  if (/--privileged\b|--(?:pid|userns|ipc|uts)[= ]host\b|--cap-add[= ](?:ALL|SYS_ADMIN)/.test(line)) return true;
  if (/(?:-v|--volume)[= ]?(?:\/|~|\/(?:etc|root|home|usr|var))\/?:/.test(line) || line.includes('docker.sock'))
    return true;
  if (/\b(?:source|src)=(?:\/|~)\/?(?:,|\s|$)/.test(line)) return true;
  const [verb = '', noun = ''] = operands;
  if (verb === 'rm' || verb === 'rmi') return hasOption(args, 'f', 'force');
  if (verb === 'compose') return noun === 'down' && hasOption(args, 'v', 'volumes');
  return (
    /^(?:rm|prune|remove)$/.test(noun) &&
    /^(?:system|volume|image|container|network|builder|secret|config|stack)$/.test(verb)
  );
}

function isDestructivePowerShell(line: string): boolean {
  if (/(?:^|\s)[-/]e(?:nc?|c|ncodedcommand)?\s/i.test(line)) return true;
  if (/\b(?:remove-item|ri|rm|rmdir|rd|del|erase)\b[^;|]*\s-(?:r|rec|recurse|fo|force)\b/i.test(line)) return true;
  if (
    /\b(?:iex|invoke-expression)\b/i.test(line) &&
    /\b(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring|frombase64string)\b/i.test(line)
  )
    return true;
  return /\b(?:format-volume|clear-disk|stop-computer|restart-computer|clear-content)\b/i.test(line);
}
