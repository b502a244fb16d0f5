/** Calls that delete, run shells or hide what they do, in the languages that take programs on the command line. */
const DESTRUCTIVE: readonly RegExp[] = [
  /\b(?:rmtree|remove_tree|removedirs|rm_rf|rm_r|remove_dir|remove_entry|deltree|rimraf|emptyDir(?:Sync)?)\b/,
  /\b(?:os|fs|fsp|promises|File|Dir|FileUtils|Path\([^)]*\))\s*\.\s*(?:remove|unlink|rmdir|rm|delete|truncate)(?:Sync)?\b/,
  /\b(?:rm|unlink|rmdir|truncate)Sync\b/,
  /\bunlink\b/,
  /\.rmdir\(|\.unlink\(/,
  /\bDeno\.remove\b/,
  /\bb(?:ase)?64_?decode\b|\bfrom_?base64\b|\bunhexlify\b|Buffer\.from\([^)]*['"](?:base64|hex)['"]|\batob\(/i,
  /\b(?:dropDatabase|DROP\s+(?:TABLE|DATABASE|SCHEMA)|TRUNCATE)\b/i,
  /\bdup2\(|\bpty\.spawn\b/,
  /\bkill\(\s*-1\b/,
];

/** Shell text that deletes, wherever it stands: inside strings, recipes, editor commands. */
const DESTRUCTIVE_SHELL: readonly RegExp[] = [
  /\brm['"\s,]+(?:['"]?-[-\w]+['"\s,]+)*['"]?-(?:[a-zA-Z]*[rRf]|-recursive|-force)/,
  /\bmkfs(?:\.\w+)?\s/,
  /\bdd\s[^;|&]*\bof=\/dev\/(?!null|stdout|stderr)/,
  /\bgit\s+(?:reset\s+--hard|clean\s+-\w*f|push\s+(?:\S+\s+)*(?:-f|--force))/,
  /\bfind\s[^;|&]*\s-delete\b/,
  /\b(?:shutdown|reboot|poweroff)\b\s*(?:-|now|$|["'])/,
  /\b(?:curl|wget)\b[^;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b/,
  />\s*\/dev\/(?:sd|nvme|disk|hd|vd|mmcblk)/,
  /\bchmod\s+(?:-R|--recursive)\s+[0-7]*777\b/,
];

/** Longer programs are asked about in any case. */
const MAX_SCANNED = 16_384;

export function looksDestructive(code: string): boolean {
  const start = code.slice(0, MAX_SCANNED);
  return DESTRUCTIVE.some((call) => call.test(start)) || looksLikeDestructiveShell(start);
}

export function looksLikeDestructiveShell(text: string): boolean {
  const start = text.slice(0, MAX_SCANNED);
  return DESTRUCTIVE_SHELL.some((command) => command.test(start));
}
